// The whole bot on PostgreSQL with the local Slack: what people share on the timeline is kept byte for byte, privately;
// what cannot be kept is said once; two bots fetch once, a killed one is taken over, and erasing takes the bytes out.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BotProcess, startBotProcess } from '../../sandbox/bot-process.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/server.ts';
import { timelineHere } from '../../src/cli/timeline.ts';
import { verifyChain } from '../../src/store/read.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { configuration, PEOPLE } from './configuration.ts';

const SECONDS = 60;
/** No cluster is needed: nothing of it is asked here. */
const kubeconfig = `
apiVersion: v1
kind: Config
current-context: none
clusters: [{ name: none, cluster: { server: "https://127.0.0.1:9" } }]
users: [{ name: none, user: {} }]
contexts: [{ name: none, context: { cluster: none, user: none } }]
`;
/** Whatever bytes: zeros, quotes, more than one chunk. */
const picture = (size: number): Buffer => Buffer.concat([Buffer.from('\x89PNG\0"\''), randomBytes(size)]);
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

let slack: LocalSlack;
let pool: pg.Pool;
let url: string;
let folder: string;
const bots: BotProcess[] = [];
let channel = '';
const closers: (() => unknown)[] = [];

async function startBot(): Promise<BotProcess> {
  const bot = await startBotProcess({
    slack,
    main: fileURLToPath(new URL('../support/bot-with-short-leases.ts', import.meta.url)),
    configFile: join(folder, 'handrail.yaml'),
    kubeconfig: join(folder, 'kubeconfig'),
    databaseUrl: url,
    folder,
    logFile: join(folder, 'bot.log'),
  });
  bots.push(bot);
  closers.push(() => bot.stop());
  return bot;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handrail-files-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  slack = await startLocalSlack({
    people: PEOPLE.map((name) => ({ name })),
    channels: ['incidents'],
    rateLimits: 'off',
    shortcuts: [{ type: 'message', callbackId: 'handrail-keep-message', name: 'Put on the timeline' }],
  });
  closers.push(() => slack.close());
  const database = await freshDatabase();
  closers.push(() => database.drop());
  url = database.url;
  writeFileSync(join(folder, 'handrail.yaml'), configuration(slack));
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
  await startBot();
  pool = new pg.Pool({ connectionString: url, max: 3 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  closers.push(() => pool.end());
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
}, 180_000);
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
}, 60_000);

const as = (who: (typeof PEOPLE)[number]) => slack.as(who);
const seen = <T>(what: string, condition: () => T | Promise<T>) =>
  waitUntil(what, condition, { seconds: SECONDS });
const spoken = (words: string): number =>
  as('ana')
    .history(channel)
    .filter((one) => JSON.stringify(one).includes(words)).length;
const bodiesOf = async (type: string, name: string): Promise<Record<string, unknown>[]> => {
  const { rows } = await pool.query<{ body: string }>(
    'select body from incident_events where type = $1 order by version',
    [type],
  );
  return rows.map(({ body }) => JSON.parse(body)).filter((body) => body.name === name);
};
const kept = (name: string) =>
  seen(`${name} is kept`, async () => (await bodiesOf('file_kept', name)).at(-1));
const refused = (name: string) =>
  seen(`${name} is not kept`, async () => (await bodiesOf('file_not_kept', name)).at(-1));
const bytesOf = async (name: string): Promise<Buffer[]> => {
  const { rows } = await pool.query<{ content: Buffer }>(
    'select content from files where name = $1 and content is not null',
    [name],
  );
  return rows.map(({ content }) => content);
};
const infos = (): number => slack.log.calls.filter(({ method }) => method === 'files.info').length;

function pinned(
  name: string,
  content: Buffer,
  more: { text?: string; claimedAddress?: string } = {},
): string {
  const ts = as('ana').upload(channel, { name, content, ...more });
  as('ben').react(channel, ts, 'pushpin');
  return ts;
}

async function timeline(...more: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await timelineHere({
    env: { DATABASE_URL: url, HANDRAIL_HOME: folder },
    folder,
    stdin: async () => new Uint8Array(),
    print: (text) => out.push(text),
    warn: (text) => err.push(text),
    names: ['INC-1'],
    values: more[0] ? { files: more[0] } : {},
  });
  return { code, out, err };
}

