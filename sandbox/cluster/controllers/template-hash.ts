/** The name that a pod template gives to its ReplicaSet or revision. */
import { createHash } from 'node:crypto';
import type { PodTemplate } from '../api/wire.ts';

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Ten letters and digits, the same for templates that are the same. */
export function templateHash(template: PodTemplate): string {
  const labels = { ...template.metadata?.labels };
  delete labels['pod-template-hash'];
  const text = canonical({ ...template, metadata: { ...template.metadata, labels } });
  const digest = createHash('sha256').update(text).digest();
  return [...digest.subarray(0, 10)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a.localeCompare(b)))
      : inner,
  );
}
