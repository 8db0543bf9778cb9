// Workers, deadlines and drawings on a real PostgreSQL when clocks differ, Stop comes early, and one thing is broken.
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Action } from '../../src/actions/action.ts';
import type { Asker, What } from '../../src/incidents/commands.ts';
import { handle } from '../../src/incidents/handle.ts';
import type { Effect } from '../../src/incidents/react.ts';
import { performAttempt } from '../../src/perform/attempt.ts';
import { drain, type Publish } from '../../src/perform/effects.ts';
import { startLoop } from '../../src/perform/loop.ts';
import type { Worker } from '../../src/perform/worker.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { claim, queued } from '../../src/store/attempts.ts';
import { allEvents } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { ana, ben, PureDoor, register, runbookOf } from '../support/pure-door.ts';

const knows = new PureDoor().knows;
const text = (level: string) => `
apiVersion: runbook/v1
id: resize
title: Resize
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
params: { name: { type: string, label: Which?, required: true } }
steps:
  - id: now
    kind: check
    title: Look
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    capture: { keep: [size] }
    verdict: [{ else: ok, says: It is there. }]
  - id: grow
    kind: act
    title: Resize
    uses: t.resize
    with: { name: "\${{ params.name }}", size: 3 }
    timeout: 5s
    confirm: { level: ${level} }
    locks: ["prod/thing/\${{ params.name }}"]
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: { nothing: a test leaves nothing }
`;
const at = { run: 1, step: 'grow', try: 1 };

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let store: Store;
let size = 1;
let runs = 0;
let ids = 0;

const rights = { kubernetes: [], postgres: [] };
const actions = new Map<string, Action>([
  ['t.size', { ...register('t.size'), rights, run: async () => ({ size }) } as unknown as Action],
  [
    't.resize',
    {
      ...register('t.resize'),
      output: z.object({ size: z.int() }),
      rights,
      guard: 'none',
      plan: async () => ({
        target: { kind: 'thing', namespace: 'prod', name: 'disk' },
        changes: [{ field: 'size', before: '1', after: '3' }],
        values: { before: 1, after: 3 },
        notes: [],
        unknowns: [],
      }),
      run: async () => {
        runs++;
        size = 3;
        return { size };
      },
      happened: async () => (runs > 0 ? 'made' : 'not made'),
    } as unknown as Action,
  ],
]);

function workerOf(options: { behindMs?: number; name?: string } = {}): Worker {
  return {
    name: options.name ?? 'w1',
    pool,
    store,
    knows,
    action: (name) => actions.get(name),
    reach: {} as Worker['reach'],
    now: () => new Date(Date.now() - (options.behindMs ?? 0)),
    log: pino({ level: 'silent' }),
    leaseMs: 5000,
    pollMs: 10,
    mayStill: async () => true,
    mayStillApprove: async () => true,
    redact: (words) => words,
    progressed: () => undefined,
  };
}

const send = (by: Asker, what: What, incident?: number) =>
  handle(store, knows, {
    id: `a${++ids}`,
    ...(incident === undefined ? {} : { incident }),
    by,
    now: Date.now(),
    what,
  });

async function declare(): Promise<number> {
  const answer = await send(ana, {
    do: 'declare',
    body: {
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
    },
  });
  if (!answer.ok) throw new Error(answer.says);
  return answer.incident;
}

async function performAll(worker: Worker): Promise<void> {
  for (;;) {
    const ready = await queued(pool, 10);
    if (ready.length === 0) return;
    for (const id of ready) await performAttempt(worker, id);
  }
}

const start = (level: string) =>
  send(ana, { do: 'start run', runbook: runbookOf(text(level)), hash: 'h', params: { name: 'disk' } }, 1);

async function planned(level = 'click'): Promise<string> {
  await declare();
  await start(level);
  await performAll(workerOf());
  return (await one())?.planned?.hash ?? '';
}

const one = () => store.look(1, (state) => state.runs.get(1)?.steps.get('grow')?.tries[0]);

const showing = (publish: Publish) => ({
  publish,
  profile: 'default' as const,
  people: 'names' as const,
  version: '1',
});

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
  store = new Store(pool, () => undefined);
  size = 1;
  runs = 0;
});

