/** The bot as a process of its own, exactly as in production: tokens, addresses and files in its environment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LocalSlack } from './slack/server.ts';

export interface BotProcess {
  readonly child: ChildProcess;
  /** Ends with the process: its exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** SIGTERM, and SIGKILL after ten seconds. */
  stop(): Promise<void>;
}

export interface BotProcessOptions {
  readonly slack: LocalSlack;
  readonly mode?: 'socket' | 'http';
  /** Default: `src/main.ts`. */
  readonly main?: string;
  readonly configFile: string;
  readonly kubeconfig: string;
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  readonly folder: string;
  /** Of the health page, or of Slack's requests in HTTP mode; 0: a free one. */
  readonly port?: number;
  /** Where its log goes. */
  readonly logFile: string;
  readonly logLevel?: string;
}

/** Starts it and waits until it says that it is ready. Throws with the last lines of its log when it ends before. */
export async function startBotProcess(options: BotProcessOptions): Promise<BotProcess> {
  const { slack, mode = 'socket' } = options;
  const main = options.main ?? fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    cwd: options.folder,
    // IPC says when it is ready, and ends it when this process is gone.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH ?? '',
      ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
      HOME: options.folder,
      SLACK_BOT_TOKEN: slack.botToken,
      ...(mode === 'socket'
        ? { SLACK_APP_TOKEN: slack.appToken }
        : { SLACK_SIGNING_SECRET: slack.signingSecret }),
      SLACK_API_URL: slack.apiUrl,
      HANDRAIL_CONFIG: options.configFile,
      HANDRAIL_HOME: options.folder,
      KUBECONFIG: options.kubeconfig,
      DATABASE_URL: options.databaseUrl,
      ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
      PORT: String(options.port ?? 0),
      LOG_LEVEL: options.logLevel ?? 'info',
    },
  });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log.write(chunk);
      last.push(chunk.toString());
      if (last.length > 20) last.shift();
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      log.end();
      resolve(signal ?? code ?? 0);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    ended.then(
      (how) => reject(new Error(`the bot ended with ${how} before it was ready:\n${last.join('').trim()}`)),
      reject,
    );
  });
  return {
    child,
    ended,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
