// Two processes on one real PostgreSQL and a change that nothing holds back: tried again plainly only when the process
// that made the first call is known to be gone. A frozen one is not, whatever became of its lease.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { What } from '../../src/incidents/commands.ts';
import { FIRST_ARRIVES } from '../../src/incidents/decide/unguarded.ts';
import { handle } from '../../src/incidents/handle.ts';
import { performAttempt } from '../../src/perform/attempt.ts';
import { startLoop } from '../../src/perform/loop.ts';
import type { Worker } from '../../src/perform/worker.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { languageOf } from '../../src/runbooks/language.ts';
import { queued } from '../../src/store/attempts.ts';
import { CallerSession, callerGone } from '../../src/store/callers.ts';
import { Store } from '../../src/store/store.ts';
import { freshDatabase } from '../support/database.ts';
import { resizing } from '../support/disk.ts';
import { migrated } from '../support/migrated.ts';
import { pouring } from '../support/pouring.ts';
import { ana, PureDoor, register } from '../support/pure-door.ts';
import { inProject } from '../support/terminal-world.ts';

const { knows } = new PureDoor();
Object.assign(knows, {
  language: languageOf((name: string) => {
    const found = register(name);
    return found?.changes ? { ...found, guard: 'none' } : found;
  }),
});
const at = { run: 1, step: 'grow', try: 1 };

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let store: Store;
let child: ChildProcess | undefined;
let ids = 0;

const worker = (): Worker => {
  const session = new CallerSession(pool);
  const actions = pouring(pool, async () => undefined);
  return {
    name: 'here',
    pool,
    store,
    knows,
    action: (name) => actions.get(name),
    reach: {} as Worker['reach'],
    now: () => new Date(),
    log: pino({ level: 'silent' }),
    leaseMs: 60_000,
    pollMs: 20,
    mayStill: async () => true,
    mayStillApprove: async () => true,
    caller: () => session.caller(),
    redact: (words) => words,
    progressed: () => undefined,
  };
};

const send = (what: What, incident?: number) =>
  handle(store, knows, {
    id: `c${++ids}`,
    ...(incident === undefined ? {} : { incident }),
    by: ana,
    now: Date.now(),
    what,
  });
const one = () => store.look(1, (state) => state.runs.get(1)?.steps.get('grow')?.tries.at(-1));
const changes = async () => (await pool.query('select from world')).rowCount;

async function work(): Promise<void> {
  for (;;) {
    const loop = startLoop(worker(), bellsHere(), { sweepMs: 3_600_000, concurrency: 0 });
    await loop.sweep();
    await loop.stop(5000);
    const [id] = await queued(pool, 1);
    if (!id) return;
    await performAttempt(worker(), id);
  }
}

async function confirmed(number = 1): Promise<void> {
  const hash = (await one())?.planned?.hash ?? '';
  expect(await send({ do: 'confirm', at: { ...at, try: number }, hash }, 1)).toMatchObject({ ok: true });
}

/** Another process has the call and is about to make it. */
async function otherCalls(): Promise<void> {
  const body = {
    title: 'x',
    severity: 'SEV2',
    namespace: 'prod',
    noticed: '',
    since: 1,
    zone: 'UTC',
    private: false,
    drill: false,
    quiet: false,
    invited: [],
  } as const;
  await send({ do: 'declare', body: { ...body, invited: [] } });
  await send({ do: 'start run', runbook: resizing(), hash: 'h', params: {} }, 1);
  await work();
  await confirmed();
  const [id = ''] = await queued(pool, 1);
  child = fork(inProject('test/support/unguarded-process.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env.PATH, DATABASE_URL: database.url, ATTEMPT: id },
  });
  expect((await once(child, 'message'))[0]).toBe('calling');
}

/** Its lease is over, and so is the time that its call had. */
async function timePasses(): Promise<void> {
  await pool.query(
    `update attempts set lease_until = now() - interval '1 second', called_at = now() - interval '5 minutes'
     where state = 'calling'`,
  );
  await work();
  expect((await one())?.found?.happened).toBe('not made');
}

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 8 });
  pool.on('error', () => undefined);
  await pool.query('create table world (operation text)');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate commands, incident_events, attempts, effects, lookups, world');
  store = new Store(pool, () => undefined);
});
afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
});

describe('a call that nothing holds back', () => {
  it('of a frozen process may still arrive: that is typed, and then it does', async () => {
    await otherCalls();
    child?.kill('SIGSTOP');
    child?.send('go');
    await timePasses();
    expect(await send({ do: 'try again', at }, 1)).toMatchObject({ ok: false, code: 'arrives' });
    expect(await send({ do: 'try again', at, phrase: FIRST_ARRIVES }, 1)).toMatchObject({ ok: true });
    await work();
    await confirmed(2);
    await work();
    expect(await changes()).toBe(1);
    const ended = once(child as ChildProcess, 'exit');
    child?.kill('SIGCONT');
    await ended;
    expect(await changes()).toBe(2);
    const late = (await store.events(1)).filter(({ type }) => type === 'outcome_late');
    expect(late.map((event) => event.type === 'outcome_late' && event.body.says)).toEqual([
      'The first worker came back after it had been given up: its change was made.',
    ]);
  });

  it('of a process that was killed cannot: it is tried again with one click, and made once', async () => {
    await otherCalls();
    const ended = once(child as ChildProcess, 'exit');
    child?.kill('SIGKILL');
    await ended;
    await timePasses();
    await expect.poll(() => callerGone(pool, 1, at)).toBe(true);
    expect(await send({ do: 'try again', at }, 1)).toMatchObject({ ok: true });
    await work();
    await confirmed(2);
    await work();
    expect(await changes()).toBe(1);
    expect((await one())?.closedAs).toBe('done');
  });

  it('is not known to be gone while the time of its call runs', async () => {
    await otherCalls();
    const ended = once(child as ChildProcess, 'exit');
    child?.kill('SIGKILL');
    await ended;
    expect(await callerGone(pool, 1, at)).toBe(false);
    await timePasses();
    await expect.poll(() => callerGone(pool, 1, at)).toBe(true);
  });

  it('on this machine is not known to be gone when only its session ended; nowhere after a restart of the server', async () => {
    await otherCalls();
    child?.kill('SIGSTOP');
    await timePasses();
    const { rows } = await pool.query<{ caller: string }>(
      `select caller from attempts where purpose = 'act'`,
    );
    const caller = JSON.parse(rows[0]?.caller ?? '') as { backend: number; server: string; host: string };
    await pool.query('select pg_terminate_backend($1, 5000)', [caller.backend]);
    expect(await callerGone(pool, 1, at)).toBe(false);
    // On another machine the process cannot be looked for: the session and the time are what is known.
    const elsewhere = async (more: object) => {
      const value = JSON.stringify({ ...caller, host: 'another-machine', ...more });
      await pool.query(`update attempts set caller = $1 where purpose = 'act'`, [value]);
      return callerGone(pool, 1, at);
    };
    expect(await elsewhere({})).toBe(true);
    expect(await elsewhere({ server: '1' })).toBe(false);
  });

  it('whose process is not written down is not known to be gone', async () => {
    await otherCalls();
    await pool.query(`update attempts set caller = null`);
    const ended = once(child as ChildProcess, 'exit');
    child?.kill('SIGKILL');
    await ended;
    await timePasses();
    expect(await callerGone(pool, 1, at)).toBe(false);
    expect(await send({ do: 'try again', at }, 1)).toMatchObject({ ok: false, code: 'arrives' });
  });
});
