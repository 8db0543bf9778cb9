/** Who wrote a field of an object last, and about when, as far as managedFields remember it. */
import type { V1ManagedFieldsEntry, V1ObjectMeta } from '@kubernetes/client-node';
import type { Writer } from '../../../incidents/baseline/snapshot.ts';

/** One step of a field's path: `replicas`, or the entry of a list with this name. */
export type Step = string | { readonly named: string };

/**
 * The newest of those that own the field. The time is that of the tool's last writing of the object, so "about" when it
 * wrote this. Undefined when nobody owns it (the object is older than managedFields, or a rewriting lost them), and when
 * it cannot be told.
 */
export function writerOf(metadata: V1ObjectMeta | undefined, path: readonly Step[]): Writer | undefined {
  return newest(entriesOf(metadata).filter((entry) => owns(entry.fieldsV1, path)));
}

/** The newest that wrote anything but status and metadata. */
export function lastWriter(metadata: V1ObjectMeta | undefined): Writer | undefined {
  return newest(
    entriesOf(metadata).filter((entry) =>
      Object.keys(entry.fieldsV1 ?? {}).some((key) => key !== 'f:status' && key !== 'f:metadata'),
    ),
  );
}

function entriesOf(metadata: V1ObjectMeta | undefined): V1ManagedFieldsEntry[] {
  return (metadata?.managedFields ?? []).filter(({ subresource }) => subresource !== 'status');
}

/** The cluster remembers whole seconds, in no order within one: of two tools in the same second neither is the last. */
function newest(entries: readonly V1ManagedFieldsEntry[]): Writer | undefined {
  let found: Writer[] = [];
  for (const { manager, time } of entries) {
    if (!manager || !time) continue;
    const at = new Date(time).getTime();
    const last = found[0]?.at ?? Number.NEGATIVE_INFINITY;
    if (at > last) found = [{ manager, at }];
    else if (at === last && !found.some((one) => one.manager === manager)) found.push({ manager, at });
  }
  return found.length === 1 ? found[0] : undefined;
}

/** A node without children is owned whole: a list that is replaced as one, or a plain value. */
function owns(tree: unknown, path: readonly Step[]): boolean {
  let node: unknown = tree;
  let depth = 0;
  for (const step of path) {
    const children = Object.entries((node ?? {}) as Record<string, unknown>).filter(([key]) => key !== '.');
    if (children.length === 0) return depth > 0;
    const child = children.find(([key]) => isStep(key, step));
    if (!child) return false;
    node = child[1];
    depth++;
  }
  return true;
}

function isStep(key: string, step: Step): boolean {
  if (typeof step === 'string') return key === `f:${step}`;
  if (!key.startsWith('k:')) return false;
  try {
    return (JSON.parse(key.slice(2)) as { name?: unknown }).name === step.named;
  } catch {
    return false;
  }
}
