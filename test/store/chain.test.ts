// The chain of an incident's record: what was changed, taken away or put in between is found, and said in words.
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { What } from '../../src/incidents/commands.ts';
import { handle } from '../../src/incidents/handle.ts';
import { brokenAt, recordOf, verifyChain } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { GENESIS } from '../../src/store/write.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { ana, PureDoor } from '../support/pure-door.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let ids = 0;

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

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
} satisfies Extract<What, { do: 'declare' }>['body'];

async function send(what: What, incident?: number): Promise<void> {
  const store = new Store(pool, () => undefined);
  const where = incident === undefined ? {} : { incident };
  const { knows } = new PureDoor();
  const answer = await handle(store, knows, { id: `c${++ids}`, ...where, by: ana, now: 1000 + ids, what });
  if (!answer.ok) throw new Error(answer.says);
}
const note = (text: string): What => ({
  do: 'note',
  body: { entry: text, kind: 'note', text, at: 1, precision: 'exact', source: { kind: 'terminal' } },
});

beforeEach(async () => {
  await pool.query('truncate commands, incident_events, attempts, effects, lookups');
  await send({ do: 'declare', body });
  for (const text of ['a', 'b', 'c']) await send(note(text), 1);
});

it('a whole one has a head, which is the hash of its last entry', async () => {
  const { rows } = await pool.query<{ hash: string }>('select hash from incident_events order by version');
  expect(await verifyChain(pool, 1)).toEqual({ entries: 4, head: { version: 4, hash: rows[3]?.hash } });
  const { events, head } = await recordOf(pool, 1);
  expect([events.map(({ version }) => version), head]).toEqual([
    [1, 2, 3, 4],
    { version: 4, hash: rows[3]?.hash },
  ]);
  expect(await verifyChain(pool, 2)).toEqual({ entries: 0 });
  expect(await recordOf(pool, 2)).toEqual({ events: [] });
  expect(rows[0]?.hash).not.toBe(GENESIS);
});

it.each([
  [
    'its words',
    `update incident_events set body = replace(body, '"b"', '"x"') where version = 3`,
    3,
    'words',
  ],
  ['its time', 'update incident_events set at = at + 1 where version = 2', 2, 'envelope'],
  ['who said it', `update incident_events set by_name = 'Ben' where version = 4`, 4, 'envelope'],
  ['an entry that is not there', 'delete from incident_events where version = 2', 2, 'missing'],
  ['the first one', 'delete from incident_events where version = 1', 1, 'missing'],
  [
    'words with a hash of their own',
    `update incident_events set body = '{}', body_hash = encode(sha256('{}'), 'hex') where version = 2`,
    2,
    'envelope',
  ],
  ['a hash', `update incident_events set hash = repeat('0', 64) where version = 1`, 1, 'envelope'],
])('finds %s', async (_, sql, version, what) => {
  await pool.query(sql);
  const { broken, head } = await verifyChain(pool, 1);
  expect(broken).toMatchObject({ version, what });
  expect(head?.version).toBe(4);
  expect(await brokenAt(pool, 1)).toBe(version);
});

it('cannot see that the last entries are missing, but a head that was noted down can', async () => {
  const { head } = await verifyChain(pool, 1);
  await pool.query('delete from incident_events where version = 4');
  const now = await verifyChain(pool, 1, head?.hash);
  expect(now).toMatchObject({ entries: 3, noted: 'not found' });
  expect(now.broken).toBeUndefined();
});

it('finds the entry of which a head was noted down, by its first letters too', async () => {
  const { rows } = await pool.query<{ hash: string }>('select hash from incident_events where version = 2');
  const hash = rows[0]?.hash ?? '';
  expect(await verifyChain(pool, 1, hash)).toMatchObject({ noted: 2 });
  expect(await verifyChain(pool, 1, hash.slice(0, 16).toUpperCase())).toMatchObject({ noted: 2 });
});
