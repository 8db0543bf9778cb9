/** Who wrote an object, with what and when, as the object itself remembers in managedFields. */
import type { V1ManagedFieldsEntry, V1ObjectMeta } from '@kubernetes/client-node';
import { isMachinery } from '../../incidents/baseline/left-out.ts';

export interface Edit {
  readonly at: Date;
  /** The tool ("kubectl-edit", "helm", "argocd-controller"): the person is only in the cluster's audit log. */
  readonly manager: string;
  /** True for the writing that made the object. */
  readonly created: boolean;
  /** Paths of the fields that this tool has set, not only this time; empty when they are too many to say anything. */
  readonly fields: readonly string[];
}

/** Edits since `since` by anything but the cluster's own machinery. */
export function editsOf(metadata: V1ObjectMeta | undefined, since: Date): Edit[] {
  const made = new Date(metadata?.creationTimestamp ?? 0).getTime();
  return (metadata?.managedFields ?? []).flatMap((entry) => {
    const at = entry.time ? new Date(entry.time) : undefined;
    const manager = entry.manager ?? '';
    if (!at || at < since || manager === '' || isMachinery(manager) || entry.subresource === 'status')
      return [];
    return [{ at, manager, created: Math.abs(at.getTime() - made) < 2000, fields: fieldsOf(entry) }];
  });
}

function fieldsOf(entry: V1ManagedFieldsEntry): string[] {
  const paths: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (paths.length > 50) return;
    const inner = typeof node === 'object' && node !== null ? Object.entries(node) : [];
    const named = inner.filter(([key]) => key !== '.');
    if (named.length === 0 && path !== '') paths.push(path);
    for (const [key, child] of named) walk(child, joined(path, key));
  };
  walk(entry.fieldsV1, '');
  return paths.length > 4 ? [] : paths;
}

/** `f:image` under `k:{"name":"web"}` reads `[web].image`. */
function joined(path: string, key: string): string {
  if (key.startsWith('f:')) return path === '' ? key.slice(2) : `${path}.${key.slice(2)}`;
  const name = /"(?:name|type|uid|key)":"([^"]*)"/.exec(key)?.[1];
  return `${path}[${name ?? key.slice(2)}]`;
}
