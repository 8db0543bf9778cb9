// The whole bot on PostgreSQL: a report goes from a draft with gaps to final through two people's hands, and every file
// that was posted is kept as it was.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBotProcess } from '../../sandbox/bot-process.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/server.ts';
import { stampOf } from '../../src/report/finished.ts';
import { lint } from '../../src/report/lint/lint.ts';
import { type KeptReport, keptReports } from '../../src/store/reports.ts';
import { bellsForBot } from '../support/bells.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { read } from '../support/markdown.ts';
import { configuration, PEOPLE } from './configuration.ts';

const SECONDS = 60;

/** No cluster is needed: nothing of it is asked here, and that its snapshot could not be taken holds nothing up. */
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
  const folder = mkdtempSync(join(tmpdir(), 'handrail-report-final-'));
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

const as = (who: (typeof PEOPLE)[number]) => slack.as(who);
type Who = (typeof PEOPLE)[number];
const whisper = (who: Who) => as(who).ephemerals(channel).at(-1);
const told = (who: Who, words: string) =>
  waitUntil(
    `${who} reads “${words}”`,
    () => (JSON.stringify(whisper(who) ?? '').includes(words) ? whisper(who) : undefined),
    {
      seconds: SECONDS,
    },
  );
async function press(who: Who, action: string): Promise<void> {
  const message = await told(who, `"${action}"`);
  await as(who).click(channel, message.ts, { action_id: action });
}
async function form(who: Who, field: string, values: Record<string, string>): Promise<void> {
  await waitUntil(
    `the form with ${field}`,
    () => JSON.stringify(as(who).currentView()?.blocks ?? []).includes(`"block_id":"${field}"`),
    { seconds: SECONDS },
  );
  await as(who).fill(undefined, values);
  expect(await as(who).submitView()).toMatchObject({ ok: true });
}
const copies = (): Promise<readonly KeptReport[]> => keptReports(pool, 1);
const files = (): string[] =>
  [...slack.state.files.values()].flatMap(({ name, complete, content }) =>
    complete && name.endsWith('.md') ? [content?.toString('utf8') ?? ''] : [],
  );

it('declare, resolve: a draft is posted and kept as it was posted', async () => {
  await as('ana').slash('incidents', '/incident', 'start web-api answers 500');
  await form('ana', 'system', { system: 'web-api' });
  channel = await waitUntil(
    'the channel',
    () => [...slack.state.channels.values()].find(({ name }) => name.startsWith('inc-1-'))?.id,
    { seconds: SECONDS },
  );
  await as('ana')
    .closeView()
    .catch(() => undefined);
  as('dave').join(channel);
  await waitUntil('ana is invited', () => slack.state.channels.get(channel)?.members.has(as('ana').user.id), {
    seconds: SECONDS,
  });
  for (const milestone of ['detected', 'acknowledged', 'fixed'])
    await as('ana').slash(channel, '/incident', `milestone ${milestone} now`);
  await waitUntil(
    'the milestones are set',
    async () => {
      const { rowCount } = await pool.query("select from incident_events where type = 'milestone_set'");
      return rowCount === 3;
    },
    { seconds: SECONDS },
  );
  await as('ana').slash(channel, '/incident', 'resolve');
  await form('ana', 'summary', { summary: 'The pool was made larger.' });
  await waitUntil('the draft is posted', () => files().length === 1, { seconds: SECONDS });
  const [kept] = await copies();
  expect(kept).toMatchObject({ status: 'draft', profile: 'default', text: files()[0] });
  expect(stampOf(files()[0] ?? '')).toMatchObject({ incident: 1, version: kept?.version, hash: kept?.hash });
});

it('is not final while something is missing, or while a section holds a secret: the line is named', async () => {
  await as('ana').slash(channel, '/incident', 'report');
  await press('ana', 'hr:report-status:0');
  await told('ana', 'in review');
  await press('ana', 'hr:report-status:1');
  await told('ana', 'Not final yet');

  await press('ana', 'hr:open-section:0');
  await form('ana', 'text', {
    text: 'Watch the pool.\nThe app used postgres://app:hunter2hunter2@db/web then.',
  });
  await told('ana', 'is written');
  await press('ana', 'hr:report-review');
  await told('ana', 'holds a secret or personal data');
  expect(JSON.stringify(whisper('ana'))).toMatch(/line \d+: This line holds a secret/);
  await press('ana', 'hr:report-status:1');
  await told('ana', 'Not final yet');
  await press('ana', 'hr:open-section:0');
  await form('ana', 'text', { text: 'Watch the pool.' });
  await told('ana', 'is written');
});

it('another person writes the rest, and the first one makes it final', async () => {
  const owner = `<@${as('ben').user.id}|ben>`;
  const typed = `follow-up Alert on connections ${owner} by 2031-01-31 <https://t.example/1>`;
  await as('dave').slash(channel, '/incident', typed);
  await told('dave', 'Friday 2031-01-31');
  await as('dave').slash(channel, '/incident', 'report');
  await told('dave', 'Nothing keeps it from being final');
  await press('dave', 'hr:report-status:1');
  await told('dave', 'right to operate');
  await press('ana', 'hr:report-review');
  await told('ana', 'Nothing keeps it from being final');
  await press('ana', 'hr:report-status:1');
  await told('ana', 'Report of INC-1: final');
  await waitUntil('the final file is posted', () => files().length === 2, { seconds: SECONDS });
  const final = files().at(-1) ?? '';
  expect(final).toMatch(/Report status \| final/);
  expect(final).not.toContain('hunter2');
  expect(read(final).problems).toEqual([]);
  expect(lint(final).filter(({ level }) => level === 'error')).toEqual([]);
  const kept = await copies();
  expect(kept.map(({ status }) => status)).toEqual(['draft', 'final']);
  expect(kept.at(-1)?.text).toBe(final);
  expect(JSON.stringify(as('ana').history(channel))).toContain('Final report of INC-1');
});
