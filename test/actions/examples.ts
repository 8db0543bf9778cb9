/** Valid parameters for every action of the register, so that a new one cannot be left out of the conformance test. */

import type { Database } from '../../src/catalog/catalog.ts';

/** What the catalogue says of the database of these examples: every kind of place that an action looks at. */
export const CATALOGUED: Database = {
  name: 'db',
  kind: 'patroni',
  service: 'keeps-endpoints',
  user: 'reader',
  passwordFrom: 'DB_PASSWORD',
  databases: ['web'],
  backups: [
    { kind: 'files', pod: 'db-0', path: '/nowhere' },
    { kind: 'cronjob', name: 'nightly' },
    { kind: 'pgbackrest', pod: 'db-0', stanza: 'db' },
    { kind: 'crunchy', cluster: 'hippo' },
  ],
  queries: [
    {
      name: 'open-orders',
      title: 'Open orders',
      sql: 'select 1',
      params: {},
      rows: 5,
      timeoutSeconds: 5,
      sensitive: [],
    },
  ],
  personalData: true,
};

type Params = Readonly<Record<string, unknown>>;

/** The first is used where one is enough; together they need every right that the action declares. */
export const EXAMPLES: Readonly<Record<string, readonly Params[]>> = {
  'k8s.trace-database': [
    { workload: 'web' },
    { workload: 'db', kind: 'statefulset' },
    { workload: 'shop', kind: 'deploymentconfig' },
  ],
  'k8s.workload': [
    { workload: 'web' },
    { workload: 'db', kind: 'statefulset' },
    { workload: 'shop', kind: 'deploymentconfig' },
  ],
  'k8s.changes': [{}],
  'k8s.compare-baseline': [{}],
  'k8s.logs': [
    { workload: 'web', lines: 5 },
    { workload: 'db', lines: 5 },
    { workload: 'shop', kind: 'deploymentconfig', lines: 5 },
    { pod: 'db-0', lines: 5 },
  ],
  'k8s.last-termination': [
    { service: 'keeps-endpoints' },
    { statefulset: 'db' },
    { workload: 'web' },
    { pod: 'db-0', log_lines: 5 },
  ],
  'k8s.replicas': [
    { workload: 'web' },
    { workload: 'db', kind: 'statefulset' },
    { workload: 'shop', kind: 'deploymentconfig' },
  ],
  'k8s.scale': [
    { workload: 'web', replicas: 1, expect: { replicas: 1 } },
    { workload: 'db', kind: 'statefulset', replicas: 1, expect: { replicas: 1 } },
    { workload: 'shop', kind: 'deploymentconfig', replicas: 1, expect: { replicas: 1 } },
  ],
  'k8s.file-exists': [{ pod: 'db-0', container: 'side', path: '/nowhere/incident-7.dump' }],
  'k8s.delete-file': [{ pod: 'db-0', container: 'side', path: '/nowhere/incident-7.dump' }],
  'k8s.image-by-pod': [
    { workload: 'web' },
    { workload: 'db', kind: 'statefulset' },
    { workload: 'shop', kind: 'deploymentconfig' },
  ],
  'k8s.update-strategy': [
    { workload: 'web' },
    { workload: 'db', kind: 'statefulset' },
    { workload: 'shop', kind: 'deploymentconfig' },
  ],
  'k8s.probes': [
    { workload: 'web', container: 'main' },
    { workload: 'db', kind: 'statefulset', container: 'main' },
    { workload: 'shop', kind: 'deploymentconfig', container: 'main' },
  ],
  'k8s.env': [
    { workload: 'web', name: 'MODE' },
    { workload: 'db', kind: 'statefulset', name: 'MODE' },
    { workload: 'shop', kind: 'deploymentconfig', name: 'MODE' },
  ],
  'k8s.events': [
    {},
    { workload: 'web' },
    { workload: 'db', kind: 'statefulset' },
    { workload: 'shop', kind: 'deploymentconfig' },
  ],
  'k8s.pod': [{ pod: 'db-0' }],
  'k8s.pvc': [{ pod: 'db-0', used: true }, { used: true }],
  'k8s.endpoints': [{ service: 'keeps-endpoints' }, { service: 'keeps-endpoints', routes: true }],
  'k8s.wait-volume-detached': [{ claim: 'data-db-0' }],
  'k8s.access': [{ subject: 'jane', can: ['get pods'] }],
  'k8s.role-binding': [{ binding: 'given' }],
  'k8s.service-account': [{ service_account: 'puller' }],
  'k8s.restart': [
    { workload: 'web' },
    { workload: 'db', kind: 'statefulset' },
    { workload: 'shop', kind: 'deploymentconfig' },
  ],
  'k8s.rollout-undo': [
    { workload: 'web', to_revision: 1 },
    { workload: 'db', kind: 'statefulset', to_revision: 1 },
  ],
  'k8s.set-probe-timeout': [
    { workload: 'web', container: 'main', seconds: 5 },
    { workload: 'db', kind: 'statefulset', container: 'main', seconds: 5 },
    { workload: 'shop', kind: 'deploymentconfig', container: 'main', seconds: 5 },
  ],
  'k8s.set-env': [
    { workload: 'web', name: 'MODE', value: 'slow' },
    { workload: 'db', kind: 'statefulset', name: 'MODE', value: 'slow' },
    { workload: 'shop', kind: 'deploymentconfig', name: 'MODE', value: 'slow' },
  ],
  'k8s.set-member-image': [
    { statefulset: 'many', member: 'many-0', container: 'main', image: 'registry.example.org/many:2' },
  ],
  'k8s.set-update-strategy': [{ statefulset: 'many', type: 'OnDelete' }],
  'k8s.grant-access': [
    { subject: 'jane', role: 'view' },
    { subject: 'jane', role: 'little', role_kind: 'role' },
  ],
  'k8s.revoke-access': [{ binding: 'given' }],
  'k8s.add-pull-secret': [{ service_account: 'puller', secret: 'registry' }],
  'k8s.delete-pod': [{ pod: 'lone', force: true, even_if_node_ready: true }],
  'k8s.delete-workload': [{ workload: 'old' }, { workload: 'older', kind: 'statefulset' }],
  'k8s.apply': ['deployment', 'statefulset', 'service', 'configmap'].map((kind) => ({
    kind,
    name: 'applied',
    manifest: 'examples.yaml',
  })),
  'k8s.debug-copy': [{ pod: 'mounts', claim: 'data-db-0' }],
  'patroni.cluster': [{ statefulset: 'db' }],
  'patroni.members': [{ statefulset: 'db' }],
  'patroni.member': [{ statefulset: 'db', member: 'db-0' }],
  'patroni.wal-positions': [{ statefulset: 'db' }],
  'patroni.history': [{ statefulset: 'db' }],
  'patroni.pause': [{ statefulset: 'db' }],
  'patroni.resume': [{ statefulset: 'db' }],
  'patroni.switchover': [{ statefulset: 'db', candidate: 'db-0' }],
  'patroni.restart': [{ statefulset: 'db', member: 'db-0' }],
  'patroni.reinitialize': [{ statefulset: 'db', member: 'db-0' }],
  'postgres.connections': [{}, { service: 'keeps-endpoints' }],
  'postgres.connections-by-client': [{ service: 'keeps-endpoints' }],
  'postgres.terminate': [
    { service: 'keeps-endpoints', sessions: ['4711 since 2020-12-11T13:24:00.123456Z'] },
  ],
  'postgres.long-queries': [{ service: 'keeps-endpoints' }],
  'postgres.cancel-query': [{ service: 'keeps-endpoints', query: '4711 since 2020-12-11T13:24:00.123456Z' }],
  'postgres.locks': [{ service: 'keeps-endpoints' }],
  'postgres.replication': [{ service: 'keeps-endpoints' }],
  'postgres.settings': [{ service: 'keeps-endpoints' }],
  'postgres.query': [{ service: 'keeps-endpoints', query: 'open-orders' }],
  'postgres.size-vs-volume': [{ pod: 'db-0', database: 'web' }],
  'postgres.dump': [{ pod: 'db-0', database: 'web' }],
  'postgres.read-back': [{ pod: 'db-0', path: '/nowhere/incident-7.dump' }],
  'backup.latest': [{ database: 'web' }],
  'http.check': [{ url: 'http://127.0.0.1:1/' }, { address: 'public' }],
  'notify.escalate': [{ contact: 'Platform', text: 'It is down.' }],
  'notify.delivered': [{ contact: 'Platform', key: 'inc-7-1' }],
  wait: [{ seconds: 30 }],
  'image.resolve': [
    { workload: 'pulls' },
    { workload: 'pulled', kind: 'statefulset' },
    { image: '127.0.0.1:1/team/app:1', service_account: 'pulling' },
    { image: 'image-registry.openshift-image-registry.svc:5000/default/app:1', service_account: 'pulling' },
  ],
  'image.age': [{ workload: 'pulls' }, { workload: 'pulled', kind: 'statefulset' }],
  'image.candidates': [
    { workload: 'pulls' },
    { image: '127.0.0.1:1/team/app', service_account: 'pulling', postgres_major: '15', most: 3 },
  ],
};
