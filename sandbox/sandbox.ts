/** The whole sandbox: a local Slack, a stand-in cluster in trouble, a real PostgreSQL and the bot as its own process. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { shortcuts } from '../src/slack/ids.ts';
import { startEmbedded } from '../src/store/embedded/start.ts';
import { type BotProcess, startBotProcess } from './bot-process.ts';
import { configurationOf, type SandboxPerson } from './configuration.ts';
import type { PlayedWorld, Scenario, WorldPlan } from './scenarios/scenario.ts';
import { type LocalSlack, startLocalSlack } from './slack/server.ts';

/** Who works in the sandbox; `platform` has access to the cluster and does by hand what no runbook does. */
export const CAST = [
  { key: 'ana', name: 'Ana Ferreira', role: 'lead' },
  { key: 'ben', name: 'Ben Osei', role: 'second' },
  { key: 'cleo', name: 'Cleo Lindqvist', role: 'database owner' },
  { key: 'platform', name: 'Pia Moreau (platform team)', role: 'platform' },
  { key: 'guest', name: 'Gus Tanaka', role: 'looks on, may only write notes' },
] as const;

export interface Sandbox<P extends WorldPlan = WorldPlan> {
  readonly slack: LocalSlack;
  readonly world: PlayedWorld<P>;
  readonly plan: P;
  readonly folder: string;
  readonly logFile: string;
  readonly databaseUrl: string;
  bot: BotProcess;
  /** Starts the bot again after it was ended, as a service manager would. */
  restartBot(): Promise<void>;
  close(): Promise<void>;
}

export interface SandboxOptions<P extends WorldPlan> {
  readonly scenario: Scenario<P>;
  readonly seed: number;
  readonly profile: string;
  /** Of the page; 0 takes a free one. */
  readonly port: number;
  /** Folder in which the embedded PostgreSQL keeps its data between starts. */
  readonly home: string;
  readonly zone: string;
  readonly mode?: 'socket' | 'http';
  /** How long a container takes to start or stop, in ms. */
  readonly stepMs?: number;
  readonly redisUrl?: string;
  /** Of the local Slack; `posting`, the default, is what people meet. */
  readonly rateLimits?: 'off' | 'posting' | 'all';
  /** The folder of the runbooks, instead of the project's. */
  readonly runbooks?: string;
  /** The file that runs the bot, instead of `src/main.ts`. */
  readonly botMain?: string;
  /** An existing server for all databases, instead of an embedded one of its own. */
  readonly server?: { url: string; version: string };
  readonly say: (line: string) => void;
}

export async function openSandbox<P extends WorldPlan>(options: SandboxOptions<P>): Promise<Sandbox<P>> {
  const { scenario, seed, say } = options;
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const one of closers.toReversed()) await one();
  };
  try {
    const folder = mkdtempSync(join(tmpdir(), 'handrail-sandbox-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const plan = scenario.plan(seed);
    let { server } = options;
    if (!server) {
      const embedded = await startEmbedded({ home: join(options.home, 'postgres'), log: () => undefined });
      closers.push(() => embedded.stop());
      server = embedded;
    }
    const { url } = server;
    const shared = server;
    const database = await ownDatabase(url);
    closers.push(() => database.drop());
    const slack = await startLocalSlack({
      port: options.port,
      ...(options.rateLimits ? { rateLimits: options.rateLimits } : {}),
      people: CAST.map(({ key, name }) => ({ name: key, realName: name, timeZone: options.zone })),
      channels: ['incidents', 'platform-help', 'service-status'],
      shortcuts: [
        { type: 'message', callbackId: shortcuts.keepMessage, name: 'Put on the timeline' },
        { type: 'message', callbackId: shortcuts.declare, name: 'Declare an incident' },
        { type: 'global', callbackId: shortcuts.declare, name: 'Declare an incident' },
      ],
    });
    closers.push(() => slack.close());
    const world = await scenario.open(plan, {
      server: async () => shared,
      ...(options.stepMs === undefined ? {} : { stepMs: options.stepMs }),
    });
    closers.push(() => world.close());
    const people: SandboxPerson[] = CAST.map(({ key, name }) => ({
      key,
      name,
      slack: slack.as(key).user.id,
    }));
    const configFile = join(folder, 'handrail.yaml');
    const kubeconfig = join(folder, 'kubeconfig');
    const text = configurationOf({
      catalog: scenario.catalog(plan),
      people,
      responders: ['ana', 'ben', 'cleo'],
      approvers: ['ben', 'cleo'],
      zone: options.zone,
      profile: options.profile,
      runbooks: options.runbooks ?? fileURLToPath(new URL('../runbooks', import.meta.url)),
    });
    writeFileSync(configFile, text);
    writeFileSync(kubeconfig, world.cluster.kubeconfig, { mode: 0o600 });
    mkdirSync(options.home, { recursive: true });
    const logFile = join(options.home, 'bot.log');
    writeFileSync(logFile, '');
    say('Starting the bot …');
    const start = () =>
      startBotProcess({
        slack,
        mode: options.mode ?? 'socket',
        ...(options.botMain ? { main: options.botMain } : {}),
        configFile,
        kubeconfig,
        databaseUrl: database.url,
        ...(options.redisUrl ? { redisUrl: options.redisUrl } : {}),
        folder,
        logFile,
      });
    const sandbox: Sandbox<P> = {
      slack,
      world,
      plan,
      folder,
      logFile,
      databaseUrl: database.url,
      bot: await start(),
      async restartBot() {
        await sandbox.bot.stop();
        sandbox.bot = await start();
      },
      async close() {
        await close();
      },
    };
    closers.push(() => sandbox.bot.stop());
    return sandbox;
  } catch (error) {
    await close();
    throw error;
  }
}

/** A database for this start alone; those of starts that were killed are removed. */
async function ownDatabase(url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `bot_${process.pid}_${randomBytes(4).toString('hex')}`;
  const asAdmin = async (work: (client: pg.Client) => Promise<unknown>) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  };
  await asAdmin(async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database d where datname ~ '^bot_\\d+_[0-9a-f]{8}$'
       and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
    );
    for (const { datname } of rows) {
      const pid = Number(datname.split('_')[1]);
      if (!isAlive(pid)) await client.query(`drop database if exists ${datname}`);
    }
    await client.query(`create database ${name}`);
  });
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    drop: () => asAdmin((client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
