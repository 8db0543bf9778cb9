/** Finds what handrail.yaml says about a database, by its name and the pod it is in. */
import type { Database } from '../../catalog/catalog.ts';
import type { Call } from '../action.ts';

/** Every entry of the namespace that holds a database of this name. */
export function databasesNamed(call: Pick<Call, 'reach' | 'namespace'>, name: string): Database[] {
  return call.reach.catalog.systems
    .filter((system) => system.namespace === call.namespace)
    .flatMap((system) => system.databases)
    .filter((database) => database.databases.includes(name) || database.name === name);
}

/**
 * The one entry that holds `name` in this pod. Two clusters of a namespace may both have a database of that name: then
 * the one whose StatefulSet or Service the pod is named after, and with none of them undefined rather than a guess.
 */
export function databaseNamed(
  call: Pick<Call, 'reach' | 'namespace'>,
  name: string,
  pod: string,
): Database | undefined {
  const all = databasesNamed(call, name);
  const owner = pod.replace(/-\d+$/, '');
  const ofPod = all.find((database) => database.statefulset === owner || database.service === owner);
  if (ofPod) return ofPod;
  return all.length === 1 && all[0]?.statefulset === undefined ? all[0] : undefined;
}
