/** The shape of a namespace at one moment: what of each object is compared later, without any value that is secret. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';

const writer = z.object({
  /** The tool ("kubectl-edit", "helm"): the person is only in the cluster's audit log. */
  manager: z.string(),
  /** ms; when this tool wrote the object last, so about when it wrote the field. */
  at: z.number(),
});

const field = z.object({
  value: z.string(),
  /** The value is a keyed hash: whether it changed is known, what it is is not. */
  hidden: z.literal(true).optional(),
  /** Who wrote this field last. */
  by: writer.optional(),
});

const object = z.object({
  kind: z.string(),
  name: z.string(),
  /** Who wrote anything of it last that is not its status. */
  by: writer.optional(),
  /** By what the field is called for people: "replicas", "variable MODE of container web". */
  fields: z.record(z.string(), field),
});

export const snapshotSchema = z.object({
  format: z.literal(1),
  namespace: z.string(),
  /** ms, by the clock of the process that took it. */
  takenAt: z.number(),
  objects: z.array(object),
  /** Objects that are not compared because the machinery of the cluster keeps them. */
  leftOut: z.array(z.object({ kind: z.string(), name: z.string(), why: z.string() })),
  /** Kinds of object, or parts of them, that could not be read, each with the reason in words. */
  notChecked: z.array(z.object({ kind: z.string(), why: z.string() })),
});

export type Snapshot = z.output<typeof snapshotSchema>;
export type SnapshotObject = Snapshot['objects'][number];
export type SnapshotField = z.output<typeof field>;
export type Writer = z.output<typeof writer>;
export type NotChecked = Snapshot['notChecked'][number];

/** What is not compared where pods could not be listed: the images behind the tags. */
export const DIGESTS = 'Image digests';

/** Values of a list that is compared entry by entry: that the entry is there is all there is to say. */
export const THERE = 'there';

export const REPLICAS = 'replicas';
export const SCALES = 'target';
export const imageOf = (container: string): string => `image of container ${container}`;
export const digestOf = (container: string): string => `image digest of container ${container}`;

/** The field that names the image whose digest this is; undefined for any other field. */
export function imageOfDigest(name: string): string | undefined {
  return name.startsWith('image digest of ') ? name.replace('image digest of ', 'image of ') : undefined;
}

/** "Deployment web": how an object is called, and what it is found by. */
export function objectName({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

/** Why nothing at all could be read: comparing with that finds nothing, which says nothing. Undefined when some was. */
export function nothingRead({ objects, leftOut, notChecked }: Snapshot): string | undefined {
  return objects.length === 0 && leftOut.length === 0 ? notChecked[0]?.why : undefined;
}

/**
 * A value that may be a secret, so that a change of it is seen. The key never stands beside the hashes: a plain hash of
 * a short value can be guessed. `place` makes equal values in two places unlike each other.
 */
export function hidden(key: string, place: string, value: string): Pick<SnapshotField, 'value' | 'hidden'> {
  const hash = createHmac('sha256', key).update(place).update('\0').update(value).digest('hex');
  return { value: hash.slice(0, 32), hidden: true };
}
