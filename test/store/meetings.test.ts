// Every way in which two machines meet at a button, over one real PostgreSQL: the rows of test/incidents/meetings.ts.
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Asker, What } from '../../src/incidents/commands.ts';
import type { At } from '../../src/incidents/events.ts';
import { handle } from '../../src/incidents/handle.ts';
import { ARRIVES } from '../../src/incidents/locks.ts';
import { performAttempt } from '../../src/perform/attempt.ts';
import { startLoop } from '../../src/perform/loop.ts';
import type { Worker } from '../../src/perform/worker.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { languageOf } from '../../src/runbooks/language.ts';
import { claim, queued } from '../../src/store/attempts.ts';
import { allEvents } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { onMachines } from '../incidents/meetings-on-machines.ts';
import { freshDatabase } from '../support/database.ts';
import { Disk, resizing, TWO_PERSON } from '../support/disk.ts';
import { migrated } from '../support/migrated.ts';
import { ana, ben, bot, PureDoor, register } from '../support/pure-door.ts';
import { type Machine, Witness } from '../support/witness.ts';

const { knows } = new PureDoor();
const guarded = knows.language;
const grow: At = { run: 1, step: 'grow', try: 1 };

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let one: Store;
let two: Store;
let disk: Disk;
let witness: Witness;
/** Rights that were withdrawn, by person. */
let withdrawn: Set<string>;
let clock: number;

const machineOf = (store: Store): Machine => ({
  store,
  knows,
  events: (incident) => allEvents(pool, incident),
});

function workerOf(name: string, store: Store = one): Worker {
  return {
    name,
    pool,
    store,
    knows,
    action: (action) => disk.actions().get(action),
    reach: {} as Worker['reach'],
    now: () => new Date(clock),
    log: pino({ level: 'silent' }),
    leaseMs: 60_000,
    pollMs: 10,
    mayStill: async (id) => !withdrawn.has(id),
    mayStillApprove: async (id) => !withdrawn.has(id),
    redact: (words) => words,
    progressed: () => undefined,
  };
}

const say = (store: Store, by: Asker, what: What, more: { incident?: number; id?: string } = {}) => {
  clock += 1000;
  return witness.send(machineOf(store), by, what, { now: clock, ...more });
};

const declare: What = {
  do: 'declare',
  body: {
    title: 'web-api answers 500',
    severity: 'SEV2',
    namespace: 'prod',
    noticed: '',
    since: 1,
    zone: 'UTC',
    private: false,
    drill: false,
    quiet: false,
    invited: [],
  },
};

async function look(): Promise<void> {
  const { rows } = await pool.query<{ incident: number }>(
    'select distinct incident from incident_events order by incident',
  );
  for (const { incident } of rows) await witness.look(machineOf(one), incident);
}

/** One worker performs what is asked for, until nothing is; what runs out is given up, what is due falls due. */
async function work(worker: Worker = workerOf('w1')): Promise<void> {
  for (;;) {
    const loop = startLoop(worker, bellsHere(), { sweepMs: 3_600_000, concurrency: 0 });
    await loop.sweep();
    await loop.stop(5000);
    await look();
    const [id] = await queued(pool, 1);
    if (id) await performAttempt(worker, id);
    await look();
    if (!id) return;
  }
}

async function stateOf(incident = 1) {
  return one.look(incident, (state) => state);
}
const tryNow = async (incident = 1) =>
  (await stateOf(incident))?.runs.get(1)?.steps.get('grow')?.tries.at(-1);
const hashNow = async (incident = 1): Promise<string> => (await tryNow(incident))?.planned?.hash ?? '';

/** Up to the plan, known to both machines; gives its hash. */
async function planned(confirm?: string, incident = 1): Promise<string> {
  clock += 1000;
  await handle(one, knows, { id: `declare-${incident}`, by: ana, now: clock, what: declare });
  await say(one, ana, { do: 'start run', runbook: resizing(confirm), hash: 'h', params: {} }, { incident });
  await work();
  await two.incident(incident, { fresh: true });
  witness.begin();
  return hashNow(incident);
}

