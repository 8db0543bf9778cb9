/** OpenShift's ImageStreams: a tag of one is a name for an image, and may be there without any image. */
import { z } from 'zod';
import type { Cluster } from '../kubernetes/client.ts';
import { answerOf, inWords } from '../kubernetes/status-error.ts';

/** Hosts under which OpenShift's own registry is named inside the cluster; outside nothing answers there. */
const INTERNAL =
  /^(?:image-registry\.openshift-image-registry|docker-registry\.default)\.svc(?:\.cluster\.local)?(?::\d+)?$/;

export function isInternal(registry: string): boolean {
  return INTERNAL.test(registry);
}

const shape = z.object({
  spec: z.object({ tags: z.array(z.object({ name: z.string() })).optional() }).optional(),
  status: z
    .object({
      tags: z
        .array(
          z.object({
            tag: z.string(),
            items: z
              .array(z.object({ created: z.string(), dockerImageReference: z.string(), image: z.string() }))
              .nullish(),
            conditions: z
              .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
              .optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

export interface StreamTag {
  readonly tag: string;
  /** Absent: the tag is there and has no image. */
  readonly image?: { readonly reference: string; readonly digest: string; readonly imported: string };
  /** Why the last import failed, in the cluster's words. */
  readonly failed?: string;
}

/**
 * Every tag of a stream, those without an image too (in `spec` only, or with an empty list).
 * @returns undefined with a line in `unknowns` when the cluster has no ImageStreams or shows none to us; `absent` when
 *   there is no stream of this name
 */
export async function readStream(
  cluster: Cluster,
  at: { namespace: string; name: string },
  unknowns: string[],
): Promise<readonly StreamTag[] | 'absent' | undefined> {
  let found: unknown;
  try {
    found = await cluster.custom.getNamespacedCustomObject({
      group: 'image.openshift.io',
      version: 'v1',
      plural: 'imagestreams',
      ...at,
    });
  } catch (error) {
    const answer = answerOf(error);
    if (answer?.code === 403) {
      unknowns.push(`no right to see image streams in namespace ${at.namespace}`);
      return undefined;
    }
    if (answer?.code !== 404) throw inWords(error, `reading image stream ${at.name} in ${at.namespace}`);
    // An API server that lacks the whole API answers with a text; for a missing object it names the reason.
    if (answer.reason === 'NotFound') return 'absent';
    unknowns.push('this cluster has no image streams');
    return undefined;
  }
  const stream = shape.safeParse(found).data;
  const listed = stream?.status?.tags ?? [];
  const names = new Set([
    ...(stream?.spec?.tags ?? []).map(({ name }) => name),
    ...listed.map(({ tag }) => tag),
  ]);
  return [...names].map((tag) => {
    const status = listed.find((one) => one.tag === tag);
    const newest = status?.items?.[0];
    const failed = status?.conditions?.find((one) => one.type === 'ImportSuccess' && one.status === 'False');
    return {
      tag,
      ...(newest === undefined
        ? {}
        : {
            image: { reference: newest.dockerImageReference, digest: newest.image, imported: newest.created },
          }),
      ...(failed === undefined ? {} : { failed: failed.message ?? 'the import failed' }),
    };
  });
}
