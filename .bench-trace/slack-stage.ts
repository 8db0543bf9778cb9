/** A local Slack in this process with one app connected to it: Handrail, or the bare Bolt app. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { stringify } from 'yaml';
import { type Actor, type LocalSlack, startLocalSlack } from '../sandbox/slack/server.ts';
import { doorOver } from './door.ts';
import { type Started, start } from './process.ts';

export type Mode = 'socket' | 'http';

export interface SlackStage {
  readonly slack: LocalSlack;
  readonly app: Started;
  /** Works in every incident's channel. */
  readonly ana: Actor;
  /** Types `/incident note` into a channel and waits for the acknowledgement. @throws when it was not one */
  note(channel: string): Promise<void>;
  stop(): Promise<void>;
}

function slackFor(mode: Mode, rateLimits: 'off' | 'posting'): Promise<LocalSlack> {
  return startLocalSlack({
    people: [
      { name: 'ana', realName: 'Ana Ferreira' },
      { name: 'ben', realName: 'Ben Osei' },
    ],
    channels: ['notes'],
    rateLimits,
    // Slack itself gives up after three seconds; here a late answer is a figure.
    ackTimeoutMs: 30_000,
    ...(mode === 'http' ? { delivery: { http: 'http://127.0.0.1:1/' } } : {}),
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** What an app needs to know to reach this Slack and to be reached by it. */
async function environment(slack: LocalSlack, mode: Mode): Promise<Record<string, string>> {
  const both = { SLACK_BOT_TOKEN: slack.botToken, SLACK_API_URL: slack.apiUrl };
  if (mode === 'socket') return { ...both, SLACK_APP_TOKEN: slack.appToken, PORT: '0' };
  const port = await freePort();
  slack.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
  return { ...both, SLACK_SIGNING_SECRET: slack.signingSecret, PORT: String(port) };
}

function stageOf(slack: LocalSlack, app: Started): SlackStage {
  const ana = slack.as('ana');
  let number = 0;
  return {
    slack,
    app,
    ana,
    async note(channel) {
      number += 1;
      const outcome = await ana.slash(
        channel,
        '/incident',
        `note pods are on new nodes, look number ${number}`,
      );
      if (!outcome.ok) throw new Error(outcome.text ?? 'no acknowledgement');
    },
    async stop() {
      await app.stop();
      await slack.close();
    },
  };
}

/** The bare app over a database. */
export async function bareStage(folder: string, mode: Mode, databaseUrl: string): Promise<SlackStage> {
  const slack = await slackFor(mode, 'posting');
  const env = { ...(await environment(slack, mode)), DATABASE_URL: databaseUrl };
  const program = fileURLToPath(new URL('bare-bolt.ts', import.meta.url));
  return stageOf(slack, await start([program], { cwd: folder, env }));
}

export interface BotWish {
  readonly mode: Mode;
  /** Without it Handrail starts its own database below `folder`. */
  readonly databaseUrl?: string;
  readonly rateLimits?: 'off' | 'posting';
}

/** Handrail as in production: its own process, a handrail.yaml, tokens in its environment. */
export async function botStage(folder: string, wish: BotWish): Promise<SlackStage> {
  const slack = await slackFor(wish.mode, wish.rateLimits ?? 'posting');
  mkdirSync(folder, { recursive: true });
  const configuration = join(folder, 'handrail.yaml');
  const id = (name: string) => slack.as(name).user.id;
  writeFileSync(
    configuration,
    stringify({
      organisation: 'Example Ministry',
      zone: 'Europe/Prague',
      slack: { invite: ['group:responders'] },
      runbooks: { folder: fileURLToPath(new URL('../runbooks', import.meta.url)) },
      people: {
        ana: { name: 'Ana Ferreira', slack: id('ana') },
        ben: { name: 'Ben Osei', slack: id('ben') },
      },
      access: {
        groups: { responders: ['ana', 'ben'] },
        everywhere: { observe: ['everyone'], operate: ['group:responders'], approve: ['group:responders'] },
      },
    }),
  );
  const env = {
    ...(await environment(slack, wish.mode)),
    HANDRAIL_CONFIG: configuration,
    HANDRAIL_HOME: folder,
    LOG_LEVEL: 'warn',
    ...(wish.databaseUrl ? { DATABASE_URL: wish.databaseUrl } : {}),
  };
  const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  return stageOf(slack, await start([program], { cwd: folder, env }));
}

export interface OpenIncident {
  readonly number: number;
  readonly channel: string;
}

/** Incidents with their channels, opened by the bot; Ana is in each. */
export async function openIncidents(
  pool: pg.Pool,
  { slack, ana }: SlackStage,
  count: number,
): Promise<OpenIncident[]> {
  const door = doorOver(pool);
  const numbers: number[] = [];
  for (let n = 0; n < count; n += 1) numbers.push(await door.declare());
  const opened: OpenIncident[] = [];
  for (const number of numbers) {
    const channel = await slack.until(
      () => [...slack.state.channels.values()].find(({ name }) => name.startsWith(`inc-${number}-`)),
      60_000,
    );
    await untilRow(pool, `select from lookups where kind = 'channel' and key = '${channel.id}'`);
    ana.join(channel.id);
    opened.push({ number, channel: channel.id });
  }
  await nothingToShow(pool);
  return opened;
}

/** Resolves when the bot has shown in Slack all that there was to show. */
export function nothingToShow(pool: pg.Pool): Promise<void> {
  return untilRow(pool, 'select where not exists (select from effects where done_at is null)');
}

async function untilRow(pool: pg.Pool, query: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while ((await pool.query(query)).rowCount === 0) {
    if (performance.now() > deadline) throw new Error(`waited a minute for: ${query}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A pool of this process on a database under measurement. */
export function poolOn(url: string, max = 4): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max });
  // The server may end a session that is just closing.
  pool.on('error', () => undefined);
  return pool;
}