it('keeps a picture byte for byte, by pushpin and by shortcut, and never makes it public', async () => {
  const content = picture(300_000);
  pinned('disk.png', content, { text: 'look at this' });
  expect(await kept('disk.png')).toMatchObject({
    bytes: content.length,
    sha256: sha256(content),
    mimetype: 'image/png',
  });
  expect(await bytesOf('disk.png')).toEqual([content]);

  const other = picture(10);
  const ts = as('ben').upload(channel, { name: 'graph.png', content: other });
  await as('ana').messageShortcut('handrail-keep-message', channel, ts);
  await kept('graph.png');
  expect(await bytesOf('graph.png')).toEqual([other]);
  await as('ana')
    .closeView(undefined, { all: true })
    .catch(() => undefined);

  expect(slack.log.calls.filter(({ method }) => /public/i.test(method))).toEqual([]);
  expect([...slack.state.files.values()].map(({ channels }) => channels)).toEqual([[channel], [channel]]);
  const { out } = await timeline();
  expect(out.join('\n')).toContain(`(kept: disk.png, 300 kB, sha256 ${sha256(content).slice(0, 12)})`);
}, 120_000);

it('a file that goes from its message stays kept', async () => {
  const content = picture(40);
  const ts = pinned('gone.png', content);
  await kept('gone.png');
  as('ana').delete(channel, ts);
  await seen('the deletion is followed', async () => {
    const { rowCount } = await pool.query(
      `select from incident_events where type = 'entry_corrected' and body like '%deleted in Slack%'`,
    );
    return (rowCount ?? 0) > 0;
  });
  expect(await bytesOf('gone.png')).toEqual([content]);
}, 120_000);

it('a sign-in page is no file, and that is said once', async () => {
  slack.faults.signedOutOfFiles(true);
  pinned('secret.png', picture(50));
  expect(await refused('secret.png')).toMatchObject({ says: expect.stringContaining('sign-in page') });
  await seen('it is said', () => spoken('The file secret.png could not be kept: ') === 1);
  slack.faults.signedOutOfFiles(false);
  const content = picture(60);
  pinned('after.png', content);
  await kept('after.png');
  expect(spoken('The file secret.png could not be kept: ')).toBe(1);
  expect(await bodiesOf('file_not_kept', 'secret.png')).toHaveLength(1);
  expect(await bytesOf('secret.png')).toEqual([]);
  const { out } = await timeline();
  expect(out.join('\n')).toContain('(not kept: secret.png: ');
}, 120_000);

it('what is too large is named, and not fetched', async () => {
  pinned('all.dump', Buffer.alloc(10_000_001));
  expect(await refused('all.dump')).toMatchObject({ says: expect.stringContaining('10.0 MB') });
  expect(await bytesOf('all.dump')).toEqual([]);
  const most = Buffer.alloc(10_000_000, 7);
  pinned('just.dump', most);
  await kept('just.dump');
  expect((await bytesOf('just.dump'))[0]?.equals(most)).toBe(true);
}, 120_000);

it('sends its token to no other host, whatever a file says of itself', async () => {
  const asked: string[] = [];
  const elsewhere = createServer((request, response) => {
    asked.push(String(request.headers.authorization));
    response.end('x');
  });
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
  closers.push(() => elsewhere.close());
  const { port } = elsewhere.address() as AddressInfo;
  pinned('lure.png', picture(1), { claimedAddress: `http://127.0.0.1:${port}/files-pri/T1-F1/lure.png` });
  expect(await refused('lure.png')).toMatchObject({
    says: expect.stringContaining('nothing is fetched from anywhere else'),
  });
  expect(asked).toEqual([]);
}, 120_000);

