// Locks on a real PostgreSQL: who is told what, taking over from another incident, and that no end frees what others hold.
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Asker, Command, Outcome, What } from '../../src/incidents/commands.ts';
import type { At, Event, EventType } from '../../src/incidents/events.ts';
import { evolve } from '../../src/incidents/evolve.ts';
import { handle } from '../../src/incidents/handle.ts';
import { ARRIVES, locksHeld } from '../../src/incidents/locks.ts';
import { lookups } from '../../src/incidents/lookups.ts';
import { claim } from '../../src/store/attempts.ts';
import { dropDeadline, dueDeadlines } from '../../src/store/deadlines.ts';
import { heldLocks } from '../../src/store/locks.ts';
import { allEvents } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { ana, ben, bot, guest, PureDoor, runbookOf } from '../support/pure-door.ts';

const knows = new PureDoor().knows;
const cleo: Asker = { ...ben, person: { id: 'slack:UCLEO', name: 'Cleo' } };
/** One change with these locks. */
const resize = (locks: readonly string[], id = 'resize') =>
  runbookOf(`
apiVersion: runbook/v1
id: ${id}
title: Resize
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: grow
    kind: act
    title: Resize
    uses: t.resize
    with: { name: disk, size: 3 }
    timeout: 5s
    confirm: { level: click }
    locks: ${JSON.stringify(locks)}
    verify: { uses: t.size, with: { name: disk }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: { nothing: a test leaves nothing }
`);
const at: At = { run: 1, step: 'grow', try: 1 };

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let one: Store;
let two: Store;
let ids = 0;
/** 2026-01-10 09:34 UTC, a minute for each command. */
const start = Date.UTC(2026, 0, 10, 9, 34);

function send(store: Store, by: Asker, what: What, incident?: number) {
  const now = start + ++ids * 60_000;
  const command: Command = { id: `c${ids}`, ...(incident === undefined ? {} : { incident }), by, now, what };
  return handle(store, knows, command);
}