/** The call is queued; its id. */
async function theCall(): Promise<string> {
  const [id] = await queued(pool, 1);
  if (!id) throw new Error('nothing is asked for');
  return id;
}

/** A worker that stopped answering: its lease runs out, by PostgreSQL's clock. */
async function leaseRunsOut(id: string): Promise<void> {
  await pool.query(`update attempts set lease_until = now() - interval '1 second' where id = $1`, [id]);
}

/** A worker takes the call and freezes between its last look and the write. */
async function freezeAtTheCall(): Promise<{ id: string; wake: () => Promise<void> }> {
  const id = await theCall();
  let wake = () => undefined as void;
  const awake = new Promise<void>((resolve) => {
    wake = () => resolve();
  });
  const frozen = new Promise<void>((resolve) => {
    disk.beforeWrite = () => {
      disk.beforeWrite = async () => undefined;
      resolve();
      return awake;
    };
  });
  const performed = performAttempt(workerOf('frozen', two), id);
  await frozen;
  await leaseRunsOut(id);
  return {
    id,
    wake: async () => {
      wake();
      await performed;
      await look();
    },
  };
}

/** As an action whose target checks nothing. */
function nothingHoldsBack(): void {
  disk.guarded = false;
  const known = (name: string) => {
    const found = register(name);
    return found?.changes ? { ...found, guard: 'none' } : found;
  };
  Object.assign(knows, { language: languageOf(known) });
}

