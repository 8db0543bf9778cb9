/** The settings of Patroni clusters in a snapshot, from their objects where Patroni's store is the Kubernetes API. */

import { PATRONI } from '../../../incidents/baseline/diff.ts';
import type { NotChecked, SnapshotObject } from '../../../incidents/baseline/snapshot.ts';
import { settingsIn } from '../../patroni/store-objects.ts';
import type { KubeObject } from '../objects.ts';
import { Draft } from './draft.ts';
import type { LiveWorkload } from './workloads.ts';
import type { Step } from './writers.ts';

const CONFIG = /^(?<scope>.+)-config$/;
const AT: readonly Step[] = ['metadata', 'annotations', 'config'];

/** `objects`: ConfigMaps and Endpoints of the namespace; a cluster keeps its settings in one of them. */
export function patroniIn(objects: readonly KubeObject[], key: string): SnapshotObject[] {
  const found = new Map<string, SnapshotObject>();
  for (const object of objects) {
    const scope = CONFIG.exec(object.metadata.name ?? '')?.groups?.['scope'];
    const settings = scope === undefined ? undefined : settingsIn(object);
    if (scope === undefined || !settings || found.has(scope)) continue;
    const draft = new Draft(PATRONI, object, key, scope);
    // Absent means that it is not paused.
    draft.open('pause', settings['pause'] === true, AT);
    for (const [path, value] of leaves(settings)) {
      if (path === 'pause') continue;
      const plain = typeof value === 'number' || typeof value === 'boolean' || isPlain(value);
      if (plain) draft.open(`setting ${path}`, String(value), AT);
      else draft.hidden(`setting ${path}`, value, AT);
    }
    found.set(scope, draft.done());
  }
  return [...found.values()];
}

/** Patroni's own settings cannot be seen where its store is etcd, Consul or ZooKeeper: said, not passed over. */
export function patroniElsewhere(
  sets: readonly LiveWorkload[],
  found: readonly SnapshotObject[],
): NotChecked[] {
  if (found.length > 0) return [];
  return sets.filter(isPatroni).map(({ metadata }) => ({
    kind: `Settings of Patroni ${metadata.name}`,
    why: 'they are not in an object of this namespace: its store is not Kubernetes, or has another name',
  }));
}

function isPatroni({ metadata, spec }: LiveWorkload): boolean {
  const label = metadata.labels?.['application'] ?? '';
  return (
    /^(patroni|spilo)$/.test(label) ||
    (spec?.template?.spec?.containers ?? []).some(
      ({ image = '', env = [] }) =>
        /patroni|spilo/i.test(image) || env.some(({ name }) => name.startsWith('PATRONI_')),
    )
  );
}

/** Sizes, times and switches as PostgreSQL writes them; any other text may hold a secret. */
function isPlain(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^(on|off|true|false|\d{1,9}( ?(B|kB|MB|GB|TB|us|ms|s|min|h|d))?)$/.test(value)
  );
}

function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, path === '' ? name : `${path}.${name}`),
  );
}
