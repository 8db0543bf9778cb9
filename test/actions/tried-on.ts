/** On which systems each action was tried, and in which test: the table of docs/actions.md. */

export const SYSTEMS = {
  api: 'real kube-apiserver 1.20 (RBAC, etcd, controllers where they are needed)',
  postgres: 'real PostgreSQL',
  patroni: 'real Patroni 3.0 with PostgreSQL 15, three members',
  registry: 'real registry (CNCF Distribution 2.8)',
  pgbackrest: 'real pgBackRest 2.45',
  rest: "stand-in for Patroni's REST API, with recorded answers",
  odd: 'stand-in for a server in bad weather',
  web: 'real HTTP and HTTPS servers of Node, certificates of OpenSSL',
  slack: 'the local Slack of the sandbox',
  kinds: 'custom resources of the same shape on the real API server; not the operator or OpenShift itself',
} as const;

export interface Tried {
  readonly on: readonly (keyof typeof SYSTEMS)[];
  /** Below test/actions/ or, with a slash in front, below test/. */
  readonly tests: readonly string[];
}

const template = { on: ['api'], tests: ['kubernetes/template-changes.test.ts'] } as const;
const objects = { on: ['api'], tests: ['kubernetes/reading-objects.test.ts'] } as const;
const world = { on: ['api'], tests: ['kubernetes/reading.test.ts'] } as const;
const removing = { on: ['api'], tests: ['kubernetes/delete.test.ts'] } as const;
const applying = { on: ['api'], tests: ['kubernetes/apply.test.ts'] } as const;
const granting = { on: ['api'], tests: ['kubernetes/access.test.ts'] } as const;
const member = { on: ['api'], tests: ['kubernetes/member-image.test.ts'] } as const;
const files = { on: ['api'], tests: ['kubernetes/files.test.ts'] } as const;
const managing = { on: ['api', 'patroni'], tests: ['patroni/changes.test.ts'] } as const;
const looking = { on: ['api', 'postgres'], tests: ['postgres/looking.test.ts'] } as const;
const surge = {
  on: ['api', 'postgres'],
  tests: ['postgres/connections.test.ts', 'postgres/bad-weather.test.ts'],
} as const;

export const TRIED: Readonly<Record<string, Tried>> = {
  'k8s.trace-database': world,
  'k8s.workload': world,
  'k8s.changes': world,
  'k8s.compare-baseline': { on: ['api'], tests: ['kubernetes/snapshot/compare-baseline.test.ts'] },
  'k8s.logs': world,
  'k8s.last-termination': world,
  'k8s.replicas': world,
  'k8s.scale': { on: ['api'], tests: ['kubernetes/scale.test.ts', '/perform/kill-and-freeze.test.ts'] },
  'k8s.file-exists': files,
  'k8s.delete-file': files,
  'k8s.access': granting,
  'k8s.grant-access': granting,
  'k8s.revoke-access': granting,
  'k8s.role-binding': granting,
  'k8s.add-pull-secret': granting,
  'k8s.service-account': granting,
  'k8s.apply': applying,
  'k8s.delete-pod': removing,
  'k8s.delete-workload': removing,
  'k8s.debug-copy': {
    on: ['api', 'patroni'],
    tests: ['kubernetes/apply.test.ts', '/lab/debug-copy.test.ts'],
  },
  'k8s.pod': removing,
  'k8s.endpoints': {
    on: ['api', 'kinds'],
    tests: ['kubernetes/reading-objects.test.ts', 'kubernetes/routes.test.ts'],
  },
  'k8s.env': template,
  'k8s.events': { on: ['api', 'kinds'], tests: ['kubernetes/warnings.test.ts'] },
  'k8s.image-by-pod': objects,
  'k8s.probes': template,
  'k8s.pvc': objects,
  'k8s.restart': template,
  'k8s.rollout-undo': template,
  'k8s.set-env': template,
  'k8s.set-member-image': member,
  'k8s.set-probe-timeout': template,
  'k8s.set-update-strategy': member,
  'k8s.update-strategy': objects,
  'k8s.wait-volume-detached': objects,
  'patroni.cluster': { on: ['api', 'rest'], tests: ['patroni/cluster.test.ts'] },
  'patroni.members': { on: ['api', 'rest'], tests: ['patroni/members.test.ts'] },
  'patroni.member': { on: ['api', 'rest'], tests: ['patroni/member.test.ts'] },
  'patroni.wal-positions': {
    on: ['api', 'patroni'],
    tests: ['patroni/wal-positions.test.ts', 'patroni/dead-leader.test.ts'],
  },
  'patroni.history': managing,
  'patroni.pause': managing,
  'patroni.resume': managing,
  'patroni.switchover': managing,
  'patroni.restart': managing,
  'patroni.reinitialize': managing,
  'postgres.connections': surge,
  'postgres.connections-by-client': surge,
  'postgres.terminate': { on: ['api', 'postgres'], tests: ['postgres/terminate.test.ts'] },
  'postgres.cancel-query': looking,
  'postgres.long-queries': looking,
  'postgres.locks': looking,
  'postgres.replication': looking,
  'postgres.settings': looking,
  'postgres.query': { on: ['api', 'postgres'], tests: ['postgres/query.test.ts'] },
  'postgres.size-vs-volume': { on: ['api', 'postgres'], tests: ['postgres/volume-full.test.ts'] },
  'postgres.dump': {
    on: ['api', 'postgres'],
    tests: ['postgres/dump.test.ts', 'postgres/volume-full.test.ts'],
  },
  'postgres.read-back': { on: ['api', 'postgres'], tests: ['postgres/read-back.test.ts'] },
  'backup.latest': {
    on: ['api', 'pgbackrest', 'kinds'],
    tests: ['backup/latest.test.ts', 'backup/pgbackrest.test.ts', 'backup/crunchy.test.ts'],
  },
  'http.check': { on: ['web'], tests: ['http/check.test.ts', 'http/certificate.test.ts'] },
  'notify.escalate': { on: ['web', 'slack'], tests: ['notify/escalate.test.ts', '/slack/messages.test.ts'] },
  'notify.delivered': { on: ['web', 'slack'], tests: ['notify/delivered.test.ts'] },
  wait: { on: ['postgres'], tests: ['wait/wait.test.ts'] },
  'image.resolve': {
    on: ['api', 'registry', 'kinds', 'odd'],
    tests: ['image/cluster.test.ts', 'image/registry.test.ts', 'image/weather.test.ts'],
  },
  'image.age': { on: ['api', 'registry'], tests: ['image/cluster.test.ts'] },
  'image.candidates': { on: ['api', 'registry', 'kinds'], tests: ['image/cluster.test.ts'] },
};
