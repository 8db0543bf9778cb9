// The whole bot on PostgreSQL: two people tidy up after an incident, it is closed, and when the time is over until which
// something was kept its owner is asked, from the deadline in the database.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBotProcess } from '../../sandbox/bot-process.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/server.ts';
import type { EventOf, EventType } from '../../src/incidents/events.ts';
import { allEvents } from '../../src/store/read.ts';
import { bellsForBot } from '../support/bells.ts';
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

let slack: LocalSlack;
let pool: pg.Pool;
let channel = '';
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-tidy-up-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  slack = await startLocalSlack({
    people: PEOPLE.map((name) => ({ name })),
    channels: ['incidents'],
    rateLimits: 'off',
  });
  closers.push(() => slack.close());
  const database = await freshDatabase();
  closers.push(() => database.drop());
  writeFileSync(join(folder, 'handrail.yaml'), configuration(slack));
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
  const bells = await bellsForBot();
  const bot = await startBotProcess({
    slack,
    ...(bells.botMain ? { main: bells.botMain } : {}),
    ...(bells.redisUrl ? { redisUrl: bells.redisUrl } : {}),
    configFile: join(folder, 'handrail.yaml'),
    kubeconfig: join(folder, 'kubeconfig'),
    databaseUrl: database.url,
    folder,
    logFile: join(folder, 'bot.log'),
  });
  closers.push(() => bot.stop());
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  closers.push(() => pool.end());
}, 180_000);
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
}, 60_000);

type Who = (typeof PEOPLE)[number];
interface Posted {
  readonly ts: string;
  readonly blocks?: readonly { readonly elements?: readonly { action_id?: string; value?: string }[] }[];
}
const as = (who: Who) => slack.as(who);
const inTime = <T>(what: string, look: () => T | Promise<T>) => waitUntil(what, look, { seconds: SECONDS });
const history = () => as('ana').history(channel) as unknown as Posted[];
const shows = (words: string) =>
  inTime(`“${words}” is shown`, () => JSON.stringify(history()).includes(words));
const told = (who: Who, words: string) =>
  inTime(`${who} reads “${words}”`, () =>
    JSON.stringify(as(who).ephemerals(channel).at(-1) ?? '').includes(words),
  );

async function events<T extends EventType>(type: T): Promise<EventOf<T>['body'][]> {
  const all = await allEvents(pool, 1);
  return all.flatMap((event) => (event.type === type ? [event.body as EventOf<T>['body']] : []));
}

/** The newest button of this kind that speaks of this thing. */
async function press(who: Who, verb: string, looseEnd: string): Promise<void> {
  const found = await inTime(`the button ${verb} of ${looseEnd}`, () => {
    for (const { ts, blocks = [] } of history().toReversed())
      for (const { elements = [] } of blocks)
        for (const { action_id = '', value = '' } of elements)
          if (action_id.startsWith(`hr:${verb}`) && value.includes(looseEnd)) return { ts, action_id };
    return undefined;
  });
  await as(who).click(channel, found.ts, { action_id: found.action_id });
}

async function form(who: Who, field: string, values: Record<string, string>): Promise<void> {
  await inTime(`the form with ${field}`, () =>
    JSON.stringify(as(who).currentView()?.blocks ?? []).includes(`"block_id":"${field}"`),
  );
  await as(who).fill(undefined, values);
  expect(await as(who).submitView()).toMatchObject({ ok: true });
  await as(who)
    .closeView()
    .catch(() => undefined);
}

async function added(who: Who, values: Record<string, string>): Promise<string> {
  const before = (await events('loose_end_opened')).length;
  await as(who).slash(channel, '/incident', 'left add');
  await form(who, 'sensitivity', values);
  const all = await inTime(`${values['title']} is on the list`, async () => {
    const opened = await events('loose_end_opened');
    return opened.length > before ? opened : undefined;
  });
  return all.at(-1)?.id ?? '';
}

let dump = '';
let pod = '';