/** How each row of the table is played. */
const plays: Record<string, () => Promise<void>> = {
  'one click reaches two machines': async () => {
    const hash = await planned();
    await Promise.all([
      say(one, ana, { do: 'confirm', at: grow, hash }, { id: 'click' }),
      say(two, ana, { do: 'confirm', at: grow, hash }, { id: 'click' }),
    ]);
    await work();
  },
  'two people confirm at two machines': async () => {
    const hash = await planned();
    await say(one, ana, { do: 'confirm', at: grow, hash });
    // This machine has not heard of it yet.
    expect(await two.look(1, ({ version }) => version)).toBeDefined();
    await say(two, ben, { do: 'confirm', at: grow, hash });
    await work();
  },
  'an approval meets its deadline': async () => {
    const hash = await planned(TWO_PERSON);
    await say(one, ana, { do: 'ask approval', at: grow, hash });
    await two.incident(1, { fresh: true });
    clock += 10 * 60_000;
    await say(one, bot, { do: 'lapse approval', at: grow, hash });
    clock -= 60_000;
    await say(two, ben, { do: 'approve', at: grow, hash });
    await work();
  },
  'closed at one machine, confirmed at another': async () => {
    const hash = await planned();
    await say(one, ben, { do: 'resolve', at: clock });
    await say(one, ben, { do: 'close' });
    await say(two, ana, { do: 'confirm', at: grow, hash });
    await work();
  },
  'two workers take one call': async () => {
    const hash = await planned();
    await say(one, ana, { do: 'confirm', at: grow, hash });
    const id = await theCall();
    await Promise.all([performAttempt(workerOf('w1'), id), performAttempt(workerOf('w2', two), id)]);
    await work();
  },
  'the call comes too late': async () => {
    const hash = await planned();
    await say(one, ana, { do: 'confirm', at: grow, hash });
    await pool.query(`update attempts set created_at = now() - interval '6 minutes' where state = 'queued'`);
    await work();
  },
  'the requester loses the right before the call': async () => {
    const hash = await planned();
    await say(one, ana, { do: 'confirm', at: grow, hash });
    withdrawn.add(ana.person.id);
    await work();
  },
  'the approver loses the right before the call': async () => {
    const hash = await planned(TWO_PERSON);
    await say(one, ana, { do: 'ask approval', at: grow, hash });
    await say(two, ben, { do: 'approve', at: grow, hash });
    withdrawn.add(ben.person.id);
    await work();
  },
  'the worker is killed before the call': async () => {
    const hash = await planned();
    await say(one, ana, { do: 'confirm', at: grow, hash });
    const id = await theCall();
    await claim(pool, id, 'killed', 60_000);
    await leaseRunsOut(id);
    await work();
    await say(one, ana, { do: 'try again', at: grow });
    await work();
    await say(one, ana, { do: 'confirm', at: { ...grow, try: 2 }, hash: await hashNow() });
    await work();
  },
  'the worker is killed after the call': async () => {
    const hash = await planned();
    await say(one, ana, { do: 'confirm', at: grow, hash });
    const id = await theCall();
    await claim(pool, id, 'killed', 60_000);
    disk.write((await tryNow())?.operation ?? '', disk.generation);
    await leaseRunsOut(id);
    await work();
  },
  'the worker freezes at the call and is tried again': async () => {
    const hash = await planned();
    await say(one, ana, { do: 'confirm', at: grow, hash });
    const { wake } = await freezeAtTheCall();
    await work();
    await say(one, ana, { do: 'try again', at: grow });
    await work();
    await say(one, ana, { do: 'confirm', at: { ...grow, try: 2 }, hash: await hashNow() });
    await work();
    await wake();
  },
  'the worker freezes at the call and wakes up': async () => {
    const hash = await planned();
    await say(one, ana, { do: 'confirm', at: grow, hash });
    const { wake } = await freezeAtTheCall();
    await work();
    await wake();
    await work();
  },
  'the worker freezes at a call that nothing holds back': async () => {
    nothingHoldsBack();
    const hash = await planned();
    await say(one, ana, { do: 'confirm', at: grow, hash });
    const { wake } = await freezeAtTheCall();
    await work();
    await say(one, ana, { do: 'try again', at: grow });
    await wake();
    await work();
  },
  'two incidents want one object, at two machines': async () => {
    const hash = await planned();
    const other = await planned(undefined, 2);
    await say(one, ana, { do: 'confirm', at: grow, hash });
    await say(two, ben, { do: 'confirm', at: grow, hash: other }, { incident: 2 });
    await work();
    await say(two, ben, { do: 'confirm', at: grow, hash: other }, { incident: 2 });
  },
  'a lock is taken over while its call is frozen': async () => {
    const hash = await planned();
    const other = await planned(undefined, 2);
    await say(one, ana, { do: 'confirm', at: grow, hash });
    const { wake } = await freezeAtTheCall();
    const refused = await say(two, ben, { do: 'confirm', at: grow, hash: other }, { incident: 2 });
    const from = refused.ok ? [] : (refused.held?.from ?? []);
    await say(two, ben, { do: 'take over', at: grow, from }, { incident: 2 });
    await say(two, ben, { do: 'take over', at: grow, from, phrase: ARRIVES }, { incident: 2 });
    await say(two, ben, { do: 'confirm', at: grow, hash: other }, { incident: 2 });
    await work();
    await wake();
    await work();
  },
};

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 8 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate commands, incident_events, attempts, effects, lookups');
  one = new Store(pool, () => undefined);
  two = new Store(pool, () => undefined);
  disk = new Disk();
  Object.assign(knows, { language: guarded });
  witness = new Witness();
  withdrawn = new Set();
  clock = Date.UTC(2026, 0, 10, 9, 34);
});

describe('machines that meet at a button', () => {
  const rows = onMachines;

  it('each way is played', () => {
    expect(Object.keys(plays)).toEqual(rows.map(({ meet }) => meet));
  });

  it.each(rows.map((row) => [row.meet, row] as const))('%s', async (meet, row) => {
    await plays[meet]?.();
    expect(witness.told).toEqual(row.told);
    expect(disk.changes).toBe(row.changes);
  });
});