it('a bot that is killed while it fetches is taken over, and two bots keep it once', async () => {
  slack.faults.slow('files.info', 600_000);
  const content = picture(70_000);
  pinned('killed.png', content);
  const [first] = bots;
  await seen('the bot fetches it', async () => {
    const { rowCount } = await pool.query(
      `select from files where name = 'killed.png' and worker is not null`,
    );
    return rowCount === 1 && infos() > 0;
  });
  first?.child.kill('SIGKILL');
  await first?.ended;
  slack.faults.slow('files.info', 0);
  expect(await bytesOf('killed.png')).toEqual([]);
  await Promise.all([startBot(), startBot()]);
  await kept('killed.png');
  expect(await bytesOf('killed.png')).toEqual([content]);

  const before = infos();
  const many = Array.from({ length: 8 }, (_, index) => ({
    name: `many-${index}.png`,
    content: picture(index),
  }));
  for (const { name, content: one } of many) pinned(name, one);
  for (const { name } of many) await kept(name);
  for (const { name, content: one } of many) {
    expect(await bodiesOf('file_kept', name)).toHaveLength(1);
    expect(await bytesOf(name)).toEqual([one]);
  }
  expect(infos() - before).toBe(many.length);
}, 180_000);

it('the terminal writes them into a folder, for their owner only', async () => {
  const one = picture(11);
  const two = picture(22);
  pinned('../same.png', one);
  await kept('../same.png');
  pinned('../same.png', two);
  await seen('both are kept', async () => (await bytesOf('../same.png')).length === 2);
  await seen('both are told', async () => (await bodiesOf('file_kept', '../same.png')).length === 2);
  const to = join(folder, 'kept');
  const { code, err } = await timeline(to);
  expect({ code, err }).toEqual({ code: 0, err: [expect.stringMatching(/files in /)] });
  const names = readdirSync(to);
  expect(names).toEqual(expect.arrayContaining(['disk.png', '_same.png', '_same-2.png']));
  expect(readFileSync(join(to, '_same.png')).equals(one)).toBe(true);
  expect(readFileSync(join(to, '_same-2.png')).equals(two)).toBe(true);
  for (const name of names) expect(statSync(join(to, name)).mode & 0o777).toBe(0o600);
  // Once more: what is there stays as it is.
  await timeline(to);
  expect(readdirSync(to).toSorted()).toEqual(names.toSorted());

  await pool.query(`update files set content = 'other' where name = 'disk.png'`);
  const changed = await timeline(join(folder, 'changed'));
  expect(changed.code).toBe(1);
  expect(changed.err.join('\n')).toContain('disk.png is not as it was kept');
}, 120_000);

it('erasing an entry takes the bytes out, and no table has them or its name any more', async () => {
  const mark = 'patient-4711-of-maple-street';
  const content = Buffer.from(`${mark} in plain bytes`);
  pinned(`${mark}.txt`, content);
  await kept(`${mark}.txt`);
  const { rows } = await pool.query<{ entry: string }>('select entry from files where name = $1', [
    `${mark}.txt`,
  ]);
  expect(await everything()).toContain(content.toString('hex'));
  await as('ana').slash(channel, '/incident', `erase ${rows[0]?.entry} a patient is named`);
  const asked = await seen('the question', () =>
    as('ana')
      .history(channel)
      .find((one) => JSON.stringify(one).includes('hr:erase')),
  );
  await as('ben').click(channel, String(asked.ts), { action_id: 'hr:erase' });
  await seen('nothing is left', async () => {
    const all = await everything();
    return (
      !all.includes(content.toString('hex')) &&
      !all.includes('patient-4711') &&
      !all.includes(sha256(content))
    );
  });
  const chain = await verifyChain(pool, 1);
  expect(chain).not.toHaveProperty('broken');
  expect(chain).toMatchObject({ erased: [{ entry: rows[0]?.entry, pending: false }] });
  // It is not fetched again, although it is still in Slack.
  const content2 = picture(5);
  pinned('next.png', content2);
  await kept('next.png');
  expect(await everything()).not.toContain('patient-4711');
}, 120_000);

/** Every row of every table, as text; bytes in hex. */
async function everything(): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const all: string[] = [];
  for (const { name } of tables) {
    // The large ones are zeros and sevens, and known.
    const where = name.endsWith('.files') ? 'where coalesce(t.bytes, 0) < 1000000' : '';
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t ${where}`);
    all.push(...rows.map(({ row }) => row));
  }
  return all.join('\n');
}