async function declare(store: Store = one): Promise<number> {
  const answer = await send(store, ana, {
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

async function settle(store: Store, incident: number, outcome: Outcome, where: At = at): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from attempts where incident = $1 and run = $2 and purpose = $3 order by created_at desc limit 1`,
    [incident, where.run, outcome.purpose],
  );
  const attempt = rows[0]?.id ?? '';
  await send(store, bot, { do: 'settle', attempt, at: where, outcome, seconds: 1 }, incident);
}

const plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
};

/** A run that waits for its confirmation; gives the hash of its plan. */
async function planned(
  store: Store,
  incident: number,
  locks: readonly string[],
  more: { run?: number; id?: string } = {},
): Promise<string> {
  const { run = 1, id } = more;
  await send(store, ana, { do: 'start run', runbook: resize(locks, id), hash: 'h', params: {} }, incident);
  await settle(store, incident, { purpose: 'plan', result: { ok: true, plan } }, { ...at, run });
  const hash = await store.look(
    incident,
    (state) => state.runs.get(run)?.steps.get('grow')?.tries[0]?.planned?.hash,
  );
  if (!hash) throw new Error('there is no plan');
  return hash;
}

const made = async (store: Store, incident: number, where: At = at) =>
  settle(store, incident, { purpose: 'act', result: { ok: true, out: { size: 3 } } }, where);
const verified = async (store: Store, incident: number, where: At = at) =>
  settle(store, incident, { purpose: 'verify', result: { ok: true, held: true } }, where);

/** As the loop does it. */
async function fallDue(store: Store): Promise<void> {
  for (const { key, incident, what, due } of await dueDeadlines(pool)) {
    await handle(store, knows, { id: `deadline:${key}`, incident, by: bot, now: due, what });
    await dropDeadline(pool, key);
  }
}

const holders = async (...keys: string[]) =>
  (await heldLocks(pool, keys)).map(({ key, holder, by }) => `${key} ${holder} ${by}`);

async function of<T extends EventType>(incident: number, type: T): Promise<Extract<Event, { type: T }>[]> {
  const events = await allEvents(pool, incident);
  return events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
}

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
  ids = 0;
  one = new Store(pool, () => undefined);
  two = new Store(pool, () => undefined);
});

describe('a lock that others hold', () => {
  it('is told with holder, incident, since and runbook; several keys, each with its holder', async () => {
    await declare();
    await declare();
    await declare();
    const first = await planned(one, 1, ['prod/b', 'prod/a']);
    const second = await planned(one, 2, ['prod/c'], { id: 'other-book' });
    const third = await planned(two, 3, ['prod/c', 'prod/b', 'prod/a', 'prod/free']);
    await send(one, ana, { do: 'confirm', at, hash: first }, 1);
    await send(one, ben, { do: 'confirm', at, hash: second }, 2);
    const refused = await send(two, cleo, { do: 'confirm', at, hash: third }, 3);
    expect(refused).toMatchObject({
      code: 'locked',
      says:
        'prod/a and prod/b are being changed by Ana in INC-1 since 09:44 (runbook resize); ' +
        'prod/c is being changed by Ben in INC-2 since 09:45 (runbook other-book). ' +
        'The calls of Ana in INC-1 and Ben in INC-2 may still be running. ' +
        'Wait until that is finished, or take over.',
      held: { incident: 3, at, from: ['1.1.grow.1', '2.1.grow.1'], arrives: true },
    });
    expect(await holders('prod/free')).toEqual([]);
    expect(await of(3, 'act_started')).toEqual([]);
  });

  it('is held to the end of the verification of that one act, and no longer', async () => {
    await declare();
    const hash = await planned(one, 1, ['prod/a']);
    expect(await holders('prod/a')).toEqual([]);
    await send(one, ana, { do: 'confirm', at, hash }, 1);
    expect(await holders('prod/a')).toEqual(['prod/a 1.1.grow.1 Ana']);
    await made(one, 1);
    expect(await holders('prod/a')).toEqual(['prod/a 1.1.grow.1 Ana']);
    await verified(one, 1);
    expect(await holders('prod/a')).toEqual([]);
  });
});

describe('taking over', () => {
  /** INC-1 holds `prod/a` and has called; INC-2 waits with the same lock. */
  async function twoIncidents(): Promise<{ first: string; second: string }> {
    await declare();
    await declare();
    const first = await planned(one, 1, ['prod/a']);
    const second = await planned(two, 2, ['prod/a']);
    await send(one, ana, { do: 'confirm', at, hash: first }, 1);
    return { first, second };
  }
  const over = (phrase?: string, from = ['1.1.grow.1']): What => ({
    do: 'take over',
    at,
    from,
    ...(phrase === undefined ? {} : { phrase }),
  });

  it('while its call may still arrive needs the typed sentence; both incidents get a line; then it can be confirmed', async () => {
    const { second } = await twoIncidents();
    const { rows } = await pool.query<{ id: string }>(`select id from attempts where purpose = 'act'`);
    await claim(pool, rows[0]?.id ?? '', 'w1', 60_000);
    const untyped = await send(two, ben, over(), 2);
    expect(untyped).toMatchObject({
      code: 'phrase',
      says: `Type exactly: ${ARRIVES}`,
      held: { arrives: true },
    });
    expect(await holders('prod/a')).toEqual(['prod/a 1.1.grow.1 Ana']);

    const answer = await send(two, ben, over('  Its call MAY still arrive '), 2);
    expect(answer).toMatchObject({ ok: true, says: 'You hold prod/a now. Confirm the change.' });
    expect(await holders('prod/a')).toEqual(['prod/a 2.1.grow.1 Ben']);
    const [taken] = await of(2, 'lock_taken');
    expect(taken?.by.name).toBe('Ben');
    expect(taken?.body).toMatchObject({
      arrives: true,
      locks: [{ key: 'prod/a', incident: 1, run: 1, step: 'grow', try: 1, by: 'Ana' }],
    });
    expect(await of(1, 'lock_lost')).toEqual([]);
    await fallDue(one);
    await fallDue(two);
    const lost = await of(1, 'lock_lost');
    expect(lost.map(({ body }) => [body.keys, body.to, body.by.name])).toEqual([[['prod/a'], 2, 'Ben']]);
    expect(await send(two, ben, { do: 'confirm', at, hash: second }, 2)).toMatchObject({ ok: true });
    expect(await holders('prod/a')).toEqual(['prod/a 2.1.grow.1 Ben']);
  });

  it('with its call queued needs the sentence too; once it has come back one click is enough', async () => {
    await twoIncidents();
    expect(await send(two, ben, over(), 2)).toMatchObject({ code: 'phrase' });
    await settle(one, 1, { purpose: 'act', result: { ok: false, says: 'the connection broke' } });
    await settle(one, 1, { purpose: 'happened', result: { ok: true, happened: 'made' } });
    expect(await send(two, ben, over(), 2)).toMatchObject({ ok: true });
    expect((await of(2, 'lock_taken'))[0]?.body.arrives).toBe(false);
  });

  it('does not stop the other change, whose end leaves the row of the new holder alone', async () => {
    const { second } = await twoIncidents();
    await send(two, ben, over(ARRIVES), 2);
    await send(two, ben, { do: 'confirm', at, hash: second }, 2);
    // INC-1 has not even heard of it.
    await made(one, 1);
    await verified(one, 1);
    expect((await of(1, 'step_closed')).map(({ body }) => body.state)).toEqual(['done']);
    expect(await holders('prod/a')).toEqual(['prod/a 2.1.grow.1 Ben']);
    await made(two, 2);
    await verified(two, 2);
    expect(await holders('prod/a')).toEqual([]);
    await fallDue(one);
    expect(await of(1, 'lock_lost')).toHaveLength(1);
  });

  it('two people at once: one wins, the other is told who', async () => {
    await twoIncidents();
    const three = new Store(pool, () => undefined);
    await declare();
    await planned(three, 3, ['prod/a']);
    const answers = await Promise.all([
      send(two, ben, over(ARRIVES), 2),
      send(three, cleo, over(ARRIVES), 3),
    ]);
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    const winner = answers[0]?.ok ? { incident: 2, name: 'Ben' } : { incident: 3, name: 'Cleo' };
    const loser = answers.find((answer) => !answer.ok);
    expect(loser).toMatchObject({ code: 'locked', held: { from: [`${winner.incident}.1.grow.1`] } });
    expect(!loser?.ok && loser?.says).toContain(`${winner.name} in INC-${winner.incident}`);
    expect(await holders('prod/a')).toEqual([`prod/a ${winner.incident}.1.grow.1 ${winner.name}`]);
    expect([...(await of(2, 'lock_taken')), ...(await of(3, 'lock_taken'))]).toHaveLength(1);
    await fallDue(one);
    expect(await of(1, 'lock_lost')).toHaveLength(1);
  });

  it('from somebody whom the person was not shown is refused with the new holder', async () => {
    await twoIncidents();
    await declare();
    await planned(one, 3, ['prod/a']);
    await send(two, ben, over(ARRIVES), 2);
    const late = await send(one, cleo, over(ARRIVES), 3);
    expect(late).toMatchObject({ code: 'locked', held: { from: ['2.1.grow.1'], arrives: true } });
    expect(await send(one, cleo, over(ARRIVES, ['2.1.grow.1']), 3)).toMatchObject({ ok: true });
    expect(await holders('prod/a')).toEqual(['prod/a 3.1.grow.1 Cleo']);
    // The one in the middle is told as well, and cannot start on what it believes to hold.
    const hash = await two.look(2, (state) => state.runs.get(1)?.steps.get('grow')?.tries[0]?.planned?.hash);
    expect(await send(two, ben, { do: 'confirm', at, hash: hash ?? '' }, 2)).toMatchObject({
      code: 'locked',
    });
    await fallDue(one);
    expect(await of(2, 'lock_lost')).toHaveLength(1);
  });

  it('and back again by another run of the first incident: the end of its first change frees nothing', async () => {
    await twoIncidents();
    await send(two, ben, over(ARRIVES), 2);
    await planned(one, 1, ['prod/a'], { run: 2 });
    const back = { ...at, run: 2 };
    await send(one, cleo, { do: 'take over', at: back, from: ['2.1.grow.1'], phrase: ARRIVES }, 1);
    expect(await holders('prod/a')).toEqual(['prod/a 1.2.grow.1 Cleo']);
    await made(one, 1);
    await verified(one, 1);
    expect(await holders('prod/a')).toEqual(['prod/a 1.2.grow.1 Cleo']);
    await send(one, ana, { do: 'skip', at: back, reason: 'not needed' }, 1);
    expect(await holders('prod/a')).toEqual([]);
  });

  it('of which it is told late, when it holds it again: then it is not shown as lost', async () => {
    const { first, second } = await twoIncidents();
    await send(two, ben, over(ARRIVES), 2);
    const changed = { ok: false, says: 'it is larger', nothingHappened: true, planChanged: true } as const;
    await settle(one, 1, { purpose: 'act', result: changed });
    expect(await holders('prod/a')).toEqual(['prod/a 2.1.grow.1 Ben']);
    await settle(one, 1, { purpose: 'plan', result: { ok: true, plan } });
    const again: What = { do: 'confirm', at, hash: first };
    expect(await send(one, ana, again, 1)).toMatchObject({ code: 'locked', held: { arrives: false } });
    await send(one, ana, over(undefined, ['2.1.grow.1']), 1);
    await fallDue(one);
    expect(await of(1, 'lock_lost')).toHaveLength(1);
    const held = await one.look(1, (state) => {
      const grow = state.runs.get(1)?.steps.get('grow')?.tries[0];
      return grow && locksHeld(grow);
    });
    expect(held).toEqual(['prod/a']);
    expect(await send(one, ana, { ...again }, 1)).toMatchObject({ ok: true });
    expect(await send(two, ben, { do: 'confirm', at, hash: second }, 2)).toMatchObject({ code: 'locked' });
  });

  it('within one incident: the first run is told at once, and each end frees its own', async () => {
    await declare();
    const first = await planned(one, 1, ['prod/a']);
    const second = await planned(one, 1, ['prod/a'], { run: 2 });
    await send(one, ana, { do: 'confirm', at, hash: first }, 1);
    const other = { ...at, run: 2 };
    const refused = await send(two, ben, { do: 'confirm', at: other, hash: second }, 1);
    expect(refused).toMatchObject({ code: 'locked', held: { from: ['1.1.grow.1'] } });
    await send(two, ben, { do: 'take over', at: other, from: ['1.1.grow.1'], phrase: ARRIVES }, 1);
    expect((await of(1, 'lock_lost')).map(({ body }) => [body.run, body.to])).toEqual([[1, 1]]);
    expect(await dueDeadlines(pool)).toEqual([]);
    await send(two, ben, { do: 'confirm', at: other, hash: second }, 1);
    await made(one, 1, at);
    await verified(one, 1, at);
    expect(await holders('prod/a')).toEqual(['prod/a 1.2.grow.1 Ben']);
    await made(one, 1, other);
    await verified(one, 1, other);
    expect(await holders('prod/a')).toEqual([]);
  });

  it('takes several keys from several holders, free ones too, or none of them', async () => {
    await declare();
    await declare();
    await declare();
    const first = await planned(one, 1, ['prod/a']);
    const second = await planned(one, 2, ['prod/b']);
    await planned(two, 3, ['prod/b', 'prod/a', 'prod/c']);
    await send(one, ana, { do: 'confirm', at, hash: first }, 1);
    await send(one, ben, { do: 'confirm', at, hash: second }, 2);
    expect(await send(two, cleo, over(ARRIVES), 3)).toMatchObject({ code: 'locked' });
    expect(await holders('prod/a', 'prod/b', 'prod/c')).toEqual([
      'prod/a 1.1.grow.1 Ana',
      'prod/b 2.1.grow.1 Ben',
    ]);
    await send(two, cleo, over(ARRIVES, ['1.1.grow.1', '2.1.grow.1']), 3);
    expect(await holders('prod/a', 'prod/b', 'prod/c')).toEqual(
      ['a', 'b', 'c'].map((key) => `prod/${key} 3.1.grow.1 Cleo`),
    );
    await fallDue(one);
    expect((await of(1, 'lock_lost'))[0]?.body.keys).toEqual(['prod/a']);
    expect((await of(2, 'lock_lost'))[0]?.body.keys).toEqual(['prod/b']);
  });

  it('of what was freed meanwhile says that it can be confirmed', async () => {
    const { second } = await twoIncidents();
    await made(one, 1);
    await verified(one, 1);
    const answer = await send(two, ben, over(), 2);
    expect(answer).toMatchObject({ ok: true, says: 'Nobody else holds it now. Confirm the change.' });
    expect(await send(two, ben, { do: 'confirm', at, hash: second }, 2)).toMatchObject({ ok: true });
  });

  it('needs the right to operate, and a step that waits for its confirmation', async () => {
    await twoIncidents();
    expect(await send(two, guest, over(ARRIVES), 2)).toMatchObject({ code: 'rights' });
    await send(two, ana, { do: 'skip', at, reason: 'no' }, 2);
    expect(await send(two, ben, over(ARRIVES), 2)).toMatchObject({ code: 'stale' });
    expect(await holders('prod/a')).toEqual(['prod/a 1.1.grow.1 Ana']);
  });

  it('and then closing the incident gives it back to whose call may still be running', async () => {
    await twoIncidents();
    await send(two, ben, over(ARRIVES), 2);
    await send(two, ana, { do: 'resolve', at: 1 }, 2);
    expect(await send(two, ana, { do: 'close' }, 2)).toMatchObject({ ok: true });
    expect(await holders('prod/a')).toEqual(['prod/a 1.1.grow.1 Ana']);
  });

  it('a row that an older version wrote can be taken over, and is freed by the end of its change', async () => {
    const { second } = await twoIncidents();
    const old = JSON.stringify({ incident: 1, by: 'Ana', since: start });
    await pool.query(`update lookups set value = $1 where kind = 'lock'`, [old]);
    expect(await send(two, ben, { do: 'confirm', at, hash: second }, 2)).toMatchObject({
      says: 'prod/a is being changed by Ana in INC-1 since 09:34. The call of Ana in INC-1 may still be running. Wait until that is finished, or take over.',
      held: { from: [''], arrives: true },
    });
    await send(two, ben, over(ARRIVES, ['']), 2);
    expect(await holders('prod/a')).toEqual(['prod/a 2.1.grow.1 Ben']);
    await pool.query(`update lookups set value = $1, incident = 1 where kind = 'lock'`, [old]);
    await made(one, 1);
    await verified(one, 1);
    expect(await holders('prod/a')).toEqual([]);
  });
});

it('one statement that ends one change and starts another on the same object leaves the second one holding it', async () => {
  await declare();
  const first = await planned(one, 1, ['prod/a']);
  await planned(one, 1, ['prod/a'], { run: 2 });
  await send(one, ana, { do: 'confirm', at, hash: first }, 1);
  const incident = await one.incident(1, { fresh: true });
  if (!incident) throw new Error('INC-1 is not there');
  const command: Command = { id: 'both', incident: 1, by: ana, now: start, what: { do: 'close' } };
  const envelope = { incident: 1, at: start, by: ana.person, command: command.id };
  const other = { ...at, run: 2 };
  const events = [
    { type: 'step_closed', body: { ...at, state: 'accepted' } },
    { type: 'act_started', body: { ...other, operation: 'o', executeBy: start, attempt: 'x' } },
  ].map((event) => {
    const whole = { ...envelope, version: incident.version + 1, ...event } as Event;
    evolve(incident, whole);
    return whole;
  });
  const written = await one.write({
    command,
    answer: { ok: true, incident: 1, version: incident.version },
    events,
    attempts: [],
    stops: [],
    effects: [],
    lookups: lookups(events, incident),
  });
  expect(written).toEqual({ done: true });
  expect(await holders('prod/a')).toEqual(['prod/a 1.2.grow.1 Ana']);
});
