// The door on a real PostgreSQL: duplicates, conflicts between processes, locks across incidents, the hash chain, leases.
import { readdirSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Asker, Command, What } from '../../src/incidents/commands.ts';
import { handle } from '../../src/incidents/handle.ts';
import { claim, expired, queued, renew, stillOurs } from '../../src/store/attempts.ts';
import { dueDeadlines } from '../../src/store/deadlines.ts';
import { effectDone, effectLater, takeFirst } from '../../src/store/effects.ts';
import { migrate } from '../../src/store/migrate.ts';
import { allEvents, brokenAt } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { ana, ben, bot, PureDoor, runbookOf } from '../support/pure-door.ts';

const knows = new PureDoor().knows;
const text = `
apiVersion: runbook/v1
id: resize
title: Resize
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
params: { name: { type: string, label: Which?, required: true } }
steps:
  - id: grow
    kind: act
    title: Resize
    uses: t.resize
    with: { name: "\${{ params.name }}", size: 3 }
    timeout: 5s
    confirm: { level: two-person, from: ["group:dba"] }
    locks: ["prod/thing/\${{ params.name }}"]
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: { nothing: a test leaves nothing }
`;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let one: Store;
let two: Store;
let ids = 0;

async function send(store: Store, by: Asker, what: What, incident?: number, id = `c${++ids}`) {
  const command: Command = {
    id,
    ...(incident === undefined ? {} : { incident }),
    by,
    now: 1_768_037_640_000 + ids,
    what,
  };
  return handle(store, knows, command);
}
const declare: What = {
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
};
const note = (entry: string): What => ({
  do: 'note',
  body: {
    entry,
    kind: 'note',
    text: `note ${entry}`,
    at: 5,
    precision: 'exact',
    source: { kind: 'terminal' },
  },
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
  one = new Store(pool, () => undefined);
  two = new Store(pool, () => undefined);
});

