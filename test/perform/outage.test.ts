// Handrail's own PostgreSQL frozen and killed in mid-incident: what is said and seen is kept and recorded later, what
// decides is refused and stays refused, and the timeline is the one that it would have been.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Answer, Command, What } from '../../src/incidents/commands.ts';
import { handle } from '../../src/incidents/handle.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { type Keeping, keepingDoor } from '../../src/perform/keeping.ts';
import { isAlive, processesOf, readPostmaster } from '../../src/store/embedded/running.ts';
import { type Embedded, startEmbedded } from '../../src/store/embedded/start.ts';
import { type Journal, openJournal } from '../../src/store/journal.ts';
import { migrate } from '../../src/store/migrate.ts';
import { brokenAt } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { type StoreWatch, watchStore } from '../../src/store/watch.ts';
import { answerTo } from '../../src/store/write.ts';
import { openFolder } from '../store/embedded/processes.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { ana, PureDoor } from '../support/pure-door.ts';

interface Side {
  readonly pool: pg.Pool;
  readonly store: Store;
  readonly journal: Journal;
  readonly watch: StoreWatch;
  readonly keeping: Keeping;
  readonly seen: (number | undefined)[];
  close(): Promise<void>;
}

let place: ReturnType<typeof openFolder>;
let folder: string;
let server: Embedded;
/** This test's database on it. */
let url: string;
let sides: Side[];
let ids: number;
const { knows } = new PureDoor();

/** One process of Handrail, as far as its own database concerns it. */
function side(): Side {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 2000,
    query_timeout: 5000,
  });
  pool.on('error', () => undefined);
  const store = new Store(pool, () => undefined);
  const journal = openJournal(join(folder, 'journal'), { warn: () => undefined });
  const seen: (number | undefined)[] = [];
  const watch: StoreWatch = watchStore({
    url,
    now: Date.now,
    everyMs: 100,
    limitMs: 300,
    clock: (ahead) => {
      store.clockAhead = ahead;
    },
    seen: (since) => {
      seen.push(since);
      if (since === undefined) void keeping.bringKept().catch(() => undefined);
    },
  });
  const keeping: Keeping = keepingDoor({
    store,
    knows,
    journal,
    awaySince: () => watch.awaySince(),
    suspect: () => watch.suspect(),
    answers: () =>
      pool.query('select 1').then(
        () => true,
        () => false,
      ),
    answerOf: (id) => answerTo(pool, id),
    now: Date.now,
    log: pino({ level: 'silent' }),
    patienceMs: 200,
    decideWithinMs: 500,
  });
  let closed: Promise<void> | undefined;
  const made: Side = {
    pool,
    store,
    journal,
    watch,
    keeping,
    seen,
    close: () =>
      (closed ??= (async () => {
        await watch.stop();
        await journal.close();
        await pool.end();
      })()),
  };
  sides.push(made);
  return made;
}

beforeAll(async () => {
  place = openFolder();
  server = await startEmbedded({ home: join(place.folder, 'postgres') });
}, 60_000);
afterAll(async () => {
  thaw();
  await server?.stop();
  place?.remove();
});
let made = 0;
beforeEach(async () => {
  sides = [];
  ids = 0;
  const name = `outage_${++made}`;
  folder = join(place.folder, name);
  const admin = new pg.Client({ connectionString: server.url });
  admin.on('error', () => undefined);
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const own = new URL(server.url);
  own.pathname = `/${name}`;
  url = own.href;
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined);
  await migrate(pool);
  await pool.end();
});
afterEach(async () => {
  thaw();
  for (const one of sides) await one.close();
});

const data = () => join(place.folder, 'postgres', 'data');
let frozen: readonly number[] = [];
/** The server answers nobody and refuses nobody, as on a node that swaps, until it is thawed. */
function freeze(): void {
  frozen = processesOf(data());
  expect(frozen.length).toBeGreaterThan(3);
  for (const pid of frozen) process.kill(pid, 'SIGSTOP');
}
function thaw(): void {
  for (const pid of frozen) if (isAlive(pid)) process.kill(pid, 'SIGCONT');
  frozen = [];
}

