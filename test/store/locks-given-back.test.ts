// What becomes of a lock that was taken over, on a real PostgreSQL; and the rows that its events alone make.
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Command, What } from '../../src/incidents/commands.ts';
import type { At } from '../../src/incidents/events.ts';
import { begin, evolve } from '../../src/incidents/evolve.ts';
import { handle } from '../../src/incidents/handle.ts';
import { ARRIVES, type LockValue } from '../../src/incidents/locks.ts';
import { lookups } from '../../src/incidents/lookups.ts';
import type { Incident } from '../../src/incidents/state.ts';
import { allEvents } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { plan, playLocks, runbook, type Stage } from '../incidents/locks-given-back.ts';
import { freshDatabase } from '../support/database.ts';
import { everyoneIn, type LockRow, type LockRows, writeLocks } from '../support/lock-rows.ts';
import { migrated } from '../support/migrated.ts';
import { ana, ben, bot, PureDoor } from '../support/pure-door.ts';

const { knows } = new PureDoor();
let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 8 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function stored(): Promise<[string, LockRow][]> {
  const { rows } = await pool.query<{ key: string; incident: number; value: string }>(
    `select key, incident, value from lookups where kind = 'lock' order by key`,
  );
  return rows.map(({ key, incident, value }) => [key, { incident, value: JSON.parse(value) as LockValue }]);
}

/** Every command's events in the order in which they were written, as a rebuild would read them. */
async function rebuilt(): Promise<LockRows> {
  const { rows } = await pool.query<{ incident: number; command: string }>(
    `select incident, command from incident_events group by incident, command order by min(recorded_at), incident`,
  );
  const made: LockRows = new Map();
  const incidents = new Map<number, Incident>();
  for (const { incident: number, command } of rows) {
    const events = (await allEvents(pool, number)).filter((event) => event.command === command);
    for (const event of events) {
      const incident = incidents.get(number);
      if (event.type === 'incident_declared') incidents.set(number, begin(event));
      else if (incident) evolve(incident, event);
    }
    const incident = incidents.get(number);
    if (incident) expect(writeLocks(made, number, lookups(events, incident))).toEqual([]);
  }
  return made;
}

/** Each incident has a process of its own. */
async function open(): Promise<Stage> {
  await pool.query('truncate commands, incident_events, attempts, effects, lookups');
  const stores = new Map<number, Store>();
  const storeOf = (incident: number): Store => {
    const store = stores.get(incident) ?? new Store(pool, () => undefined);
    stores.set(incident, store);
    return store;
  };
  let count = 0;
  const send = (by: Command['by'], what: What, incident?: number, id = `c${++count}`) => {
    const now = Date.UTC(2026, 0, 10, 9, 34) + ++count * 1000;
    const command = { id, ...(incident === undefined ? {} : { incident }), by, now, what };
    return handle(storeOf(incident ?? 0), knows, command);
  };
  return {
    declare: () => {
      const body = {
        title: 'x',
        severity: 'SEV2' as const,
        namespace: 'prod',
        noticed: '',
        since: 1,
        zone: 'UTC',
        private: false,
        drill: false,
        quiet: false,
        invited: [],
      };
      return send(ana, { do: 'declare', body });
    },
    send,
    settle: async (incident, run, outcome) => {
      const purpose = 'lost' in outcome ? outcome.lost : outcome.purpose;
      const { rows } = await pool.query<{ id: string; step: string; try: number }>(
        `select id, step, try from attempts where incident = $1 and run = $2 and purpose = $3
         order by created_at desc limit 1`,
        [incident, run, purpose],
      );
      const [row] = rows;
      if (!row) throw new Error(`nobody asked INC-${incident} for ${purpose}`);
      const { id: attempt, step, try: number } = row;
      const at: At = { run, step, try: number };
      if ('lost' in outcome)
        return send(bot, { do: 'give up attempt', attempt, at, purpose: outcome.lost }, incident);
      return send(bot, { do: 'settle', attempt, at, outcome, seconds: 1 }, incident, `settle:${attempt}`);
    },
    hash: async (incident, at) =>
      (await storeOf(incident).look(incident, (state) => {
        const tries = state.runs.get(at.run)?.steps.get(at.step)?.tries;
        return tries?.find((one) => one.try === at.try)?.planned?.hash;
      })) ?? '',
    rows: async () =>
      (await stored()).map(([key, row]) => {
        const holders = everyoneIn(row).map(({ holder }) => holder);
        return `${key}: ${holders.join(' over ')}`;
      }),
    rebuilt: async () => ({ stored: await stored(), rebuilt: [...(await rebuilt())] }),
  };
}

playLocks(open);

/** Sends these while the lock's row is locked by somebody else, so that they reach it at the same moment. */
async function atOnce<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
  const client = await pool.connect();
  try {
    await client.query(`begin`);
    await client.query(`select from lookups where kind = 'lock' for update`);
    const all = Promise.all(works.map((work) => work()));
    await vi.waitFor(
      async () => {
        const { rows } = await pool.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        );
        expect(rows).toHaveLength(works.length);
      },
      { timeout: 30_000, interval: 20 },
    );
    await client.query('commit');
    return await all;
  } finally {
    client.release();
  }
}

/** INC-1 has called, INC-2 has taken its lock over, INC-3 waits. */
async function takenOver(): Promise<Stage> {
  const stage = await open();
  for (const incident of [1, 2, 3]) {
    await stage.declare();
    await stage.send(ana, { do: 'start run', runbook, hash: 'h', params: {} }, incident);
    await stage.settle(incident, 1, { purpose: 'plan', result: { ok: true, plan } });
  }
  await stage.send(ana, { do: 'confirm', at: grow, hash: await stage.hash(1, grow) }, 1);
  const over: What = { do: 'take over', at: grow, from: ['1.1.grow.1'], phrase: ARRIVES };
  expect(await stage.send(ben, over, 2)).toMatchObject({ ok: true });
  return stage;
}
const grow: At = { run: 1, step: 'grow', try: 1 };

it('two that let go at the same moment leave nothing', async () => {
  const stage = await takenOver();
  await stage.settle(1, 1, { purpose: 'act', result: { ok: true, out: { size: 3 } } });
  const answers = await atOnce([
    () => stage.settle(1, 1, { purpose: 'verify', result: { ok: true, held: true } }),
    () => stage.send(ben, { do: 'skip', at: grow, reason: 'not needed' }, 2),
  ]);
  expect(answers).toMatchObject([{ ok: true }, { ok: true }]);
  expect(await stage.rows()).toEqual([]);
});

it('one that lets go and one that takes over at the same moment: taken, or gone back', async () => {
  const stage = await takenOver();
  const [skipped, taken] = await atOnce([
    () => stage.send(ben, { do: 'skip', at: grow, reason: 'not needed' }, 2),
    () => stage.send(ana, { do: 'take over', at: grow, from: ['2.1.grow.1'], phrase: ARRIVES }, 3),
  ]);
  expect(skipped).toMatchObject({ ok: true });
  if (!taken?.ok) expect(taken).toMatchObject({ code: 'locked', held: { from: ['1.1.grow.1'] } });
  expect(await stage.rows()).toEqual([
    taken?.ok ? 'prod/a: 3.1.grow.1 over 1.1.grow.1' : 'prod/a: 1.1.grow.1',
  ]);
});
