/** An incident with an entry to be erased, on a real PostgreSQL, and what people do to it: for the tests of erasing. */
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Answer, Asker, What } from '../../src/incidents/commands.ts';
import { erasable } from '../../src/incidents/erased.ts';
import { handle } from '../../src/incidents/handle.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { eraseDue } from '../../src/perform/erase.ts';
import { allEvents } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { ana, ben, PureDoor } from '../support/pure-door.ts';

export let database: Awaited<ReturnType<typeof freshDatabase>>;
export let pool: pg.Pool;
let ids = 0;
export let store: Store;
const log = pino({ level: 'silent' });
export const SECRET = 'patient 4711, Maple Street';

/** Registers what every test of a file begins and ends with. */
export function onStage(): void {
  beforeAll(async () => {
    database = await freshDatabase(migrated);
    pool = new pg.Pool({ connectionString: database.url, max: 6 });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });
  beforeEach(async () => {
    store = new Store(pool, () => undefined);
    await pool.query('truncate commands, incident_events, attempts, effects, files, lookups, reports');
    await taken({ do: 'declare', body });
    await taken(note('n1', `${SECRET} called`));
    await taken(note('n2', 'nothing special'));
    await taken({
      do: 'correct',
      channel: 'C1',
      ts: 'n1.1',
      why: 'edited in Slack',
      text: `${SECRET} wrote`,
    });
    await taken({ do: 'correct entry', entry: 'n1', text: `It was ${SECRET}`, reason: `${SECRET} said so` });
  });
}

/** The process starts anew: it knows nothing by heart. */
export function renew(): void {
  store = new Store(pool, () => undefined);
}

export const body = {
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
} satisfies Extract<What, { do: 'declare' }>['body'];

export const { knows } = new PureDoor();
export function send(what: What, by: Asker = ana, on: Store = store, id = `c${++ids}`): Promise<Answer> {
  const where = what.do === 'declare' ? {} : { incident: 1 };
  return handle(on, knows, { id, ...where, by, now: 1000 + ++ids, what });
}
export async function taken(what: What, by?: Asker, on?: Store): Promise<void> {
  const answer = await send(what, by, on);
  if (!answer.ok) throw new Error(answer.says);
}
export const note = (entry: string, text: string): What => ({
  do: 'note',
  body: {
    entry,
    kind: 'note',
    text,
    at: 900,
    precision: 'exact',
    source: { kind: 'slack', channel: 'C1', ts: `${entry}.1`, author: { id: 'slack:UANA', name: 'Ana' } },
  },
});

/** Waits for what another turn of the event loop brings; fails after 30 s. */
export async function waitUntil(condition: () => boolean | undefined): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`did not happen: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Everything that any table holds, as text. */
export async function everything(): Promise<string> {
  const tables = ['commands', 'incident_events', 'attempts', 'effects', 'files', 'lookups', 'reports'];
  const rows = await Promise.all(tables.map((table) => pool.query(`select t::text as row from ${table} t`)));
  return rows.flatMap(({ rows: found }) => found.map(({ row }) => String(row))).join('\n');
}
export async function ask(entry = 'n1', by: Asker = ana): Promise<string> {
  await taken({ do: 'ask erase', entry, reason: 'a patient is named' }, by);
  const state = await store.incident(1, { fresh: true });
  return [...(state?.erases.keys() ?? [])].at(-1) ?? '';
}
export async function agree(
  erase: string,
  by: Asker = ben,
  on: Store = store,
  entry = 'n1',
): Promise<Answer> {
  const events = await allEvents(pool, 1);
  const found = erasable(events, entry, timeline(events).find(({ id }) => id === entry)?.folds);
  // Somebody else was first.
  const { read, left } = found.ok ? found : { read: 0, left: [] };
  return send({ do: 'erase', erase, read, left }, by, on);
}
export const sweep = (on = store) => eraseDue({ pool, store: on, log });
