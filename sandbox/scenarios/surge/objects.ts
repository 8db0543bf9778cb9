/** The objects of `postgres-connections`: three applications and the one PostgreSQL that all of them use. */
import type { Past } from '../../cluster/world.ts';
import { settingOf } from '../database-setting.ts';
import type { ApplicationPlan, SurgePlan } from './plan.ts';

type Manifest = Parameters<Past['apply']>[0];

export const MOUNT = '/var/lib/postgresql/data';

export function databaseObjects(plan: SurgePlan): Manifest[] {
  const { namespace } = plan;
  const { name, kind } = plan.database;
  const at = (objectName: string) => ({ name: objectName, namespace, labels: { app: name } });
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } };
  const volume = `${name}-storage`;
  const container = {
    name: 'postgres',
    image: 'docker.io/library/postgres:18',
    args: ['-c', `max_connections=${plan.limit}`],
    ports: [{ containerPort: 5432, name: 'postgres' }],
    env: [{ name: 'PGDATA', value: `${MOUNT}/pgdata` }],
    volumeMounts: [{ name: volume, mountPath: MOUNT }],
    readinessProbe: { exec: { command: ['pg_isready', '-U', 'postgres'] }, periodSeconds: 10 },
  };
  const spec = (volumes: readonly unknown[]) => ({
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 5, containers: [container], volumes },
    },
  });
  const workload: Manifest =
    kind === 'Deployment'
      ? {
          kind,
          metadata: at(name),
          spec: {
            ...spec([{ name: volume, persistentVolumeClaim: { claimName: volume } }]),
            strategy: { type: 'Recreate' },
          },
        }
      : {
          kind,
          metadata: at(name),
          spec: {
            ...spec([]),
            serviceName: name,
            volumeClaimTemplates: [{ metadata: { name: volume }, spec: claim }],
          },
        };
  return [
    ...(kind === 'Deployment' ? [{ kind: 'PersistentVolumeClaim', metadata: at(volume), spec: claim }] : []),
    {
      kind: 'Secret',
      metadata: at(`${name}-logins`),
      stringData: Object.fromEntries(plan.applications.map((one) => [one.name, 'played'])),
    },
    {
      kind: 'Service',
      metadata: at(name),
      spec: { selector: { app: name }, ports: [{ name: 'postgres', port: 5432, targetPort: 5432 }] },
    },
    workload,
  ];
}

/** `build`: the number of its image; another one is another rollout. */
export function applicationObjects(plan: SurgePlan, own: ApplicationPlan, build: number): Manifest[] {
  const { namespace } = plan;
  const { name } = own;
  const setting = settingOf({
    app: name,
    namespace,
    written: own.written,
    host: plan.database.name,
    database: name,
    role: name,
    login: { secret: `${plan.database.name}-logins`, key: name },
  });
  const port = 8000;
  const probe = { httpGet: { path: '/health', port }, periodSeconds: 10, timeoutSeconds: 5 };
  const container = {
    name,
    image: `registry.example.org/community/${name}:${build}`,
    ...(own.probed ? { ports: [{ containerPort: port, name: 'http' }], readinessProbe: probe } : {}),
    env: setting.env,
    ...(setting.envFrom ? { envFrom: setting.envFrom } : {}),
    ...(setting.mounts ? { volumeMounts: setting.mounts } : {}),
  };
  const metadata = { name, namespace, labels: { app: name } };
  return [
    ...setting.objects,
    {
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: own.pods,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            terminationGracePeriodSeconds: 5,
            containers: [container],
            ...(setting.volumes ? { volumes: setting.volumes } : {}),
          },
        },
      },
    },
    ...(own.probed
      ? [
          {
            kind: 'Service',
            metadata,
            spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: port }] },
          },
        ]
      : []),
  ];
}
