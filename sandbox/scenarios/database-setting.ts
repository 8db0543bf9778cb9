/** The database setting of an application, in the ways that teams write it. */
import type { EnvironmentVariable } from '../cluster/api/wire.ts';
import type { Past } from '../cluster/world.ts';

type Manifest = Parameters<Past['apply']>[0];

/** How the application is told where its database is. */
export const WRITTEN = ['env', 'configmap', 'secret', 'url', 'jdbc', 'dotnet', 'file'] as const;
export type Written = (typeof WRITTEN)[number];

/** What is to be written. */
export interface DatabaseSetting {
  /** Of the application; its objects are named after it. */
  readonly app: string;
  readonly namespace: string;
  readonly written: Written;
  /** As it is written. */
  readonly host: string;
  readonly database: string;
  readonly role: string;
  /** The Secret that holds its password. */
  readonly login: { readonly secret: string; readonly key: string };
}

export interface WrittenSetting {
  readonly objects: readonly Manifest[];
  readonly env: readonly EnvironmentVariable[];
  readonly envFrom?: readonly Record<string, unknown>[];
  readonly volumes?: readonly Record<string, unknown>[];
  readonly mounts?: readonly Record<string, unknown>[];
}

/** The objects and variables of a setting. */
export function settingOf(setting: DatabaseSetting): WrittenSetting {
  const { app, namespace, host, database, role, login } = setting;
  const name = `${app}-database`;
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
    valueFrom: { secretKeyRef: { name: login.secret, key: login.key } },
  };
  const from = (key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  switch (setting.written) {
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
