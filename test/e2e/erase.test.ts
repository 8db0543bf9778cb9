// The whole bot on PostgreSQL: one person asks to erase what another one wrote, a second one agrees, the bot is killed
// before it has taken the words out, and the next one does it. Then no table and no message of the bot holds them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BotProcess, startBotProcess } from '../../sandbox/bot-process.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/server.ts';
import { verifyChain } from '../../src/store/read.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { configuration, PEOPLE } from './configuration.ts';

const SECONDS = 60;
const SECRET = 'patient 4711 of Maple Street';

/** No cluster is needed: nothing of it is asked here. */
const kubeconfig = `
apiVersion: v1
kind: Config
current-context: none
clusters: [{ name: none, cluster: { server: "https://127.0.0.1:9" } }]
users: [{ name: none, user: {} }]
contexts: [{ name: none, context: { cluster: none, user: none } }]
`;

let slack: LocalSlack;
let pool: pg.Pool;
let url: string;
let folder: string;
let bot: BotProcess;
let channel = '';
const closers: (() => unknown)[] = [];

const start = (): Promise<BotProcess> =>
  startBotProcess({
    slack,
    configFile: join(folder, 'handrail.yaml'),
    kubeconfig: join(folder, 'kubeconfig'),
    databaseUrl: url,
    folder,
    logFile: join(folder, 'bot.log'),
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handrail-erase-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  slack = await startLocalSlack({
    people: PEOPLE.map((name) => ({ name })),
    channels: ['incidents'],
    rateLimits: 'off',
  });
  closers.push(() => slack.close());
  const database = await freshDatabase();
  closers.push(() => database.drop());
  url = database.url;
  writeFileSync(join(folder, 'handrail.yaml'), configuration(slack));
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
  bot = await start();
  closers.push(() => bot.stop());
  pool = new pg.Pool({ connectionString: url, max: 3 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  closers.push(() => pool.end());
}, 180_000);
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
}, 60_000);

const as = (who: (typeof PEOPLE)[number]) => slack.as(who);
const seen = <T>(what: string, condition: () => T | Promise<T>) =>
  waitUntil(what, condition, { seconds: SECONDS });
const posted = (words: string) =>
  seen(`a message with “${words}”`, () =>
    as('ana')
      .history(channel)
      .find((one) => JSON.stringify(one).includes(words)),
  );

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const all: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    all.push(...rows.map(({ row }) => row));
  }
  return all.join('\n');
}

it('two people agree, the bot is killed before the words are out, and the next one takes them out', async () => {
  await as('ana').slash('incidents', '/incident', 'start web-api answers 500');
  await as('ana').fill(undefined, { system: 'web-api' });
  expect(await as('ana').submitView()).toMatchObject({ ok: true });
  channel = await seen(
    'the channel',
    () => [...slack.state.channels.values()].find(({ name }) => name.startsWith('inc-1-'))?.id,
  );
  await seen('both are invited', () =>
    (['ana', 'ben'] as const).every((who) => slack.state.channels.get(channel)?.members.has(as(who).user.id)),
  );
  await as('ana').slash(channel, '/incident', `note ${SECRET} cannot log in`);
  await posted(SECRET);
  const { rows } = await pool.query<{ entry: string }>(
    `select body::json ->> 'entry' as entry from incident_events where type = 'note_added'`,
  );
  await as('ana').slash(channel, '/incident', `erase ${rows[0]?.entry} a patient is named`);
  const asked = await posted('hr:erase');

  // Whoever takes the words out waits for this row, so that the kill comes in between.
  const held = await pool.connect();
  await held.query('begin');
  await held.query(`select from incident_events where type = 'note_added' for update`);
  await as('ben').click(channel, String(asked.ts), { action_id: 'hr:erase' });
  await seen('it is agreed', async () => {
    const { rowCount } = await pool.query(`select from incident_events where type = 'entry_erased'`);
    return rowCount === 1;
  });
  await seen('the bot takes them out', async () => {
    const { rowCount } = await pool.query(`select from pg_locks where not granted`);
    return (rowCount ?? 0) > 0;
  });
  bot.child.kill('SIGKILL');
  await bot.ended;
  await held.query('commit');
  held.release();
  expect(await everything()).toContain(SECRET);

  bot = await start();
  await seen('no row holds the words', async () => !(await everything()).includes('4711'));
  await seen(
    'no message of the bot holds them',
    () => !JSON.stringify(as('ana').history(channel)).includes('4711'),
  );
  await posted('An entry was erased (a patient is named), by Ana Example and Ben Example.');
  const chain = await verifyChain(pool, 1);
  expect(chain).not.toHaveProperty('broken');
  expect(chain).toMatchObject({ erased: [{ entry: rows[0]?.entry, pending: false }] });

  await as('ana').slash(channel, '/incident', 'timeline');
  await seen('the timeline says so', () =>
    JSON.stringify(as('ana').ephemerals(channel).at(-1) ?? '').includes('An entry was erased'),
  );
  expect(JSON.stringify(as('ana').ephemerals(channel).at(-1))).not.toContain('4711');
}, 240_000);