const declare: What = {
  do: 'declare',
  body: {
    title: 'reports show no data',
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
const noteOf = (text: string, at: number, more: object = {}): What => ({
  do: 'note',
  body: {
    entry: `e-${text}`,
    kind: 'note',
    text,
    at,
    precision: 'exact',
    source: { kind: 'slack', ...more },
  },
});
function command(what: What, id = `c${++ids}`): Command {
  return { id, ...(what.do === 'declare' ? {} : { incident: 1 }), by: ana, now: Date.now(), what };
}
const say = (to: Side, text: string): Promise<Answer> => to.keeping.send(command(noteOf(text, Date.now())));
const texts = async (from: Side): Promise<string[]> =>
  timeline(await from.store.events(1))
    .filter(({ kind, show }) => kind === 'note' && show !== 'hide')
    .map(({ text }) => text);
const rows = async (from: Side, table: string): Promise<number> =>
  (await from.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n ?? -1;
const recorded = (from: Side) =>
  waitUntil('what was kept is recorded', async () => {
    const events = await from.store.events(1).catch(() => []);
    const done = from.journal.size === 0 && events.some(({ type }) => type === 'recorded_later');
    return done ? events : undefined;
  });

it('keeps what is said while the database hangs, in order, and records it once when it answers', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  expect(await say(one, 'before')).toMatchObject({ ok: true, version: 2 });
  freeze();
  const first = await say(one, 'first while it hangs');
  expect(first).toMatchObject({ ok: true, kept: true });
  await waitUntil('it is seen to be away', () => one.watch.awaySince() !== undefined);
  // Slack delivers twice; two people at once.
  const twice = command(noteOf('said twice', Date.now()));
  await Promise.all([one.keeping.send(twice), one.keeping.send(twice), say(one, 'at the same time')]);
  expect(one.journal.size).toBe(4);
  thaw();
  const events = await recorded(one);
  expect(await texts(one)).toEqual(['before', 'first while it hangs', 'said twice', 'at the same time']);
  const outage = events.filter(({ type }) => type === 'recorded_later');
  expect(outage).toHaveLength(1);
  expect(await brokenAt(one.pool, 1)).toBeUndefined();
  const kept = timeline(events).filter((entry) => entry.keptMeanwhile);
  expect(kept.map(({ text }) => text)).toContain('said twice');
  for (const entry of kept) expect(entry.recordedAt).toBe(outage[0]?.at);
  expect(await say(one, 'after')).toMatchObject({ ok: true });
  expect((await texts(one)).at(-1)).toBe('after');
});

it('refuses what decides, and a database that wakes up does not do it after all', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  await say(one, 'warm');
  freeze();
  const severity: What = { do: 'set severity', severity: 'SEV1' };
  // Sent before anybody knows: it hangs in the frozen server's socket.
  const asked = await one.keeping.send(command(severity));
  expect(asked).toMatchObject({ ok: false, code: 'store-away' });
  await waitUntil('it is seen to be away', () => one.watch.awaySince() !== undefined);
  const refused = await one.keeping.send(command(severity));
  expect(refused).toMatchObject({ ok: false, code: 'store-away' });
  expect(refused.says).toContain('was not done');
  const before = Date.now();
  thaw();
  await waitUntil('it answers again', () => one.watch.awaySince() === undefined);
  await waitUntil('what hung in the socket has been read', async () => {
    const { rows: busy } = await one.pool.query(
      "select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and application_name = '' and backend_type = 'client backend'",
    );
    return busy.length === 0;
  });
  const events = await one.store.events(1);
  expect(events.filter(({ type }) => type === 'severity_changed')).toEqual([]);
  expect(Date.now()).toBeGreaterThan(before);
  // The same click again, now that it answers, is taken.
  expect(await one.keeping.send(command(severity))).toMatchObject({ ok: true });
  expect((await one.store.events(1)).filter(({ type }) => type === 'severity_changed')).toHaveLength(1);
});

it('gives the by-hand commands of the step with the refusal', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  await one.store.look(1, () => undefined);
  await waitUntil('the incident is in memory', () => one.store.lastKnown(1));
  const known = one.store.lastKnown(1);
  known?.runs.set(1, {
    run: 1,
    steps: new Map([
      [
        'scale',
        {
          id: 'scale',
          kind: 'act',
          tries: [{ try: 1, byHand: ['kubectl scale deployment/utility --replicas=1'] }],
        },
      ],
    ]),
  } as never);
  freeze();
  await waitUntil('it is seen to be away', () => one.watch.awaySince() !== undefined);
  const at = { run: 1, step: 'scale', try: 1 };
  const refused = await one.keeping.send(command({ do: 'confirm', at, hash: 'h' }));
  expect(refused).toMatchObject({
    ok: false,
    byHand: ['kubectl scale deployment/utility --replicas=1'],
  });
});