describe('a call', () => {
  it('is not made when Stop was pressed before anybody took it', async () => {
    await send(ana, { do: 'confirm', at, hash: await planned() }, 1);
    expect(await send(ana, { do: 'stop', at }, 1)).toMatchObject({ ok: true });
    await performAll(workerOf());
    expect(runs).toBe(0);
    expect((await one())?.outcome).toMatchObject({ outcome: 'failed' });
  });

  it('is made by a worker whose clock is an hour ahead or behind', async () => {
    await send(ana, { do: 'confirm', at, hash: await planned() }, 1);
    await performAll(workerOf({ behindMs: -3_600_000 }));
    expect(runs).toBe(1);
    expect((await one())?.closedAs).toBe('done');
  });

  it('is not made on a confirmation that is too old, also by a worker whose clock stands still', async () => {
    await send(ana, { do: 'confirm', at, hash: await planned() }, 1);
    await pool.query(`update attempts set created_at = now() - interval '6 minutes' where state = 'queued'`);
    const [id] = await queued(pool, 1);
    expect(await claim(pool, id ?? '', 'w9', 5000, knows.executeWithinMs)).toBe(false);
    await performAll(workerOf({ behindMs: 3_600_000 }));
    expect(runs).toBe(0);
    expect((await one())?.phase).toBe('planned');
  });
});

describe('a deadline', () => {
  it('comes into effect although the clock of its worker is behind', async () => {
    const hash = await planned('two-person');
    await send(ana, { do: 'ask approval', at, hash }, 1);
    const due = Date.now() - 1000;
    await pool.query(
      `update incident_events set body = regexp_replace(body, '"(expiresAt|aloneAt)":[0-9]+', '"\\1":${due}', 'g')
       where type = 'approval_requested'`,
    );
    await pool.query(`update lookups set due = to_timestamp($1::float8 / 1000) where kind = 'deadline'`, [
      due,
    ]);
    store.forget(1);
    const loop = startLoop(workerOf({ behindMs: 3_600_000 }), bellsHere(), {
      sweepMs: 60_000,
      concurrency: 2,
    });
    await loop.sweep();
    await loop.stop(1000);
    expect((await one())?.phase).toBe('planned');
    expect((await allEvents(pool, 1)).map((event) => event.type)).toContain('approval_lapsed');
  });
});

describe('a deadline of a process whose clock is ahead', () => {
  it.each([
    ['lapse', 'approval_lapsed'],
    ['alone', 'alone_allowed'],
  ])('comes into effect at another process when the server says that it is due: %s', async (which, type) => {
    const hash = await planned('two-person');
    store.clockAhead = -60_000;
    const what: What = { do: 'ask approval', at, hash };
    await handle(store, knows, { id: 'ahead', incident: 1, by: ana, now: Date.now() + 60_000, what });
    await pool.query(
      `update lookups set due = now() - interval '1 second' where kind = 'deadline' and key like $1`,
      [`%.${which}.%`],
    );
    const loop = startLoop(workerOf(), bellsHere(), { sweepMs: 60_000, concurrency: 2 });
    await loop.sweep();
    await loop.stop(1000);
    expect((await allEvents(pool, 1)).map((event) => event.type)).toContain(type);
  });

  it('of an earlier request leaves the later one alone, although both are for one plan', async () => {
    const hash = await planned('two-person');
    await send(ana, { do: 'ask approval', at, hash }, 1);
    const first = (await one())?.requested?.expiresAt ?? 0;
    const lapse: What = { do: 'lapse approval', at, hash, due: first };
    const bot: Asker = { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] };
    await handle(store, knows, { id: 'lapse-1', incident: 1, by: bot, now: first, what: lapse });
    expect((await one())?.phase).toBe('planned');
    const later = { id: 'again', incident: 1, by: ana, now: first + 1000 };
    await handle(store, knows, { ...later, what: { do: 'ask approval', at, hash } });
    await handle(store, knows, { id: 'lapse-2', incident: 1, by: bot, now: first + 2000, what: lapse });
    expect((await one())?.phase).toBe('approval');
  });
});

