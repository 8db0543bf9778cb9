/** Valid parameters for every action of the register, so that a new one cannot be left out of the conformance test. */

import type { Database } from '../../src/catalog/catalog.ts';

/** What the catalogue says of the database of these examples: every kind of place that an action looks at. */
export const CATALOGUED: Database = {
  name: 'db',
  kind: 'patroni',
  service: 'keeps-endpoints',
  databases: ['web'],
  backups: [
    { kind: 'files', pod: 'db-0', path: '/nowhere' },
    { kind: 'cronjob', name: 'nightly' },
  ],
  personalData: true,
};

type Params = Readonly<Record<string, unknown>>;

/** The first is used where one is enough; together they need every right that the action declares. */
export const EXAMPLES: Readonly<Record<string, readonly Params[]>> = {
  'k8s.trace-database': [{ workload: 'web' }, { workload: 'db', kind: 'statefulset' }],
  'k8s.workload': [{ workload: 'web' }, { workload: 'db', kind: 'statefulset' }],
  'k8s.changes': [{}],
  'k8s.logs': [
    { workload: 'web', lines: 5 },
    { workload: 'db', lines: 5 },
    { pod: 'db-0', lines: 5 },
  ],
  'k8s.last-termination': [
    { service: 'keeps-endpoints' },
    { statefulset: 'db' },
    { workload: 'web' },
    { pod: 'db-0', log_lines: 5 },
  ],
  'k8s.replicas': [{ workload: 'web' }, { workload: 'db', kind: 'statefulset' }],
  'k8s.scale': [
    { workload: 'web', replicas: 1, expect: { replicas: 1 } },
    { workload: 'db', kind: 'statefulset', replicas: 1, expect: { replicas: 1 } },
  ],
  'k8s.file-exists': [{ pod: 'db-0', container: 'side', path: '/nowhere/incident-7.dump' }],
  'k8s.delete-file': [{ pod: 'db-0', container: 'side', path: '/nowhere/incident-7.dump' }],
  'patroni.cluster': [{ statefulset: 'db' }],
  'patroni.members': [{ statefulset: 'db' }],
  'postgres.size-vs-volume': [{ pod: 'db-0', database: 'web' }],
  'postgres.dump': [{ pod: 'db-0', database: 'web' }],
  'postgres.read-back': [{ pod: 'db-0', path: '/nowhere/incident-7.dump' }],
  'backup.latest': [{ database: 'web' }],
};