it('follows a message that was pinned and edited while the database was down', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  await say(one, 'before');
  await stopServer();
  await waitUntil('it is seen to be away', () => one.watch.awaySince() !== undefined);
  const place = { channel: 'C1', ts: '1.5' };
  await one.keeping.send(command(noteOf('as it was', Date.now(), place)));
  await one.keeping.send(command({ do: 'correct', ...place, why: 'edited in Slack', text: 'as it is now' }));
  expect(one.journal.size).toBe(2);
  await startServer();
  await recorded(one);
  expect(await texts(one)).toEqual(['before', 'as it is now']);
}, 60_000);

it('loses nothing when the process is killed with entries on its disk: the next one brings them', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  freeze();
  await waitUntil('it is seen to be away', () => one.watch.awaySince() !== undefined);
  for (const text of ['one', 'two', 'three']) await say(one, text);
  // The process ends; its file stays. (A killed one is in test/store/journal.test.ts.)
  await one.watch.stop();
  await one.journal.close();
  thaw();
  const next = side();
  expect(await next.journal.adopt()).toBe(3);
  await next.keeping.bringKept();
  await recorded(next);
  expect(await texts(next)).toEqual(['one', 'two', 'three']);
  // The same file brought twice, as after a kill in the middle: nothing doubles.
  expect(await rows(next, 'commands')).toBe(1 + 3 + 1);
});

it('does not lose the outcome of a call, and does not take its worker for dead', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  freeze();
  await waitUntil('it is seen to be away', () => one.watch.awaySince() !== undefined);
  const settle: What = {
    do: 'settle',
    attempt: '1.1.look.1.check.x.0',
    at: { run: 1, step: 'look', try: 1 },
    outcome: { purpose: 'check', result: { ok: true, out: {} } },
    seconds: 1,
  };
  const bot = { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] };
  const answer = await one.keeping.send({ ...command(settle, 'settle:x'), by: bot });
  expect(answer).toMatchObject({ ok: true, kept: true });
  expect(one.keeping.holds('1.1.look.1.check.x.0')).toBe(true);
  expect(one.keeping.holds('1.1.look.1.check.y.0')).toBe(false);
});

it('puts aside what the store will never take, and brings what follows', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  freeze();
  await waitUntil('it is seen to be away', () => one.watch.awaySince() !== undefined);
  await one.keeping.send({ ...command(noteOf('for an incident that is not there', 1)), incident: 99 });
  await say(one, 'good');
  thaw();
  await recorded(one);
  expect(await texts(one)).toEqual(['good']);
});

it('waits for a database that reads and takes no writes, as a standby or a full disk: nothing is put aside', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  await one.pool.query(
    `create function full_disk() returns trigger language plpgsql as $$
     begin raise exception 'could not extend file' using errcode = '53100'; end $$`,
  );
  await one.pool.query(
    'create trigger full_disk before insert on incident_events for each statement execute function full_disk()',
  );
  const answered = one.seen.length;
  expect(await say(one, 'while the disk is full')).toMatchObject({ ok: true, kept: true });
  await waitUntil('it was tried again', () => one.seen.length > answered + 5);
  expect(one.journal.size).toBe(1);
  await one.pool.query('drop trigger full_disk on incident_events');
  await waitUntil('it is brought', () => one.journal.size === 0);
  expect(await texts(one)).toEqual(['while the disk is full']);
  expect(readdirSync(join(folder, 'journal')).filter((name) => name.endsWith('.aside'))).toEqual([]);
});

