// The bot as a process of its own, started as in production: `src/main.ts` with an environment and a configuration
// file, over the queue of its vitest project.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalSlack } from '../../sandbox/slack/server.ts';
import { bellsForBot } from './bells.ts';
import { freePorts } from './control-plane/ports.ts';
import { inProject } from './terminal-world.ts';

export interface BotProcess {
  readonly pid: number;
  /** Of the health page, or of Slack's requests in HTTP mode. */
  readonly port: number;
  readonly redisUrl?: string;
  /** Its log so far, one JSON object a line. */
  log(): string;
  /** Lines of the log from level warn on, and whatever is no line of the log. */
  complaints(): string[];
  /** SIGTERM; gives the exit code. May be called twice. */
  stop(): Promise<number | null>;
}

export interface BotWish {
  readonly slack: LocalSlack;
  readonly mode: 'socket' | 'http';
  /** Text of handrail.yaml. */
  readonly configuration: string;
  readonly databaseUrl: string;
  readonly kubeconfig: string;
  /** Beside what every bot has: the passwords that the configuration names. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the bot and resolves when it says that it is ready; in HTTP mode the local Slack then delivers to it. */
export async function startBotProcess(wish: BotWish): Promise<BotProcess> {
  const { slack } = wish;
  const folder = mkdtempSync(join(tmpdir(), 'handrail-bot-'));
  const configuration = join(folder, 'handrail.yaml');
  writeFileSync(configuration, wish.configuration);
  const [port = 0] = await freePorts(1);
  const { botMain = inProject('src/main.ts'), redisUrl } = await bellsForBot();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', botMain], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      SLACK_BOT_TOKEN: slack.botToken,
      ...(wish.mode === 'socket'
        ? { SLACK_APP_TOKEN: slack.appToken }
        : { SLACK_SIGNING_SECRET: slack.signingSecret }),
      SLACK_API_URL: slack.apiUrl,
      DATABASE_URL: wish.databaseUrl,
      ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
      KUBECONFIG: wish.kubeconfig,
      HANDRAIL_CONFIG: configuration,
      PORT: String(port),
      LOG_LEVEL: 'debug',
      ...wish.environment,
    },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const code = await ended;
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  const ready = new Promise((resolve) => child.once('message', resolve));
  const first = await Promise.race([ready, ended]);
  if (typeof first !== 'object' || first === null) {
    await stop();
    throw new Error(`the bot ended before it was ready:\n${log}`);
  }
  if (wish.mode === 'http') slack.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
  return {
    pid: child.pid ?? 0,
    port,
    ...(redisUrl ? { redisUrl } : {}),
    log: () => log,
    complaints: () => log.split('\n').filter(isComplaint),
    stop,
  };
}

function isComplaint(line: string): boolean {
  // Slack's client repeats Slack's own remark about somebody who was invited and is there already.
  if (line.trim() === '' || line.includes('already_in_channel')) return false;
  const level = /"level":(\d+)/.exec(line)?.[1];
  return level === undefined || Number(level) >= 40;
}
