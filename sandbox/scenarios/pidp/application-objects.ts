/** The applications: an API whose database setting is written in one of several ways, reports, a utility at 0. */
import type { EnvironmentVariable } from '../../cluster/api/wire.ts';
import type { Past } from '../../cluster/world.ts';
import type { PidpPlan } from './plan.ts';

type Manifest = Parameters<Past['apply']>[0];

interface Setting {
  readonly objects: readonly Manifest[];
  readonly env: readonly EnvironmentVariable[];
  readonly envFrom?: readonly Record<string, unknown>[];
  readonly volumes?: readonly Record<string, unknown>[];
  readonly mounts?: readonly Record<string, unknown>[];
}

/** The database setting of the API, in the way that the plan says. */
function settingOf(plan: PidpPlan): Setting {
  const { api, namespace, host, database, role, used } = plan;
  const name = `${api}-database`;
  const map = (data: Record<string, string>): Manifest => ({
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data,
  });
  const secret = (stringData: Record<string, string>): Manifest => ({
    kind: 'Secret',
    metadata: { name, namespace },
    stringData,
  });
  const password: EnvironmentVariable = {
    name: 'DB_PASSWORD',
    valueFrom: { secretKeyRef: { name: `${used.name}-login`, key: 'app-db-password' } },
  };
  const from = (key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  switch (plan.written) {
    case 'env':
      return {
        objects: [],
        env: [
          { name: 'DB_HOST', value: host },
          { name: 'DB_PORT', value: '5432' },
          { name: 'DB_NAME', value: database },
          { name: 'DB_USER', value: role },
          password,
        ],
      };
    case 'configmap':
      return {
        objects: [
          map({ DB_HOST: host, DB_PORT: '5432', DB_NAME: database, DB_USER: role, FEATURE_FLAGS: 'none' }),
        ],
        env: [password],
        envFrom: [{ configMapRef: { name } }],
      };
    case 'secret':
      return {
        objects: [secret({ 'database-host': host, 'database-name': database })],
        env: [
          { name: 'DATABASE_HOST', ...from('database-host') },
          { name: 'DATABASE_NAME', ...from('database-name') },
          password,
        ],
      };
    case 'url':
      return {
        objects: [],
        env: [
          password,
          {
            name: 'DATABASE_URL',
            value: `postgresql://${role}:$(DB_PASSWORD)@${host}:5432/${database}?sslmode=prefer`,
          },
        ],
      };
    case 'jdbc':
      return {
        objects: [
          map({
            SPRING_DATASOURCE_URL: `jdbc:postgresql://${host}:5432/${database}`,
            SPRING_DATASOURCE_USERNAME: role,
          }),
        ],
        env: [password],
        envFrom: [{ configMapRef: { name } }],
      };
    case 'dotnet':
      return {
        objects: [
          secret({
            connection: `Host=${host};Port=5432;Database=${database};Username=${role};Password=played`,
          }),
        ],
        env: [{ name: 'ConnectionStrings__Default', ...from('connection') }],
      };
    case 'file':
      return {
        objects: [secret({ 'database-url': `postgresql://${role}:played@${host}:5432/${database}` })],
        env: [{ name: 'DATABASE_URL_FILE', value: '/etc/app/database/database-url' }],
        volumes: [{ name: 'database', secret: { secretName: name } }],
        mounts: [{ name: 'database', mountPath: '/etc/app/database', readOnly: true }],
      };
  }
}

export function applicationObjects(plan: PidpPlan): Manifest[] {
  const { api, reports, utility, namespace, used, unused, images } = plan;
  const setting = settingOf(plan);
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
