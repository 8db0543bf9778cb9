/** When two names of a target mean the same thing. */
import type { TargetName } from './events.ts';

/** Kinds are written `StatefulSet` by the cluster and `statefulset` by a trace. */
export function sameTarget(a: TargetName, b: TargetName): boolean {
  return a.namespace === b.namespace && a.name === b.name && a.kind.toLowerCase() === b.kind.toLowerCase();
}