describe('the door on PostgreSQL', () => {
  it('gives the same command the same answer and no second event, also from another process', async () => {
    const first = await send(one, ana, declare, undefined, 'same');
    expect(await send(one, ana, declare, undefined, 'same')).toEqual(first);
    expect(await send(two, ana, declare, undefined, 'same')).toEqual(first);
    await send(one, ana, note('a'), 1, 'n');
    await send(two, ana, note('a'), 1, 'n');
    expect((await allEvents(pool, 1)).map((event) => event.type)).toEqual([
      'incident_declared',
      'note_added',
    ]);
  });

  it('what seems to be nothing to a process that is behind is looked at afresh: no edit is lost', async () => {
    await send(one, ana, declare);
    // Both know the incident; then one of them hears of a message, and the other of its edit.
    await send(two, ana, note('a'), 1);
    const pinned = note('pin');
    if (pinned.do !== 'note') throw new Error('a note');
    const source = { kind: 'slack', channel: 'C1', ts: '1.000100' } as const;
    await send(one, ana, { do: 'note', body: { ...pinned.body, source } }, 1);
    const edit = { channel: 'C1', ts: '1.000100', why: 'edited in Slack', text: 'as it was meant' } as const;
    expect(await send(two, ana, { do: 'correct', ...edit }, 1)).toMatchObject({ ok: true });
    const events = await allEvents(pool, 1);
    expect(events.at(-1)).toMatchObject({ type: 'entry_corrected', body: { text: 'as it was meant' } });
    // Of a message that nobody has put there it stays nothing.
    await send(two, ana, { do: 'correct', ...edit, ts: '1.000900' }, 1);
    expect(await allEvents(pool, 1)).toHaveLength(events.length);
  });

  it('a refusal is remembered as well: the same click later is not suddenly accepted', async () => {
    await send(one, ana, declare);
    const refused = await send(one, ana, { do: 'close' }, 1, 'early-close');
    expect(refused).toMatchObject({ ok: false, code: 'not-resolved' });
    await send(one, ana, { do: 'resolve', at: 1 }, 1);
    expect(await send(two, ana, { do: 'close' }, 1, 'early-close')).toEqual(refused);
  });

  it('two processes that write at once both get in, in one order, without holes', async () => {
    await send(one, ana, declare);
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        send(index % 2 ? one : two, index % 3 ? ana : ben, note(`n${index}`), 1),
      ),
    );
    const events = await allEvents(pool, 1);
    expect(events.map((event) => event.version)).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    expect(
      new Set(events.slice(1).map((event) => event.type === 'note_added' && event.body.entry)).size,
    ).toBe(40);
    expect(await brokenAt(pool, 1)).toBeUndefined();
  });

  it('incidents declared at once get different numbers', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => send(index % 2 ? one : two, ana, declare)),
    );
    expect(
      answers.map((answer) => answer.ok && answer.incident).toSorted((a, b) => Number(a) - Number(b)),
    ).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('refuses on what is true now, not on what this process remembers', async () => {
    await send(one, ana, declare);
    await send(two, ana, { do: 'resolve', at: 1 }, 1);
    expect(await send(one, ana, { do: 'close' }, 1)).toMatchObject({ ok: true });
  });

  it('finds a changed event in the chain', async () => {
    await send(one, ana, declare);
    await send(one, ana, note('a'), 1);
    await send(one, ana, note('b'), 1);
    await pool.query(`update incident_events set body = replace(body, 'note a', 'note x') where version = 2`);
    expect(await brokenAt(pool, 1)).toBe(2);
  });

  it('keeps an event of a newer version, and refuses to decide on that incident', async () => {
    await send(one, ana, declare);
    await pool.query(
      `insert into incident_events select incident, 2, at, recorded_at, 'later_thing', by_id, by_name, 'x', '{}', body_hash, hash
       from incident_events where version = 1`,
    );
    expect(await send(two, ana, note('a'), 1)).toMatchObject({ ok: true });
    expect(await send(two, ana, { do: 'resolve', at: 1 }, 1)).toMatchObject({ ok: false, code: 'newer' });
  });
});

