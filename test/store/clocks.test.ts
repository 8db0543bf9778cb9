// A process whose clock differs from the server's: what falls due and what is too late goes by the server's clock.
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Asker, Outcome, What } from '../../src/incidents/commands.ts';
import type { At } from '../../src/incidents/events.ts';
import { handle, TooLate } from '../../src/incidents/handle.ts';
import { dueDeadlines } from '../../src/store/deadlines.ts';
import { Store } from '../../src/store/store.ts';
import { watchStore } from '../../src/store/watch.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { resizing, TWO_PERSON } from '../support/disk.ts';
import { migrated } from '../support/migrated.ts';
import { ana, bot, PureDoor } from '../support/pure-door.ts';

const { knows } = new PureDoor();
const HOUR = 3_600_000;
const at: At = { run: 1, step: 'grow', try: 1 };

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let store: Store;
/** ms by which this process's clock is ahead of the server's. */
let ahead: number;
let ids = 0;

const now = () => Date.now() + ahead;
const send = (by: Asker, what: What, incident?: number, notAfter?: number) => {
  const id = `k${++ids}`;
  const command = { id, ...(incident === undefined ? {} : { incident }), by, now: now(), what };
  return handle(store, knows, command, notAfter);
};

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** A process with this clock, which has compared it with the server's. */
async function processWith(clock: number): Promise<void> {
  ahead = clock;
  await pool.query('truncate commands, incident_events, attempts, effects, lookups');
  store = new Store(pool, () => undefined);
  const watch = watchStore({
    url: database.url,
    now,
    clock: (serverAhead) => {
      store.clockAhead = serverAhead;
    },
    seen: () => undefined,
  });
  await waitUntil('the clocks are compared', () => store.clockAhead !== undefined);
  await watch.stop();
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
  expect(await send(ana, { do: 'declare', body })).toMatchObject({ ok: true });
}

describe.each([
  ['an hour behind', -HOUR],
  ['an hour ahead', HOUR],
])('a process whose clock is %s', (_, clock) => {
  beforeEach(() => processWith(clock));

  it('asks for an approval that stays open for as long as its step says, by the server', async () => {
    const plan = {
      target: { kind: 'thing', namespace: 'prod', name: 'disk' },
      changes: [{ field: 'size', before: '1', after: '3' }],
      values: { before: 1, after: 3 },
      notes: [],
      unknowns: [],
    };
    await send(ana, { do: 'start run', runbook: resizing(TWO_PERSON), hash: 'h', params: {} }, 1);
    const { rows } = await pool.query<{ id: string }>(`select id from attempts where purpose = 'plan'`);
    const outcome: Outcome = { purpose: 'plan', result: { ok: true, plan } };
    await send(bot, { do: 'settle', attempt: rows[0]?.id ?? '', at, outcome, seconds: 1 }, 1);
    const planned = await store.look(1, (state) => state.runs.get(1)?.steps.get('grow')?.tries[0]?.planned);
    expect(await send(ana, { do: 'ask approval', at, hash: planned?.hash ?? '' }, 1)).toMatchObject({
      ok: true,
    });
    const { rows: due } = await pool.query<{ left: number }>(
      `select extract(epoch from due - now())::float8 * 1000 as left from lookups
       where kind = 'deadline' and key like '%.lapse.%'`,
    );
    expect(due).toHaveLength(1);
    const left = due[0]?.left ?? 0;
    const open = planned?.expiresMs ?? 0;
    // Nothing of this takes minutes, and a clock that is not accounted for is an hour out.
    expect(left).toBeLessThanOrEqual(open + 1000);
    expect(left).toBeGreaterThan(open - 300_000);
    expect(await dueDeadlines(pool)).toEqual([]);
  });

  it('has a decision written that is in time by its own clock', async () => {
    expect(await send(ana, { do: 'set severity', severity: 'SEV1' }, 1, now() + 300_000)).toMatchObject({
      ok: true,
    });
  });

  it('has none written that is too late by its own clock', async () => {
    await expect(send(ana, { do: 'set severity', severity: 'SEV1' }, 1, now() - 5000)).rejects.toThrow(
      TooLate,
    );
    expect(await store.look(1, ({ severity }) => severity)).toBe('SEV2');
  });
});
