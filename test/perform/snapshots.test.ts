// A snapshot is taken beside everything else when an incident is declared, once, and is there for the comparison.
import { KubeConfig } from '@kubernetes/client-node';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StandInCluster, startStandInCluster } from '../../sandbox/cluster/server.ts';
import type { ReadingAction } from '../../src/actions/action.ts';
import { ActionFailed } from '../../src/actions/action.ts';
import { actionNamed } from '../../src/actions/index.ts';
import { assemble, type Handrail } from '../../src/assemble.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import { type Loop, startLoop } from '../../src/perform/loop.ts';
import { snapshotsOf } from '../../src/perform/snapshots.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import {
  claimSnapshot,
  keepSnapshot,
  snapshotKey,
  snapshotOf,
  withoutSnapshot,
} from '../../src/store/snapshots.ts';
import { ask, MERGE } from '../contract/asking.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const SECRET = 'planted-value-4471';
const web = {
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1', env: [{ name: 'MODE', value: SECRET }] }] },
    },
  },
};

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let cluster: StandInCluster;
let kubernetes: () => Promise<KubeConfig>;
let handrail: Handrail;
const loops: Loop[] = [];
let ids = 0;

const configOf = (): KubeConfig => {
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  return config;
};

function another(): Handrail {
  const text =
    'zone: UTC\npeople: { ana: { name: Ana, slack: U0000000ANA } }\naccess: { everywhere: { operate: [ana] } }\n';
  const { config, problems } = parseHandrailYaml(text, 'handrail.yaml');
  if (!config) throw new Error(JSON.stringify(problems));
  return assemble({
    pool,
    bells: bellsHere(),
    config: { handrail: config, catalog: { systems: [] }, secret: () => undefined },
    actions: [],
    runbooks: () => new Map(),
    kubernetes: () => kubernetes(),
    log: pino({ level: 'silent' }),
  });
}

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 6 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  cluster = await startStandInCluster();
  expect(await ask(configOf(), 'POST', DEPLOYMENTS, web)).toMatchObject({ code: 201 });
});
afterAll(async () => {
  await cluster?.close();
  await pool?.end();
  await database?.drop();
});
beforeEach(async () => {
  await pool.query(
    'truncate commands, incident_events, attempts, effects, lookups, comparisons, snapshots, snapshot_keys',
  );
  kubernetes = async () => configOf();
  handrail = another();
});
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop(5000);
});

async function declared(more: { quiet?: boolean; namespace?: string } = {}): Promise<number> {
  const body = {
    title: 'x',
    severity: 'SEV2',
    namespace: more.namespace ?? 'default',
    noticed: '',
    since: 1,
    zone: 'UTC',
    private: false,
    drill: false,
    quiet: more.quiet ?? false,
    invited: [],
  } as const;
  const answer = await handrail.send({
    id: `j${++ids}`,
    by: handrail.asker({ id: 'slack:U0000000ANA' }, undefined),
    now: Date.now(),
    what: { do: 'declare', body: { ...body, invited: [] } },
  });
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  return answer.incident;
}

async function compared(incident: number, namespace = 'default') {
  const action = actionNamed('k8s.compare-baseline') as ReadingAction<Record<string, unknown>>;
  const out = await action.run({
    params: {},
    namespace,
    operation: 'op',
    incident,
    signal: AbortSignal.timeout(30_000),
    now: () => new Date(),
    reach: { ...handrail.worker.reach, kubernetes: async () => configOf() },
    progress: () => undefined,
  });
  return out as { count?: number; lines: string[]; unknowns: string[] };
}