describe('a change on PostgreSQL', () => {
  async function asked(store: Store, incident: number): Promise<string> {
    await send(
      store,
      ana,
      { do: 'start run', runbook: runbookOf(text), hash: 'h', params: { name: 'disk' } },
      incident,
    );
    const { rows } = await pool.query<{ id: string }>(
      `select id from attempts where incident = $1 and purpose = 'plan'`,
      [incident],
    );
    const plan = {
      target: { kind: 'thing', namespace: 'prod', name: 'disk' },
      changes: [{ field: 'size', before: '1', after: '3' }],
      values: { before: 1, after: 3 },
      notes: [],
      unknowns: [],
    };
    const at = { run: 1, step: 'grow', try: 1 };
    await send(
      store,
      bot,
      {
        do: 'settle',
        attempt: rows[0]?.id ?? '',
        at,
        outcome: { purpose: 'plan', result: { ok: true, plan } },
        seconds: 1,
      },
      incident,
    );
    const hash = await store.look(
      incident,
      (state) => state.runs.get(1)?.steps.get('grow')?.tries[0]?.planned?.hash,
    );
    await send(store, ana, { do: 'ask approval', at, hash: hash ?? '' }, incident);
    return hash ?? '';
  }
  const at = { run: 1, step: 'grow', try: 1 };

  it('a lock is held across incidents, and says by whom', async () => {
    await send(one, ana, declare);
    await send(one, ana, declare);
    const first = await asked(one, 1);
    const second = await asked(two, 2);
    expect(await send(one, ben, { do: 'approve', at, hash: first }, 1)).toMatchObject({ ok: true });
    const refused = await send(two, ben, { do: 'approve', at, hash: second }, 2);
    expect(refused).toMatchObject({ ok: false, code: 'locked' });
    expect(!refused.ok && refused.says).toContain('INC-1');
    expect((await allEvents(pool, 2)).some((event) => event.type === 'act_started')).toBe(false);
  });

  it('two approvers at once on two processes: one call', async () => {
    await send(one, ana, declare);
    const hash = await asked(one, 1);
    const cleo = { ...ben, person: { id: 'slack:UCLEO', name: 'Cleo' } };
    const answers = await Promise.all([
      send(one, ben, { do: 'approve', at, hash }, 1),
      send(two, cleo, { do: 'approve', at, hash }, 1),
    ]);
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    const { rows } = await pool.query(`select from attempts where purpose = 'act'`);
    expect(rows).toHaveLength(1);
  });

  it('its deadlines fall due', async () => {
    await send(one, ana, declare);
    await asked(one, 1);
    const due = await dueDeadlines(pool);
    expect(due.map(({ what }) => what.do).toSorted()).toEqual(['allow alone', 'lapse approval']);
  });

  it('an attempt is taken by one worker; a lease that ran out is seen, and never taken over', async () => {
    await send(one, ana, declare);
    await send(
      one,
      ana,
      { do: 'start run', runbook: runbookOf(text), hash: 'h', params: { name: 'disk' } },
      1,
    );
    const [id] = await queued(pool, 5);
    if (!id) throw new Error('nothing is queued');
    const won = await Promise.all([claim(pool, id, 'w1', 60_000), claim(pool, id, 'w2', 60_000)]);
    expect(won.toSorted()).toEqual([false, true]);
    const winner = won[0] ? 'w1' : 'w2';
    expect(await stillOurs(pool, id, winner)).toBe(true);
    expect(await stillOurs(pool, id, winner === 'w1' ? 'w2' : 'w1')).toBe(false);
    await pool.query(`update attempts set lease_until = now() - interval '1 ms'`);
    expect(await renew(pool, id, winner, 1000, undefined)).toEqual({ ours: false, stop: false });
    expect((await expired(pool)).map(({ attempt }) => attempt.id)).toEqual([id]);
    expect(await queued(pool, 5)).toEqual([]);
    expect(await claim(pool, id, 'w3', 1000)).toBe(false);
  });
});

describe('effects', () => {
  it('are taken in order by one at a time; one that waits holds back those behind it', async () => {
    await send(one, ana, declare);
    const first = await takeFirst(pool, 1, 'w1', 5000);
    expect(first?.effect.kind).toBe('open channel');
    expect(await takeFirst(pool, 1, 'w2', 5000)).toBeUndefined();
    await effectLater(pool, 1, first?.seq ?? 0, 60_000, 'rate limited');
    expect(await takeFirst(pool, 1, 'w2', 5000)).toBeUndefined();
    await pool.query('update effects set not_before = now()');
    const again = await takeFirst(pool, 1, 'w2', 5000);
    expect([again?.effect.kind, again?.tries]).toEqual(['open channel', 2]);
    await effectDone(pool, 1, again?.seq ?? 0);
    expect((await takeFirst(pool, 1, 'w2', 5000))?.effect.kind).toBe('card');
  });
});

describe('the schema', () => {
  it('is brought up once, also when two processes start at once, and refuses a newer one', async () => {
    const empty = await freshDatabase();
    const other = new pg.Pool({ connectionString: empty.url, max: 4 });
    other.on('error', () => undefined);
    try {
      await Promise.all([migrate(other), migrate(other)]);
      const { rows } = await other.query('select name from migrations');
      expect(rows.map((row: { name: string }) => row.name).toSorted()).toEqual(
        readdirSync(new URL('../../src/store/migrations/', import.meta.url)).toSorted(),
      );
      await other.query(`insert into migrations (name) values ('999-later.sql')`);
      await expect(migrate(other)).rejects.toThrow('newer Handrail');
    } finally {
      await other.end();
      await empty.drop();
    }
  });
});