it('marks also what was said before anybody saw that the database is away', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  await waitUntil('it has answered', () => one.seen.length > 0);
  freeze();
  const first = command(noteOf('the first one', Date.now()));
  await one.keeping.send(first);
  await waitUntil('it is seen to be away', () => one.watch.awaySince() !== undefined);
  const second = command(noteOf('the second one', Date.now()));
  await one.keeping.send(second);
  thaw();
  const events = await recorded(one);
  expect(events.flatMap((event) => (event.type === 'recorded_later' ? event.body.commands : []))).toEqual([
    first.id,
    second.id,
  ]);
});

it('does not write a decision after its time that waited for somebody else in the database', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  await waitUntil('the clocks are compared', () => one.store.clockAhead !== undefined);
  const other = await one.pool.connect();
  try {
    await other.query('begin');
    await other.query("select from lookups where kind = 'incident' for update");
    const asked = one.keeping.send(command({ do: 'set severity', severity: 'SEV1' }));
    expect(await asked).toMatchObject({ ok: false, code: 'store-away' });
    await other.query('commit');
  } finally {
    other.release();
  }
  await one.store.inTurn(1, async () => undefined);
  expect((await one.store.events(1)).map(({ type }) => type)).not.toContain('severity_changed');
});

it('tells at once when neither the database nor the disk takes anything', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  freeze();
  await waitUntil('it is seen to be away', () => one.watch.awaySince() !== undefined);
  rmSync(join(folder, 'journal'), { recursive: true });
  writeFileSync(join(folder, 'journal'), '');
  const answer = await say(one, 'nowhere to go');
  expect(answer).toMatchObject({ ok: false, code: 'store-away' });
  expect(answer.says).toContain('Write it down yourself');
  rmSync(join(folder, 'journal'));
  mkdirSync(join(folder, 'journal'));
});

it('is not upset by a store that is only slow: the note is there once', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  const blocker = await one.pool.connect();
  try {
    await blocker.query('begin');
    await blocker.query('lock table commands in access exclusive mode');
    const slow = await say(one, 'slow');
    expect(slow).toMatchObject({ ok: true, kept: true });
    expect(one.watch.awaySince()).toBeUndefined();
    await blocker.query('commit');
  } finally {
    blocker.release();
  }
  await waitUntil('it is brought', () => one.journal.size === 0);
  expect(await texts(one)).toEqual(['slow']);
  expect((await one.store.events(1)).map(({ type }) => type)).not.toContain('recorded_later');
});

it('gives the state that was known last, not a draft that could not be written', async () => {
  const one = side();
  await one.keeping.send(command(declare));
  await one.store.look(1, () => undefined);
  await waitUntil('the incident is in memory', () => one.store.lastKnown(1)?.version === 1);
  freeze();
  await one.keeping.send(command({ do: 'set severity', severity: 'SEV1' }));
  expect(one.store.lastKnown(1)).toMatchObject({ version: 1, severity: 'SEV2' });
  await expect(
    handle(one.store, knows, command({ do: 'set severity', severity: 'SEV1' }), Date.now() - 1),
  ).rejects.toThrow();
}, 60_000);

async function stopServer(): Promise<void> {
  // Immediate shutdown, as after a lost node: recovery follows.
  process.kill(readPostmaster(data())?.pid ?? 0, 'SIGQUIT');
  await waitUntil('the server has ended', () => processesOf(data()).length === 0);
}
async function startServer(): Promise<void> {
  const before = server;
  const again = await startEmbedded({ home: join(place.folder, 'postgres') });
  expect(again.url).toBe(before.url);
  server = {
    ...again,
    async stop() {
      await again.stop();
      await before.stop();
    },
  };
}
