/** The applications: an API whose database setting is written in one of several ways, reports, a utility at 0. */
import type { Past } from '../../cluster/world.ts';
import { settingOf } from '../database-setting.ts';
import type { PidpPlan } from './plan.ts';

type Manifest = Parameters<Past['apply']>[0];

export function applicationObjects(plan: PidpPlan): Manifest[] {
  const { api, reports, utility, namespace, used, unused, images } = plan;
  const setting = settingOf({
    app: api,
    namespace,
    written: plan.written,
    host: plan.host,
    database: plan.database,
    role: plan.role,
    login: { secret: `${used.name}-login`, key: 'app-db-password' },
  });
  const labelled = (app: string) => ({ name: app, namespace, labels: { app } });
  const deployment = (
    app: string,
    replicas: number,
    container: Record<string, unknown>,
    volumes: readonly unknown[] = [],
  ): Manifest => ({
    kind: 'Deployment',
    metadata: labelled(app),
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: { app } },
        spec: {
          terminationGracePeriodSeconds: 5,
          containers: [container],
          ...(volumes.length > 0 ? { volumes } : {}),
        },
      },
    },
  });
  const ready = (path: string, port: number) => ({
    httpGet: { path, port },
    periodSeconds: 10,
    timeoutSeconds: 1,
  });
  return [
    ...setting.objects,
    // Left from a trial: it names the other database, and nothing mounts it.
    {
      kind: 'Secret',
      metadata: { name: `${unused.name}-pguser-${plan.role}`, namespace },
      stringData: {
        host: unused.service,
        uri: `postgresql://${plan.role}:played@${unused.service}:5432/${plan.database}`,
      },
    },
    deployment(
      api,
      3,
      {
        name: api,
        image: images.api,
        ports: [{ containerPort: 8080, name: 'http' }],
        env: [{ name: 'LOG_LEVEL', value: 'Information' }, ...setting.env],
        ...(setting.envFrom ? { envFrom: setting.envFrom } : {}),
        ...(setting.mounts ? { volumeMounts: setting.mounts } : {}),
        readinessProbe: ready('/health/ready', 8080),
      },
      setting.volumes,
    ),
    {
      kind: 'Service',
      metadata: labelled(api),
      spec: { selector: { app: api }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
    deployment(reports, 1, {
      name: 'metabase',
      image: 'docker.io/metabase/metabase:v0.47.2',
      ports: [{ containerPort: 3000, name: 'http' }],
      env: [
        { name: 'MB_DB_TYPE', value: 'postgres' },
        { name: 'MB_DB_HOST', value: used.service },
        { name: 'MB_DB_PORT', value: '5432' },
        { name: 'MB_DB_DBNAME', value: 'metabase' },
      ],
      readinessProbe: ready('/api/health', 3000),
    }),
    {
      kind: 'Service',
      metadata: labelled(reports),
      spec: { selector: { app: reports }, ports: [{ name: 'http', port: 80, targetPort: 3000 }] },
    },
    {
      kind: 'PersistentVolumeClaim',
      metadata: { name: `${utility}-files`, namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
    },
    deployment(
      utility,
      0,
      {
        name: utility,
        image: images.working,
        command: ['sleep', 'infinity'],
        env: [{ name: 'PGDATABASE', value: plan.database }],
        volumeMounts: [{ name: 'files', mountPath: '/backups' }],
      },
      [{ name: 'files', persistentVolumeClaim: { claimName: `${utility}-files` } }],
    ),
  ];
}

/** The image stream: one tag with an image, one with none behind it. */
export function imageObjects(plan: PidpPlan, at: string): Manifest[] {
  const repository = plan.images.present.replace(/:[^/:]+$/, '');
  const tagOf = (image: string) => image.slice(image.lastIndexOf(':') + 1);
  const [present, empty] = [tagOf(plan.images.present), tagOf(plan.images.empty)];
  const name = 'patroni-postgres';
  const reference = `${repository}@sha256:${'5c'.repeat(32)}`;
  return [
    {
      kind: 'ImageStream',
      metadata: { name, namespace: plan.tools },
      spec: { lookupPolicy: { local: false }, tags: [present, empty].map((tag) => ({ name: tag })) },
      status: {
        dockerImageRepository: repository,
        tags: [
          {
            tag: present,
            items: [
              {
                created: at,
                dockerImageReference: reference,
                image: `sha256:${'5c'.repeat(32)}`,
                generation: 1,
              },
            ],
          },
          {
            tag: empty,
            items: null,
            conditions: [
              {
                type: 'ImportSuccess',
                status: 'False',
                reason: 'NotFound',
                message: 'not found',
                generation: 2,
              },
            ],
          },
        ],
      },
    },
    {
      kind: 'ImageStreamTag',
      metadata: { name: `${name}:${present}`, namespace: plan.tools },
      tag: { name: present },
      image: {
        metadata: { name: `sha256:${'5c'.repeat(32)}`, creationTimestamp: at },
        dockerImageReference: reference,
      },
    },
  ];
}
