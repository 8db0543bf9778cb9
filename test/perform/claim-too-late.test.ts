// A claim that hung in a frozen PostgreSQL: one that wakes up too late does not write down a call that nobody makes.
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Asker, What } from '../../src/incidents/commands.ts';
import type { At } from '../../src/incidents/events.ts';
import { handle } from '../../src/incidents/handle.ts';
import { performAttempt } from '../../src/perform/attempt.ts';
import type { Worker } from '../../src/perform/worker.ts';
import { queued } from '../../src/store/attempts.ts';
import { Store } from '../../src/store/store.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { Disk, resizing } from '../support/disk.ts';
import { migrated } from '../support/migrated.ts';
import { ana, PureDoor } from '../support/pure-door.ts';

const { knows } = new PureDoor();
const at: At = { run: 1, step: 'grow', try: 1 };
/** As src/perform/attempt.ts has it. */
const CLAIM_WITHIN_MS = 10_000;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
/** The one connection whose server process freezes. */
let frozenPool: pg.Pool;
let backend: number;
let store: Store;
let disk: Disk;
let ids = 0;
/** Called as the claim is about to be sent. */
let atClaim: () => void;

const send = (by: Asker, what: What, incident?: number) =>
  handle(store, knows, {
    id: `f${++ids}`,
    ...(incident === undefined ? {} : { incident }),
    by,
    now: Date.now(),
    what,
  });

const worker = (): Worker => ({
  name: 'w1',
  pool: new Proxy(frozenPool, {
    get(target, name) {
      if (name !== 'query') return Reflect.get(target, name, target) as unknown;
      return (query: unknown, ...more: unknown[]) => {
        if ((query as { name?: string }).name === 'claim') atClaim();
        return (target.query as (...all: unknown[]) => unknown).call(target, query, ...more);
      };
    },
  }),
  store,
  knows,
  action: (name) => disk.actions().get(name),
  reach: {} as Worker['reach'],
  now: () => new Date(),
  log: pino({ level: 'silent' }),
  leaseMs: 60_000,
  pollMs: 10,
  mayStill: async () => true,
  mayStillApprove: async () => true,
  redact: (words) => words,
  progressed: () => undefined,
});

function thaw(): void {
  process.kill(backend, 'SIGCONT');
}
const stateOf = async (id: string): Promise<string | undefined> =>
  (await pool.query<{ state: string }>('select state from attempts where id = $1', [id])).rows[0]?.state;
const next = async (): Promise<string> => (await queued(pool, 1))[0] ?? '';
const serverNow = async (): Promise<number> =>
  (await pool.query<{ ms: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms'))
    .rows[0]?.ms ?? 0;

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  frozenPool = new pg.Pool({ connectionString: database.url, max: 1, idleTimeoutMillis: 0 });
  pool.on('error', () => undefined);
  frozenPool.on('error', () => undefined);
  const { rows } = await frozenPool.query<{ pid: number }>('select pg_backend_pid() as pid');
  backend = rows[0]?.pid ?? 0;
});
afterAll(async () => {
  await frozenPool.end();
  await pool.end();
  await database.drop();
});
afterEach(thaw);

/** A change that is confirmed and waits for a worker. */
beforeEach(async () => {
  await pool.query('truncate commands, incident_events, attempts, effects, lookups');
  store = new Store(pool, () => undefined);
  store.clockAhead = 0;
  disk = new Disk();
  atClaim = () => undefined;
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
  await send(ana, { do: 'declare', body });
  await send(ana, { do: 'start run', runbook: resizing(), hash: 'h', params: {} }, 1);
});
async function confirmed(): Promise<string> {
  await performAttempt(worker(), await next());
  const hash = await store.look(1, (state) => state.runs.get(1)?.steps.get('grow')?.tries[0]?.planned?.hash);
  await send(ana, { do: 'confirm', at, hash: hash ?? '' }, 1);
  return next();
}

/**
 * Performs it with a server that freezes as the claim is sent and answers once `lastsMs` are over by its own clock.
 * `leftMs`: how long the claim may take, from when it is sent.
 */
async function performFrozen(id: string, leftMs: number, lastsMs: number): Promise<void> {
  // How long a claim may take is fixed, and longer than a test: the rest of it is over already.
  store.clockAhead = leftMs - CLAIM_WITHIN_MS;
  let sent: number | undefined;
  atClaim = () => {
    process.kill(backend, 'SIGSTOP');
    sent = Date.now();
  };
  const performed = performAttempt(worker(), id);
  await waitUntil('the claim is sent', () => sent, { seconds: 60 });
  await waitUntil('the server has slept', async () => (await serverNow()) > (sent ?? 0) + lastsMs, {
    seconds: 60,
  });
  thaw();
  await performed;
}

it('is not taken by a server that wakes up too late: the change stays for the next worker', async () => {
  const id = await confirmed();
  await performFrozen(id, 300, 400);
  expect(disk.changes).toBe(0);
  expect(await stateOf(id)).toBe('queued');
  store.clockAhead = 0;
  atClaim = () => undefined;
  await performAttempt(worker(), id);
  expect(disk.changes).toBe(1);
  expect(await stateOf(id)).toBe('settled');
});

it('is taken by a server that wakes up in time', async () => {
  const id = await confirmed();
  await performFrozen(id, 3_600_000, 400);
  expect(disk.changes).toBe(1);
});

it('holds for what only looks as well: it is looked at once, by the next one', async () => {
  const id = await next();
  await performFrozen(id, 300, 400);
  expect(await stateOf(id)).toBe('queued');
});
