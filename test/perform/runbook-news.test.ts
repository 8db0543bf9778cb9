// Two bots over one database and the local Slack, and runbooks in a real git checkout: a file that changes in mid-run is
// told once in the channel, the run goes on with its own steps, the next one begins with the new file.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hands, handsOf, type Seen, wordsOf } from '../../sandbox/responder/hands.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/server.ts';
import { type Bot, startBot } from '../../src/bot.ts';
import { loadConfig } from '../../src/config/config.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { waitUntil as waitLong } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';

const waitUntil: typeof waitLong = (what, condition) => waitLong(what, condition, { seconds: 20 });
const git = spawnSync('git', ['--version']).status === 0;
if (!git) console.warn('skipped: git is not here (apt-get install git)');

const runbook = (question: string) => `apiVersion: runbook/v1
id: which-way
title: Which way out?
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: way
    kind: ask
    title: ${question}
    choices: [{ id: left, label: Left, reason: optional }, { id: right, label: Right, reason: optional }]
  - id: sure
    kind: ask
    title: ${question} Sure?
    choices: [{ id: left, label: Left, reason: optional }, { id: right, label: Right, reason: optional }]
`;

describe.runIf(git)('a runbook that changes in mid-run', () => {
  let root: string;
  let file: string;
  let slack: LocalSlack;
  let database: { url: string; drop(): Promise<void> };
  let ana: Hands;
  let bots: Bot[];
  let channel: string;
  const bugs: Error[] = [];
  const run = (...args: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      encoding: 'utf8',
    }).trim();
  /** The commit is there before the file changes, as where somebody else's work is checked out. */
  const commit = (text: string): string => {
    const blob = execFileSync('git', ['-C', root, 'hash-object', '-w', '--stdin'], { input: text });
    run('update-index', '--add', '--cacheinfo', `100644,${blob.toString().trim()},runbooks/which-way.yaml`);
    run('commit', '-q', '-m', 'x');
    writeFileSync(file, text);
    return run('log', '-1', '--format=%h');
  };
  const start = async (): Promise<Bot> => {
    const env = {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      DATABASE_URL: database.url,
      HANDRAIL_CONFIG: join(root, 'handrail.yaml'),
      HANDRAIL_HOME: mkdtempSync(join(root, 'home-')),
      KUBECONFIG: join(root, 'kubeconfig'),
      PORT: '0',
    };
    const { config, problems } = await loadConfig({ env, args: [], folder: root });
    if (!config) throw new Error(JSON.stringify(problems));
    const bot = await startBot({
      config,
      log: pino({ level: 'silent' }),
      warn: () => undefined,
      times: { runbooksMs: 50, sweepMs: 200 },
    });
    bots.push(bot);
    return bot;
  };
  const seen = () => ana.actor.history(channel) as unknown as Seen[];
  const told = () => seen().filter((one) => one.text.includes('A newer version of which-way exists'));
  const messageOf = (number: number): string => {
    const found = seen().find((one) => wordsOf(one).includes(`Run ${number}:`));
    return found ? wordsOf(found) : '';
  };
  const events = () => bots[0]?.handrail.store.events(1) ?? Promise.resolve([]);
  const newerIsKnown = (title: string) =>
    waitUntil('every bot offers the new file', () =>
      bots.every((bot) => bot.handrail.runbooks().get('which-way')?.runbook.steps[0]?.title === title),
    );
  const startRun = async () => {
    await ana.command(channel, 'run which-way');
    await ana.form(/Run a runbook/, {});
  };

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'news-'));
    mkdirSync(join(root, 'runbooks'));
    file = join(root, 'runbooks', 'which-way.yaml');
    writeFileSync(join(root, 'kubeconfig'), 'apiVersion: v1\nkind: Config\n');
    run('init', '-q');
    bots = [];
    slack = await startLocalSlack({
      people: [{ name: 'ana' }],
      channels: ['incidents'],
      rateLimits: 'off',
      onBug: (error) => bugs.push(error),
    });
    writeFileSync(
      join(root, 'handrail.yaml'),
      `organisation: Example\nzone: UTC\naccess: { groups: { all: ["slack:${slack.as('ana').user.id}"] }, everywhere: { observe: [everyone], operate: ["group:all"] } }\n`,
    );
    database = await freshDatabase();
    ana = handsOf(slack, 'ana', 20_000);
  }, 60_000);
  afterAll(async () => {
    for (const bot of bots) await bot.stop();
    await slack?.close();
    await database?.drop();
    rmSync(root, { recursive: true, force: true });
  }, 30_000);

  let first = '';
  let second = '';

  it('pins a run to the revision of its file', async () => {
    first = commit(runbook('Which way?'));
    await start();
    await start();
    await waitUntil('the revision is known', () =>
      bots.every((bot) => bot.handrail.runbooks().get('which-way')?.revision === first),
    );
    await ana.command('incidents', 'start the lift stands still');
    await ana.form(/Declare/, {});
    channel = await waitUntil('the channel is open', async () => {
      const opened = (await events()).find((event) => event.type === 'channel_opened');
      return opened?.type === 'channel_opened' ? opened.body.channel : undefined;
    });
    // It is posted after everybody was invited.
    await ana.read(channel, /\*Runbook\* none open/);
    await startRun();
    await ana.read(channel, /Which way\?/);
    await waitUntil('the run is drawn', () => messageOf(1).includes(`which-way @ ${first}`));
    await ana.read(channel, new RegExp(`\\*Runbook\\* .*which-way @ ${first}`));
  });

  it('tells the change once, with both revisions, whoever sees it', async () => {
    second = commit(runbook('Which way now?'));
    await newerIsKnown('Which way now?');
    await waitUntil('the header says it', () => messageOf(1).includes(`(${first} → ${second})`));
    await waitUntil('it is told', () => told().length > 0);
    expect(told().map(({ text }) => text)).toEqual([
      `:page_facing_up: A newer version of which-way exists (${first} → ${second}). Run 1 goes on with the one it began with.`,
    ]);
  });

  it('is not swapped in: the run asks what it would have asked', async () => {
    await ana.press(channel, /Left/, { words: /Which way\?/ });
    await ana.read(channel, /Which way\? Sure\?/);
    expect(messageOf(1)).not.toContain('Which way now?');
  });

  it('is what the next run begins with', async () => {
    await startRun();
    await waitUntil('the second run is drawn', () => messageOf(2).includes(`which-way @ ${second}`));
    await ana.read(channel, /Which way now\?/);
    expect(messageOf(2)).not.toContain('newer version');
  });

  it('is told again by nobody: not at the next looks, not by a bot that starts', async () => {
    await bots.pop()?.stop();
    await start();
    const third = commit(runbook('Which way at last?'));
    await newerIsKnown('Which way at last?');
    await waitUntil('both runs heard of the third', () => told().length >= 3);
    await waitUntil('the headers name it', () => [1, 2].every((n) => messageOf(n).includes(`→ ${third})`)));
    expect(told().map(({ text }) => /\((.*)\)/.exec(text)?.[1])).toEqual([
      `${first} → ${second}`,
      `${first} → ${third}`,
      `${second} → ${third}`,
    ]);
    const lines = timeline(await events()).filter(({ text }) => text.startsWith('A newer version'));
    expect(lines).toHaveLength(3);
  });

  it('that breaks is named beside the version that stays offered, and one that goes back leaves no mark', async () => {
    writeFileSync(file, runbook('Which way?').replace('kind: ask', 'kind: aks'));
    const words = 'which-way does not load as it is now; the version before is offered';
    const form = () => JSON.stringify(ana.actor.currentView() ?? {});
    await waitUntil('the form says it', async () => {
      await ana.command(channel, 'run');
      await slack.until(() => form().includes('Run a runbook'), 20_000);
      const there = form().includes(words);
      await ana.actor.closeView(undefined, { all: true });
      return there;
    });
    expect(bots.map((bot) => bot.handrail.runbooks().get('which-way')?.runbook.steps[0]?.title)).toEqual([
      'Which way at last?',
      'Which way at last?',
    ]);
    const before = told().length;
    run('checkout', '-q', first, '--', 'runbooks');
    await newerIsKnown('Which way?');
    await waitUntil('the mark is gone', () => messageOf(1) !== '' && !messageOf(1).includes('newer version'));
    await waitUntil('run 2 heard of it', () => told().length > before);
    expect(told()).toHaveLength(before + 1);
    expect(bugs).toEqual([]);
  });
});