describe('one broken incident', () => {
  it('does not keep the others waiting', async () => {
    const hash = await planned();
    await declare();
    await pool.query(
      `insert into attempts (id, incident, run, step, try, purpose, uses, input, state, lease_until)
       values ('broken', 2, 1, 'x', 1, 'check', 't.size', $1, 'calling', now() - interval '1 s')`,
      [JSON.stringify({ id: 'broken', at: { run: 1, step: 'x', try: 1 }, purpose: 'check' })],
    );
    await pool.query(
      `insert into incident_events select 2, 2, at, recorded_at, 'note_added', by_id, by_name, 'x', '{"no":"note"}', body_hash, hash
       from incident_events where incident = 2 and version = 1`,
    );
    await send(ana, { do: 'confirm', at, hash }, 1);
    const loop = startLoop(workerOf(), bellsHere(), { sweepMs: 60_000, concurrency: 2 });
    await loop.sweep();
    await loop.stop(5000);
    expect(runs).toBe(1);
  });

  it('does not keep changes from being made while Slack hangs', async () => {
    const hash = await planned();
    for (let count = 0; count < 4; count++) await declare();
    const hangs = new Promise<void>(() => undefined);
    const loop = startLoop(workerOf(), bellsHere(), { sweepMs: 60_000, concurrency: 2, drain: () => hangs });
    await loop.sweep();
    await send(ana, { do: 'confirm', at, hash }, 1);
    await loop.sweep();
    await expect.poll(() => runs, { timeout: 5000 }).toBe(1);
    await loop.stop(10);
  });
});

describe('drawing', () => {
  const drainAll = async (publish: Publish) => {
    for (let turn = 0; turn < 30; turn++) {
      await pool.query('update effects set not_before = now() where done_at is null');
      await drain(workerOf(), showing(publish), 1);
    }
  };

  it('makes the message of a run before anything goes into its thread', async () => {
    await planned();
    const drawn: string[] = [];
    await drainAll(async (effect, shown) => {
      drawn.push(effect.kind);
      if (effect.kind === 'run')
        await shown.record(
          { do: 'record post', what: `run:${effect.run}`, channel: 'C1', ts: '1.1' },
          `p${seqOf(shown.effectId)}`,
        );
      return { done: true };
    });
    expect(drawn).toContain('evidence');
    expect(drawn.indexOf('run')).toBeLessThan(drawn.indexOf('evidence'));
  });

  it('is not given up because Slack was away for long before it failed once', async () => {
    await declare();
    let calls = 0;
    const done: Effect['kind'][] = [];
    await drainAll(async (effect) => {
      if (effect.kind === 'open channel' && ++calls <= 8)
        return { later: 1, says: 'Slack cannot be reached' };
      if (effect.kind === 'open channel' && calls === 9) throw new Error('the door was away for a moment');
      done.push(effect.kind);
      return { done: true };
    });
    expect(done[0]).toBe('open channel');
  });

  it('that fails every time is left out in the end, told, and those behind it are drawn', async () => {
    await declare();
    const done: Effect['kind'][] = [];
    await drainAll(async (effect) => {
      if (effect.kind === 'card') throw new TypeError('a mistake of ours');
      done.push(effect.kind);
      return { done: true };
    });
    expect(done).toEqual(['open channel', 'tell']);
    const events = await allEvents(pool, 1);
    expect(events.filter((event) => event.type === 'slack_failed')).toHaveLength(1);
    const { rows } = await pool.query('select from effects where done_at is null');
    expect(rows).toHaveLength(0);
  });
});

describe('approval', () => {
  it('a write whose answer was lost gives the same answer to its retry', async () => {
    const hash = await planned('two-person');
    await send(ana, { do: 'ask approval', at, hash }, 1);
    const failing = new Store(
      new Proxy(pool, {
        get: (target, name) =>
          name === 'query'
            ? async (query: { name?: string }, ...rest: unknown[]) => {
                const result: unknown = await (target.query as (...all: unknown[]) => Promise<unknown>)(
                  query,
                  ...rest,
                );
                if (query.name === 'write') throw new Error('Query read timeout');
                return result;
              }
            : Reflect.get(target, name),
      }),
      () => undefined,
    );
    const command = {
      id: 'approve-1',
      incident: 1,
      by: ben,
      now: Date.now(),
      what: { do: 'approve', at, hash } as What,
    };
    await expect(handle(failing, knows, command)).rejects.toThrow('timeout');
    expect(await handle(failing, knows, command)).toMatchObject({ ok: true });
    const { rows } = await pool.query(`select from attempts where purpose = 'act'`);
    expect(rows).toHaveLength(1);
  });
});

function seqOf(effectId: string): string {
  return effectId.split('.')[1] ?? '';
}
