// The world of postgres-connections itself: a PostgreSQL that is really full, clients at pods' addresses, ends that notice.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, describe, expect, it } from 'vitest';
import { resourceOf } from '../../../sandbox/cluster/api/resources.ts';
import type { Pod, Workload } from '../../../sandbox/cluster/api/wire.ts';
import { postgresConnections } from '../../../sandbox/scenarios/postgres-connections.ts';
import { Crowd } from '../../../sandbox/scenarios/surge/crowd.ts';
import { siteOf } from '../../../sandbox/scenarios/surge/plan.ts';
import type { SurgeWorld } from '../../../sandbox/scenarios/surge/world.ts';
import type { Call, ReadingAction } from '../../../src/actions/action.ts';
import { traceDatabase } from '../../../src/actions/kubernetes/trace-database.ts';
import { connections } from '../../../src/actions/postgres/connections.ts';
import { connectionsByClient } from '../../../src/actions/postgres/connections-by-client.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { parsedParams } from './parsed.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- whatever the action gives
type Given = any;

describe('the world of postgres-connections', { timeout: 180_000 }, () => {
  let world: SurgeWorld | undefined;
  afterEach(async () => {
    await world?.close();
    world = undefined;
  });

  async function opened(seed: number): Promise<SurgeWorld> {
    const server = () => Promise.reject(new Error('the shared server is nobody to fill up'));
    world = await postgresConnections.open(postgresConnections.plan(seed), {
      server,
      stepMs: 5,
      programs: 'stand-in',
    });
    return world;
  }

  async function see(
    { plan, cluster }: SurgeWorld,
    action: ReadingAction,
    params: Record<string, unknown> = { service: plan.database.name },
  ): Promise<Given> {
    const config = new KubeConfig();
    config.loadFromString(cluster.kubeconfig);
    const call: Call = {
      params: parsedParams(action, params),
      namespace: plan.namespace,
      operation: 'op-1',
      incident: 7,
      signal: AbortSignal.timeout(120_000),
      now: () => new Date(),
      reach: {
        kubernetes: async () => config,
        catalog: postgresConnections.catalog(plan),
        podAddress: () => undefined,
        secret: () => undefined,
      },
      progress: () => {},
    };
    return await action.run(call as never);
  }

  const failing = async (of: SurgeWorld): Promise<string[]> => {
    const failed: string[] = [];
    for (const end of postgresConnections.ends) {
      if (/report|left behind/.test(end.says)) continue;
      const why = await end.fails({ world: of, report: '', left: [] });
      if (why) failed.push(why);
    }
    return failed;
  };

  const endSessions = ({ server }: SurgeWorld, ids: readonly string[]) =>
    server.query(
      'postgres',
      `select pg_terminate_backend(pid, 5000) from unnest(array[${ids.map((id) => id.split(' ')[0]).join(',')}]) pid`,
    );

  const replicas = ({ cluster, plan }: SurgeWorld, name: string, count: number) =>
    cluster.store.update<Workload>(
      resourceOf('Deployment'),
      { namespace: plan.namespace, name },
      { manager: 'kubectl', operation: 'Update' },
      (copy) => {
        copy.spec.replicas = count;
      },
    );

  it('is really full: an ordinary client is told what the logs of the applications say', async () => {
    const of = await opened(1);
    const { plan, server, cluster, atFirst } = of;
    expect(atFirst.present).toHaveLength(17);
    expect(atFirst.stale).toHaveLength(80);
    const stranger = new Crowd(server, () => {});
    const caller = { role: 'bot', database: 'bot', application: 'stranger', address: '127.1.2.3' };
    expect(await stranger.knock(caller)).toMatch(/remaining connection slots are reserved/);
    expect(await stranger.crush(caller, 3)).toBe('sorry, too many clients already');
    const site = cluster.store
      .list<Pod>('Pod', plan.namespace)
      .find(({ metadata }) => metadata.labels?.['app'] === 'site');
    const log = cluster.kubelet
      .container(plan.namespace, site?.metadata.name ?? '', 'site')
      ?.run?.log.read({ timestamps: false });
    expect(log).toContain('django.db.utils.OperationalError: FATAL:  sorry, too many clients already');
    await waitUntil('the strangers have left', async () => (await see(of, connections)).used <= 98);
    expect(await see(of, connections)).toMatchObject({
      connected: true,
      exhausted: true,
      max: 100,
      free: 0,
      reserved_slot: true,
      role: 'postgres',
      way: 'psql in the pod',
    });
    expect(await failing(of)).toEqual([
      '80 of nobody are still there',
      // A psql that has just ended may still be counted.
      expect.stringMatching(/^9[78] of 100 are used$/),
      'site is not let in',
    ]);
  });

  it('says of pods that were evicted whose connections they were', async () => {
    const of = await opened(13);
    const { previous, plan } = of;
    const { leaked, leaker } = postgresConnections.facts(plan);
    const seen = await see(of, connectionsByClient);
    expect(seen).toMatchObject({ orphans: leaked, maybe_orphans: 0, sees_all: true });
    expect(seen.orphan_sessions.toSorted()).toEqual(of.atFirst.stale.toSorted());
    for (const { name } of previous.pods) {
      expect(name.startsWith(previous.set)).toBe(true);
      expect(seen.lines.join('\n')).toContain(`(it was ${name}, which has ended)`);
    }
    expect(seen.lines.join('\n')).toMatch(new RegExp(`of ${leaker} \\(.*no such pod`));
    expect(seen.lines.filter((line: string) => line.includes('outside the cluster'))).toHaveLength(1);
  });

  it.each([1, 13])('seed %i: the setting of each application leads to the database', async (seed) => {
    const of = await opened(seed);
    const { applications, database } = of.plan;
    for (const { name, written } of applications) {
      const traced = await see(of, traceDatabase, { workload: name });
      expect(traced, `${name}, written as ${written}`).toMatchObject({
        found: true,
        certain: true,
        database: name,
        service: { name: database.name, ready: 1 },
      });
    }
  });

  it('notices when somebody who still runs was ended, and when not all of nobody were', async () => {
    const of = await opened(6);
    const [mine = ''] = of.atFirst.present;
    const [one = '', ...others] = of.atFirst.stale;
    await endSessions(of, [mine, ...others]);
    const [why] = await failing(of);
    expect(why).toBe(`1 of those who still run were ended: ${mine}`);
    await endSessions(of, [one]);
    expect(await failing(of)).toEqual([why]);
  });

  it('heals by exactly the right ones', async () => {
    const of = await opened(6);
    await endSessions(of, of.atFirst.stale);
    await waitUntil('all is well', async () => (await failing(of)).length === 0);
  });

  it('pods that go let go of their connections, and new ones do not leak', async () => {
    const of = await opened(4);
    const { leaker, used } = postgresConnections.facts(of.plan);
    const own = of.plan.applications.find(({ name }) => name === leaker);
    expect(of.applications.held(leaker)).toBeGreaterThan(used / 2);
    replicas(of, leaker, 0);
    await waitUntil('they are gone', () => of.applications.held(leaker) === 0);
    replicas(of, leaker, own?.pods ?? 0);
    await waitUntil('all is well', async () => (await failing(of)).length === 0);
    expect(of.applications.held(leaker)).toBe((own?.pods ?? 0) * (own?.pool ?? 0));
  });

  it('a restart of the database ends all connections, and only those who still run come back', async () => {
    const of = await opened(6);
    const { plan, cluster, server } = of;
    const pod = cluster.store
      .list<Pod>('Pod', plan.namespace)
      .find(({ metadata }) => metadata.labels?.['app'] === plan.database.name);
    cluster.store.remove(resourceOf('Pod'), plan.namespace, pod?.metadata.name ?? '');
    const site = siteOf(plan);
    await waitUntil('the applications are back', async () => {
      const [row] = await server.query<{ n: number }>(
        'postgres',
        `select count(*)::int as n from pg_stat_activity where usename = '${site.name}'`,
      );
      return row?.n === site.pods * site.pool && !of.applications.isRefused(site.name);
    });
    const rows = await server.query<{ pid: number }>('postgres', 'select pid from pg_stat_activity');
    const pids = new Set(rows.map(({ pid }) => String(pid)));
    expect(
      [...of.atFirst.stale, ...of.atFirst.present].filter((id) => pids.has(id.split(' ')[0] ?? '')),
    ).toEqual([]);
  });

  it('its PostgreSQL ends with the process that started it, also when that is killed', async () => {
    const module = new URL('../../../sandbox/cluster/databases/own-server.ts', import.meta.url).href;
    const code = `import { startOwnServer } from '${module}';
      const server = await startOwnServer({ settings: {}, statements: [] });
      const [row] = await server.query('postgres', "select current_setting('data_directory') as data");
      process.stdout.write(row.data + '\\n');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module-typescript', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    const data = chunk.toString().trim();
    expect(existsSync(data)).toBe(true);
    child.kill('SIGKILL');
    await waitUntil('its folder is gone', () => !existsSync(data), { seconds: 60 });
  });
});