it('what was left is written down, and the close says what is still there', async () => {
  await as('ana').slash('incidents', '/incident', 'start web-api answers 500');
  await form('ana', 'system', { system: 'web-api' });
  channel = await inTime(
    'the channel',
    () => [...slack.state.channels.values()].find(({ name }) => name.startsWith('inc-1-'))?.id,
  );
  await inTime('ana is invited', () => slack.state.channels.get(channel)?.members.has(as('ana').user.id));
  as('cleo').join(channel);
  dump = await added('ana', { title: 'a dump with names', object: 'laptop', sensitivity: 'personal-data' });
  pod = await added('ana', { title: 'a debug pod', object: 'prod/pod/debug' });
  await added('ana', { title: 'a raised limit', object: 'prod/quota' });
  await as('ana').slash(channel, '/incident', 'resolve');
  await form('ana', 'summary', { summary: 'The pool was made larger.' });
  await shows('INC-1 cannot be closed yet');
  await as('ana').slash(channel, '/incident', 'close');
  await told('ana', 'hr:open-keep-rest');
  await told('ana', 'a dump with names');
  expect(await events('closed')).toEqual([]);
});

it('two people say that a thing is gone, and two keep the personal data', async () => {
  await press('ana', 'open-gone', pod);
  await form('ana', 'says', { says: 'deleted with kubectl' });
  await shows('It is gone: I looked too');
  await press('cleo', 'open-gone', pod);
  await form('cleo', 'says', { says: 'the list of pods has it no more' });
  await inTime('it is gone', async () => (await events('loose_end_settled')).some(({ id }) => id === pod));

  await press('ana', 'open-keep', dump);
  await form('ana', 'until', { reason: 'for the review', until: 'in 2 hours', owner: as('ana').user.id });
  await shows('Agree to keep');
  await press('ana', 'agree-keep', dump);
  await told('ana', 'somebody else has to agree');
  await press('cleo', 'agree-keep', dump);
  const kept = await inTime('it is kept', async () =>
    (await events('loose_end_settled')).find(({ id, state }) => id === dump && state === 'accepted'),
  );
  expect(kept.second?.id).toBe(`slack:${as('cleo').user.id}`);
});

it('the rest is kept in one press, and the incident is closed', async () => {
  await as('ana').slash(channel, '/incident', 'close');
  await press('ana', 'open-keep-rest', '"incident":1');
  await form('ana', 'until', {
    reason: 'with the next release',
    until: 'in 3 days',
    owner: as('ana').user.id,
  });
  await shows('Nothing keeps INC-1 from being closed');
  await as('ana').slash(channel, '/incident', 'close');
  await inTime('it is closed', async () => (await events('closed')).length === 1);
});

it('when its time is over the owner is asked, after the close; kept longer, nobody else is', async () => {
  const due = async (like: string) =>
    (
      await pool.query<{ key: string }>(
        `update lookups set due = now() where kind = 'deadline' and key like $1 and due = (
           select min(due) from lookups where kind = 'deadline' and key like $1) returning key`,
        [like],
      )
    ).rows.map(({ key }) => key);
  expect(await due('1.kept.%')).toMatchObject([expect.stringMatching(/^1\.kept\.\d+\.owner$/)]);
  const [asked] = await inTime('its owner is asked', async () => {
    const reminded = await events('ends_reminded');
    return reminded.length > 0 ? reminded : undefined;
  });
  expect(asked).toMatchObject({ ids: [dump], asks: 'owner' });
  await shows('The time until which this was kept is over.');
  await shows(`<@${as('ana').user.id}>: _a dump with names_`);
  await inTime('the deadline is done, and the next one is there', async () => {
    const { rows } = await pool.query<{ key: string }>(
      `select key from lookups where kind = 'deadline' and key like '1.kept.%' order by due`,
    );
    const [first] = rows;
    return rows.length === 2 && first?.key.endsWith('.channel');
  });

  await shows('Keep (two people)');
  await press('cleo', 'open-keep', dump);
  await form('cleo', 'until', { reason: 'one more day', until: 'tomorrow 10:00', owner: as('cleo').user.id });
  await inTime('somebody waits', async () => (await events('loose_end_keep_asked')).length === 2);
  await press('ana', 'agree-keep', dump);
  // Ana may operate, and not approve.
  await told('ana', 'needs the right to approve');
  await as('ben').slash(channel, '/incident', 'left');
  await press('ben', 'agree-keep', dump);
  await inTime('it is kept', async () =>
    (await events('loose_end_settled')).some(({ id, says }) => id === dump && says === 'one more day'),
  );
  expect(await due('1.kept.%.channel')).toHaveLength(1);
  await inTime('that deadline has come to nothing', async () => {
    const { rows } = await pool.query(`select 1 from lookups where key like '1.kept.%.channel'`);
    return rows.length === 0;
  });
  expect(await events('ends_reminded')).toHaveLength(1);
});