describe('a snapshot', () => {
  it('is taken by the loop after the declaration, and compared with later', async () => {
    const snapshots = snapshotsOf(handrail.worker);
    loops.push(
      startLoop(handrail.worker, bellsHere(), {
        sweepMs: 50,
        concurrency: 1,
        beside: { snapshots: () => snapshots.take() },
      }),
    );
    const incident = await declared();
    await expect
      .poll(async () => (await snapshotOf(pool, incident)) ?? {}, { timeout: 60_000 })
      .toHaveProperty('snapshot');
    expect(await compared(incident)).toMatchObject({ count: 0, lines: [], unknowns: [] });
    const body = { spec: { replicas: 0 } };
    await ask(configOf(), 'PATCH', `${DEPLOYMENTS}/web?fieldManager=kubectl-edit`, body, MERGE);
    const found = await compared(incident);
    expect(found.lines).toEqual([expect.stringContaining('Deployment web: replicas was 2, is 0')]);
    await ask(configOf(), 'PATCH', `${DEPLOYMENTS}/web`, { spec: { replicas: 2 } }, MERGE);
    expect(await withoutSnapshot(pool)).toEqual([]);
  });

  it('holds no value, and its key does not stand in it', async () => {
    const incident = await declared();
    await snapshotsOf(handrail.worker).take();
    const { rows } = await pool.query<{ body: string }>('select body from snapshots where incident = $1', [
      incident,
    ]);
    expect(rows[0]?.body).toContain('variable MODE of container web');
    expect(rows[0]?.body).not.toContain(SECRET);
    expect(rows[0]?.body).not.toContain(await snapshotKey(pool, 'default'));
    expect(await snapshotKey(pool, 'default')).toBe(await snapshotKey(pool, 'default'));
    expect(await snapshotKey(pool, 'other')).not.toBe(await snapshotKey(pool, 'default'));
  });

  it('is taken once by several processes', async () => {
    const incident = await declared();
    let asked = 0;
    kubernetes = async () => {
      asked++;
      return configOf();
    };
    const others = [handrail, another(), another()];
    await Promise.all(others.map(({ worker }) => snapshotsOf(worker).take()));
    expect(asked).toBe(1);
    const first = await snapshotOf(pool, incident);
    if (!first || !('snapshot' in first)) throw new Error('there is none');
    await keepSnapshot(pool, incident, { ...first.snapshot, objects: [] });
    expect(await snapshotOf(pool, incident)).toEqual(first);
  });

  it('is not taken of what is quiet, resolved or closed', async () => {
    await declared({ quiet: true });
    const incident = await declared();
    await pool.query(
      `update lookups set value = jsonb_set(value::jsonb, '{status}', '"closed"')::text where kind = 'incident' and incident = $1`,
      [incident],
    );
    expect(await withoutSnapshot(pool)).toEqual([]);
  });

  it('that failed is tried again, and its reason is said instead of "no difference"', async () => {
    const incident = await declared();
    expect((await compared(incident)).unknowns[0]).toContain(`no snapshot was taken when INC-${incident}`);
    kubernetes = async () => {
      throw new ActionFailed('The cluster cannot be reached (ECONNREFUSED).');
    };
    await snapshotsOf(handrail.worker, { retryMs: 0 }).take();
    const found = await compared(incident);
    expect(found).not.toHaveProperty('count');
    expect(found.unknowns[0]).toBe(
      `whether anything changed: the snapshot of INC-${incident} is not there yet: The cluster cannot be reached (ECONNREFUSED); look again in a minute`,
    );
    for (let turn = 0; turn < 8; turn++) await snapshotsOf(handrail.worker, { retryMs: 0 }).take();
    expect(await withoutSnapshot(pool)).toEqual([]);
    expect((await compared(incident)).unknowns[0]).toContain(
      `INC-${incident} could not be taken: The cluster`,
    );
  });

  it('of a cluster that comes back is taken then', async () => {
    const incident = await declared();
    kubernetes = async () => {
      throw new ActionFailed('The cluster cannot be reached.');
    };
    await snapshotsOf(handrail.worker, { retryMs: 0 }).take();
    kubernetes = async () => configOf();
    await snapshotsOf(handrail.worker).take();
    expect(await snapshotOf(pool, incident)).toHaveProperty('snapshot');
  });

  it('whose cluster never answers ends at its time', async () => {
    const incident = await declared();
    kubernetes = () => new Promise(() => undefined);
    await snapshotsOf(handrail.worker, { timeoutMs: 50 }).take();
    expect(await snapshotOf(pool, incident)).toMatchObject({ says: 'The cluster did not answer in time.' });
  });

  it('is given back by a process that stops, and taken by the next', async () => {
    const incident = await declared();
    const stopping = snapshotsOf(handrail.worker);
    let asked: (() => void) | undefined;
    const waits = new Promise<void>((resolve) => {
      asked = resolve;
    });
    kubernetes = () => {
      asked?.();
      return new Promise(() => undefined);
    };
    const taking = stopping.take();
    await waits;
    expect(await claimSnapshot(pool, incident, 'default', 'somebody else', 1000)).toBe(false);
    stopping.stop();
    await taking;
    expect(await snapshotOf(pool, incident)).toEqual({ tries: 0, over: false });
    kubernetes = async () => configOf();
    await snapshotsOf(another().worker).take();
    expect(await snapshotOf(pool, incident)).toHaveProperty('snapshot');
  });

  it('keeps its lease while it is slow, and lets a dead process go soon', async () => {
    const incident = await declared();
    const slow = { ...handrail.worker, leaseMs: 400 };
    const leaseMs = async () => {
      const { rows } = await pool.query<{ ms: number }>(
        'select (extract(epoch from lease_until - now()) * 1000)::int as ms from snapshots where incident = $1',
        [incident],
      );
      return rows[0]?.ms;
    };
    let answer: (config: KubeConfig) => void = () => undefined;
    kubernetes = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const taking = snapshotsOf(slow).take();
    await waitUntil('it is claimed', async () => (await leaseMs()) !== undefined);
    expect(await leaseMs()).toBeLessThanOrEqual(400);
    const first = await pool.query('select lease_until from snapshots where incident = $1', [incident]);
    // Renewed while the cluster takes its time.
    await waitUntil('the lease is renewed', async () => {
      const now = await pool.query('select lease_until from snapshots where incident = $1', [incident]);
      return now.rows[0].lease_until > first.rows[0].lease_until;
    });
    answer(configOf());
    await taking;
    expect(await snapshotOf(pool, incident)).toHaveProperty('snapshot');

    // A process that died left its claim: the next one has it when the lease is over.
    const other = await declared();
    expect(await claimSnapshot(pool, other, 'default', 'dead', 300)).toBe(true);
    kubernetes = async () => configOf();
    await waitUntil('it is taken by the next', async () => {
      await snapshotsOf(handrail.worker).take();
      const kept = await snapshotOf(pool, other);
      return kept !== undefined && 'snapshot' in kept;
    });
  });

  it('is only compared with its own namespace, and a namespace that is not named is said', async () => {
    const incident = await declared();
    const nowhere = await declared({ namespace: '' });
    await snapshotsOf(handrail.worker).take();
    expect((await compared(incident, 'other')).unknowns[0]).toContain(
      'is of the namespace default, not of other',
    );
    expect(await snapshotOf(pool, nowhere)).toMatchObject({ says: 'The incident names no namespace.' });
  });
});
