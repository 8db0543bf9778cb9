/** A workload's manifest as it was captured before it was deleted: what people wrote, without what the cluster added. */
import { z } from 'zod';
import { canonical, sha256 } from '../../incidents/hash.ts';
import { ActionFailed } from '../action.ts';
import { redact } from '../redact.ts';
import type { KubeObject } from './objects.ts';

/** Longest text that is kept with a plan. */
const LONGEST = 100_000;

const CLUSTERS_OWN =
  /^(deployment\.kubernetes\.io\/revision|kubectl\.kubernetes\.io\/last-applied-configuration|handrail\.dev\/.*)$/;

/** What can be put back: no status, no ids, no owners (theirs may be gone, and the cluster would remove it at once). */
export function cleaned(live: KubeObject): KubeObject & Record<string, unknown> {
  const { status: _, metadata, ...rest } = live as KubeObject & { status?: unknown };
  const { name, namespace, labels, annotations } = metadata;
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !CLUSTERS_OWN.test(key));
  return {
    ...withoutNulls(rest),
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
      ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}),
    },
  };
}

function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutNulls(one)])) as T;
}

/**
 * The text that is kept, with its own hash. Throws in words when it cannot be kept whole: the record takes no secrets
 * and no personal data, so a manifest that holds some in plain text would come back with holes.
 */
export function captured(live: KubeObject): string {
  const object = cleaned(live);
  const text = canonical({ object, sha256: sha256(canonical(object)) });
  const what = `${object.kind} ${object.metadata.name}`;
  const by = `Save it by hand first (kubectl get … -o yaml > file), then delete it by hand.`;
  if (redact(text, { exact: true }) !== text) {
    throw new ActionFailed(
      `The manifest of ${what} holds something that looks like a secret or personal data in plain text, so it cannot be kept whole in the record. ${by}`,
      { nothingHappened: true },
    );
  }
  if (text.length > LONGEST) {
    throw new ActionFailed(`The manifest of ${what} is too long to keep (${text.length} characters). ${by}`, {
      nothingHappened: true,
    });
  }
  return text;
}

const shape = z.object({
  object: z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  }),
  sha256: z.string(),
});

/** The object of a captured text. Throws in words when it is none, or not whole. */
export function fromCapture(text: string): KubeObject & Record<string, unknown> {
  let parsed: ReturnType<typeof shape.safeParse> | undefined;
  try {
    parsed = shape.safeParse(JSON.parse(text));
  } catch {
    parsed = undefined;
  }
  if (!parsed?.success)
    throw new ActionFailed('This is not what Handrail captured before a deletion, so it is not applied.', {
      nothingHappened: true,
    });
  const { object, sha256: hash } = parsed.data;
  if (sha256(canonical(object)) !== hash)
    throw new ActionFailed(
      'The captured manifest is not whole: its hash does not fit. Put it back by hand.',
      {
        nothingHappened: true,
      },
    );
  return object;
}
