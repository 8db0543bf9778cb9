// A connection that breaks after the server has written a decision: the person is told what was decided, not "nothing".

import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer, Command, What } from '../../src/incidents/commands.ts';
import { keepingDoor } from '../../src/perform/keeping.ts';
import { openJournal } from '../../src/store/journal.ts';
import { Store } from '../../src/store/store.ts';
import { answerTo } from '../../src/store/write.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { ana, PureDoor } from '../support/pure-door.ts';

const { knows } = new PureDoor();
let database: Awaited<ReturnType<typeof freshDatabase>>;
/** Straight to the server, past the line that breaks. */
let direct: pg.Pool;
let pool: pg.Pool;
let line: Server;
let folder: string;
let journal: ReturnType<typeof openJournal>;
/** The line goes silent to the client as soon as this text has gone to the server, and breaks when it was done. */
let breaksAfter: string | undefined;
const sockets = new Set<Socket>();
const silent = new Set<Socket>();

beforeAll(async () => {
  database = await freshDatabase(migrated);
  const { hostname, port } = new URL(database.url);
  line = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (data) => {
      if (breaksAfter !== undefined && data.includes(breaksAfter)) silent.add(client);
      server.write(data);
    });
    server.on('data', (data) => {
      if (!silent.has(client)) client.write(data);
    });
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const address = line.address();
  if (address === null || typeof address === 'string') throw new Error('it listens nowhere');
  const through = new URL(database.url);
  through.hostname = '127.0.0.1';
  through.port = String(address.port);
  direct = new pg.Pool({ connectionString: database.url, max: 2 });
  pool = new pg.Pool({ connectionString: through.href, max: 2 });
  for (const one of [direct, pool]) {
    one.on('error', () => undefined);
    one.on('connect', (client) => client.on('error', () => undefined));
  }
  folder = mkdtempSync(join(tmpdir(), 'handrail-lost-answer-'));
  journal = openJournal(join(folder, 'journal'), { warn: () => undefined });
});
afterAll(async () => {
  await journal.close();
  await pool.end();
  await direct.end();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => line.close(resolve));
  rmSync(folder, { recursive: true });
  await database.drop();
});

const door = () =>
  keepingDoor({
    store: new Store(pool, () => undefined),
    knows,
    journal,
    awaySince: () => undefined,
    suspect: () => undefined,
    answers: async () => true,
    answerOf: (id) => answerTo(pool, id),
    now: Date.now,
    log: pino({ level: 'silent' }),
    // The line breaks, and not this patience.
    decideWithinMs: 60_000,
  });
let ids = 0;
const command = (what: What, incident?: number): Command => ({
  id: `lost-${++ids}`,
  ...(incident === undefined ? {} : { incident }),
  by: ana,
  now: Date.now(),
  what,
});
const isStored = async (id: string): Promise<boolean> =>
  (await direct.query('select from commands where id = $1', [id])).rowCount === 1;

/** Sends it; the line breaks once the server has written it, or (`before`) with nothing of it sent on. */
async function sendAndBreak(what: Command): Promise<Answer> {
  breaksAfter = what.id;
  const answer = door().send(what);
  await waitUntil('the server has written it', () => isStored(what.id), { seconds: 60 });
  breaksAfter = undefined;
  for (const client of silent) client.destroy();
  silent.clear();
  return answer;
}

it('tells what was decided when only the answer was lost on the way', async () => {
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
  const declared = await sendAndBreak(command({ do: 'declare', body }));
  expect(declared).toEqual({ ok: true, incident: 1, version: 1 });
  const changed = await sendAndBreak(command({ do: 'set severity', severity: 'SEV1' }, 1));
  expect(changed).toEqual({ ok: true, incident: 1, version: 2 });
  // A refusal is stored as well: it is told as the refusal that it is.
  const refused = await sendAndBreak(command({ do: 'reopen', reason: 'again' }, 1));
  expect(refused).toEqual({ ok: false, code: 'open', says: 'INC-1 is open.' });
  expect(journal.size).toBe(0);
});

it('does not claim it when the line broke before the server had it', async () => {
  const what = command({ do: 'set severity', severity: 'SEV3' }, 1);
  const held = new pg.Client({ connectionString: database.url });
  held.on('error', () => undefined);
  await held.connect();
  await held.query('begin');
  // The write waits for this row, so it is not done when its connection is ended.
  await held.query(`select from lookups where kind = 'incident' for update`);
  const answer = door().send(what);
  await waitUntil(
    'it waits',
    async () => {
      const { rows } = await direct.query<{ ended: boolean }>(
        `select pg_terminate_backend(pid, 10000) as ended from pg_stat_activity
         where wait_event_type = 'Lock' and datname = current_database()`,
      );
      return rows.length > 0;
    },
    { seconds: 60 },
  );
  await held.query('rollback');
  await held.end();
  expect(await answer).toMatchObject({
    ok: false,
    code: 'store-away',
    says: expect.stringContaining('Whether this was taken shows in the channel'),
  });
  expect(await isStored(what.id)).toBe(false);
});
