// Other servers and other rights: in recovery, PostgreSQL 16 and newer, and an account that sees its namespace only.
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { actionNamed } from '../../../src/actions/index.ts';
import { startEmbedded } from '../../../src/store/embedded/start.ts';
import { isAlive, kill, start } from '../../support/control-plane/processes.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { NAMESPACE, podOf } from '../../support/pod-stage.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { describeWith, programOf } from '../../support/requirements.ts';
import { AT, catalogOf, entry, type Surge, startSurge } from './surge-stage.ts';

interface Out {
  connected: boolean;
  exhausted: boolean;
  way: string;
  role: string;
  tried: string[];
  error: string;
  used: number;
  used_percent: number;
  unknowns: string[];
  in_recovery: boolean;
  reserved: number;
  free: number;
  reserved_slot: boolean;
}

describeWith(['controlPlane', 'postgres', 'pgClient'], 'other servers and other rights', () => {
  let surge: Surge;
  beforeAll(async () => {
    surge = await startSurge();
  });
  afterAll(async () => {
    await surge?.stop();
  });
  afterEach(() => surge.leave());

  const count = async (more: object = surge.reach(), service = 'db'): Promise<Out> => {
    const action = actionNamed('postgres.connections') as ReadingAction<never, Out>;
    const call = surge.stage.call(action.params.parse({ service }), more);
    return action.output.strict().parse(await action.run(call as never)) as unknown as Out;
  };
  it('a server in recovery: looked at, and said so', async () => {
    const replica = await inRecovery();
    try {
      await surge.stage.addPod('replica-0', {
        metadata: {
          labels: {},
          ownerReferences: [
            { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'replica', uid: 'x', controller: true },
          ],
        },
        ...podOf(replica),
      });
      const reach = surge.reach({ catalog: catalogOf() });
      expect(await count(reach, 'replica')).toMatchObject({
        connected: true,
        in_recovery: true,
        way: 'psql in the pod',
      });
      const replication = actionNamed('postgres.replication') as ReadingAction<never, object>;
      expect(await replication.run(surge.stage.call({ service: 'replica' }, reach) as never)).toMatchObject({
        in_recovery: true,
        receiving: false,
        replay_paused: false,
        replicas: [],
      });
    } finally {
      await replica.stop();
    }
  });

  it('PostgreSQL 16 and newer: a role of pg_use_reserved_connections gets in where others are refused', async () => {
    const home = mkdtempSync(join(tmpdir(), 'handrail-newer-'));
    const newer = await startEmbedded({
      home,
      settings: { max_connections: '10', superuser_reserved_connections: '2', reserved_connections: '2' },
    });
    const filling: pg.Client[] = [];
    try {
      expect(Number.parseInt(newer.version, 10)).toBeGreaterThanOrEqual(16);
      const admin = new pg.Client({ connectionString: newer.url });
      admin.on('error', () => undefined);
      await admin.connect();
      for (const sql of [
        "create role watcher login password 'right one'",
        'grant pg_monitor, pg_use_reserved_connections to watcher',
        "create role site login password 'site'",
        'create database app',
      ])
        await admin.query(sql);
      await admin.end();
      const { hostname, port } = new URL(newer.url);
      await surge.stage.core.createNamespacedService({
        namespace: NAMESPACE,
        body: {
          metadata: { name: 'newer' },
          spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: Number(port) }] },
        },
      });
      const refused = await (async () => {
        for (;;) {
          const client = new pg.Client({
            host: hostname,
            port: Number(port),
            user: 'site',
            password: 'site',
            database: 'app',
          });
          client.on('error', () => undefined);
          try {
            await client.connect();
            filling.push(client);
          } catch (error) {
            return error as Error & { code?: string };
          }
        }
      })();
      expect([refused.code, refused.message]).toEqual([
        '53300',
        expect.stringContaining('pg_use_reserved_connections'),
      ]);
      expect(filling).toHaveLength(6);
      const reach = surge.reach({ catalog: catalogOf(entry({ service: 'newer' })) });
      expect(await count(reach, 'newer')).toMatchObject({
        connected: true,
        way: 'service',
        role: 'watcher',
        tried: [],
        used: 7,
        reserved: 4,
        free: 0,
        reserved_slot: true,
      });
    } finally {
      await Promise.all(filling.map((client) => client.end().catch(() => undefined)));
      await newer.stop();
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('rights in the namespace only: who may be nobody is not called nobody, and what was not seen is said', async () => {
    const name = 'namespace-only';
    const config = new KubeConfig();
    config.loadFromFile(await surge.stage.plane.kubeconfigFor(name));
    const rbac = surge.stage.config.makeApiClient(RbacAuthorizationV1Api);
    const rule = (group: string, resources: string[], verbs: string[]) => ({
      apiGroups: [group],
      resources,
      verbs,
    });
    await rbac.createNamespacedRole({
      namespace: NAMESPACE,
      body: {
        metadata: { name },
        rules: [
          rule('', ['pods'], ['list']),
          rule('', ['services', 'endpoints'], ['get']),
          rule('', ['pods/exec', 'pods/portforward'], ['create', 'get']),
          rule('apps', ['replicasets'], ['list']),
        ],
      },
    });
    await rbac.createNamespacedRoleBinding({
      namespace: NAMESPACE,
      body: {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' }],
      },
    });
    await surge.client(AT.gone);
    await surge.client(AT.previous);
    await surge.client(AT.current);
    const action = actionNamed('postgres.connections-by-client') as ReadingAction<
      never,
      {
        orphans: number;
        maybe_orphans: number;
        orphan_sessions: string[];
        maybe_orphan_sessions: string[];
        unknowns: string[];
      }
    >;
    const { reach } = surge.reach();
    const call = surge.stage.call({ service: 'db' }, { reach: { ...reach, kubernetes: async () => config } });
    // The right is there a moment after it was given.
    const out = await waitUntil('the rights are in force', () =>
      action.run(call as never).catch(() => undefined),
    );
    expect(out).toMatchObject({ orphans: 1, maybe_orphans: 1 });
    expect([out.orphan_sessions.length, out.maybe_orphan_sessions.length]).toEqual([1, 1]);
    expect(out.unknowns).toEqual([
      "no right to see pods of other namespaces: ask the cluster's administrators",
      "no right to see nodes: ask the cluster's administrators",
    ]);
  });
});

/** A server that waits for WAL that nobody sends. */
async function inRecovery(): Promise<PostgresServer> {
  const server = await startPostgres();
  const data = join(server.volume, 'data');
  const { uid, gid } = statSync(data);
  writeFileSync(join(data, 'standby.signal'), '');
  chownSync(join(data, 'standby.signal'), uid, gid);
  kill(server.pid, 'SIGINT');
  await waitUntil('it has ended', () => !isAlive(server.pid));
  const child = start(
    dirname(server.volume),
    programOf('postgres', 'postgres'),
    ['-D', data, '-k', server.socket, '-h', '', '-p', String(server.port)],
    { cwd: server.volume, env: { PATH: process.env.PATH, LC_ALL: 'C' }, uid, gid, stdio: 'ignore' },
  );
  child.unref();
  await waitUntil('the replica answers', () =>
    server.connect().then(
      async (client) => {
        await client.end();
        return true;
      },
      () => false,
    ),
  );
  return server;
}
