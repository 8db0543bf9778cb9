/** A server with few connections in a pod, an application of two rollouts beside it, and clients from addresses of their own. */
import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { AppsV1Api, type V1OwnerReference } from '@kubernetes/client-node';
import pg from 'pg';
import type { KeptSessions } from '../../../src/actions/postgres/kept-sessions.ts';
import type { Reach } from '../../../src/actions/reach.ts';
import type { Catalog, Database } from '../../../src/catalog/catalog.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { NAMESPACE, podOf, type Stage, startStage } from '../../support/pod-stage.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';

export const LIMIT = 20;
/** Of the limit, PostgreSQL's own default. */
export const RESERVED = 3;

/** Addresses of loopback, which stand for those of pods. */
export const AT = {
  current: '127.0.0.21',
  previous: '127.0.0.22',
  gone: '127.0.0.23',
  pooler: '127.0.0.24',
  outside: '127.0.9.9',
} as const;

export const entry = (more: Partial<Database> = {}): Database => ({
  name: 'shop-db',
  kind: 'postgres',
  service: 'db',
  user: 'watcher',
  passwordFrom: 'DB_PASSWORD',
  databases: ['app'],
  backups: [],
  personalData: true,
  ...more,
});

export const catalogOf = (...databases: readonly Database[]): Catalog => ({
  systems: [
    {
      id: 'shop',
      title: 'Shop',
      namespace: NAMESPACE,
      workloads: ['site'],
      databases,
      docs: [],
      dependencies: [],
      contacts: [],
      runbooks: [],
    },
  ],
});

export interface Surge {
  readonly stage: Stage;
  readonly server: PostgresServer;
  /** A client that connects from this address; ended with the stage. */
  client(from: string, as?: { user?: string; name?: string; database?: string }): Promise<pg.Client>;
  /** Opens clients until an ordinary role is refused; gives how many it took. */
  fillUp(from: string): Promise<number>;
  /** Ends all clients and waits until PostgreSQL has seen it. */
  leave(): Promise<void>;
  /** The reach of one call: another catalogue, another password, sessions. */
  reach(more?: { catalog?: Catalog; password?: string; sessions?: KeptSessions }): { readonly reach: Reach };
  stop(): Promise<void>;
}

/** Logins over TCP need a password, except from the addresses that stand for pods. */
export function askForPasswords(server: PostgresServer, first = ''): void {
  const file = join(server.volume, 'data', 'pg_hba.conf');
  writeFileSync(
    file,
    `${first}
local all all trust
host all watcher 127.0.0.1/32 scram-sha-256
host all all 127.0.0.0/8 trust
`,
  );
}

export async function startSurge(): Promise<Surge> {
  const [stage, server] = await Promise.all([
    startStage(),
    startPostgres({
      host: '127.0.0.1',
      settings: [`max_connections=${LIMIT}`, `superuser_reserved_connections=${RESERVED}`, 'autovacuum=off'],
    }),
  ]);
  await server.run(
    'postgres',
    'create database app',
    "create role watcher login password 'right one'",
    'grant pg_monitor, pg_signal_backend to watcher',
    'create role plain login',
    'create role site login',
  );
  askForPasswords(server);
  await server.run('postgres', 'select pg_reload_conf()');
  await fillNamespace(stage, server);
  const clients = new Set<pg.Client>();
  const connect = async (from: string, as: { user?: string; name?: string; database?: string } = {}) => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: server.port,
      user: as.user ?? 'site',
      database: as.database ?? 'app',
      application_name: as.name ?? 'django',
      stream: () => socketFrom(from),
    });
    client.on('error', () => undefined);
    await client.connect();
    clients.add(client);
    return client;
  };
  return {
    stage,
    server,
    client: connect,
    async fillUp(from) {
      for (let opened = 0; ; opened += 1) {
        try {
          await connect(from);
        } catch (error) {
          if ((error as { code?: string }).code !== '53300') throw error;
          return opened;
        }
      }
    },
    async leave() {
      for (const client of clients) client.end().catch(() => undefined);
      clients.clear();
      // At the limit nobody gets in before one of them has left.
      const look = await waitUntil('somebody gets in', () => server.connect().catch(() => undefined));
      try {
        // Those that work would only leave when they are done.
        await waitUntil('all clients have left', async () => {
          const { rowCount } = await look.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
          );
          return rowCount === 0;
        });
      } finally {
        await look.end();
      }
    },
    reach(more = {}) {
      const { reach } = stage.call({});
      return {
        reach: {
          ...reach,
          catalog: more.catalog ?? catalogOf(entry()),
          secret: (name: string) => (name === 'DB_PASSWORD' ? (more.password ?? 'right one') : undefined),
          ...(more.sessions ? { sessions: more.sessions } : {}),
        },
      };
    },
    async stop() {
      await Promise.all([stage.stop(), server.stop()]);
    },
  };
}

/** The driver connects the socket itself: this one adds from where. */
function socketFrom(localAddress: string): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket) as (options: object) => Socket;
  return Object.assign(socket, {
    connect: (port: number, host: string) => connect({ port, host, localAddress }),
  });
}

async function fillNamespace(stage: Stage, server: PostgresServer): Promise<void> {
  const { core } = stage;
  const apps = stage.config.makeApiClient(AppsV1Api);
  await core.createNamespacedService({
    namespace: NAMESPACE,
    body: {
      metadata: { name: 'db' },
      spec: { selector: { app: 'db' }, ports: [{ port: 5432, targetPort: server.port }] },
    },
  });
  const template = {
    metadata: { labels: { app: 'site' } },
    spec: { containers: [{ name: 'site', image: 'example/site:2' }] },
  };
  const selector = { matchLabels: { app: 'site' } };
  const deployment = await apps.createNamespacedDeployment({
    namespace: NAMESPACE,
    body: { metadata: { name: 'site' }, spec: { replicas: 1, selector, template } },
  });
  const owner = (kind: string, name: string, uid: string | undefined): V1OwnerReference[] => [
    { apiVersion: 'apps/v1', kind, name, uid: uid ?? '', controller: true },
  ];
  for (const [revision, name, address] of [
    ['1', 'site-old', AT.previous],
    ['2', 'site-new', AT.current],
  ] as const) {
    const set = await apps.createNamespacedReplicaSet({
      namespace: NAMESPACE,
      body: {
        metadata: {
          name,
          annotations: { 'deployment.kubernetes.io/revision': revision },
          ownerReferences: owner('Deployment', 'site', deployment.metadata?.uid),
        },
        spec: { replicas: 1, selector, template },
      },
    });
    await stage.addPod(`${name}-x`, {
      metadata: { labels: { app: 'site' }, ownerReferences: owner('ReplicaSet', name, set.metadata?.uid) },
      annotations: { 'pod-ip': address },
    });
  }
  await stage.addPod('bouncer-0', {
    metadata: { labels: {} },
    annotations: { 'pod-ip': AT.pooler },
    containers: [{ name: 'main', image: 'example/pgbouncer:1.21' }],
  });
  const { containers, annotations } = podOf(server);
  await stage.addPod('db-0', {
    metadata: { labels: { app: 'db' } },
    containers,
    annotations: { ...annotations, 'pod-ip': '127.0.0.1' },
  });
  const node = await core.readNode({ name: 'node-1' });
  const networks = { podCIDR: '127.0.0.0/24', podCIDRs: ['127.0.0.0/24'] };
  await core.replaceNode({
    name: 'node-1',
    body: Object.assign(node, { spec: Object.assign(node.spec ?? {}, networks) }),
  });
}
