/** What the tests of the built-in database share: folders, other processes that use it, and looking at what runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { isAlive, processesOf } from '../../../src/store/embedded/running.ts';

export const isRoot = process.getuid?.() === 0;

/** What user-process.ts says. */
export interface Said {
  url: string;
  adopted: boolean;
  joined: boolean;
  version: string;
  error?: string;
  message?: string;
}

export interface User {
  child: ChildProcess;
  pid: number;
  said: Promise<Said>;
  /** Lets it stop the database's use and end. */
  leave(): Promise<void>;
  /** Ends it with no chance to do anything. */
  kill(): Promise<void>;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Runs user-process.ts, as another account when one is given. */
export function user(args: string[], account: { uid?: number; gid?: number } = {}): User {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('user-process.ts', import.meta.url)),
      ...args,
    ],
    {
      ...account,
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
      env: { ...process.env, HANDRAIL_TEST_SECRET: 'xoxb-not-for-the-database' },
    },
  );
  const said = new Promise<Said>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as Said));
    child.once('exit', (code, signal) => reject(new Error(`ended without a word: ${code ?? signal}`)));
  });
  said.catch(() => {});
  return {
    child,
    pid: child.pid ?? 0,
    said,
    leave: async () => {
      child.stdin.end();
      await ended(child);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
  };
}

/** A folder that others may pass through (mkdtemp makes 0700). */
export function openFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-embedded-'));
  chmodSync(folder, 0o755);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  // Servers are stopped here at any moment.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await pause(20);
  }
}

/** Does anything listen there? */
export function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    // An address whose network has gone meanwhile says neither yes nor no.
    socket.setTimeout(5000, () => {
      socket.destroy();
      resolve(false);
    });
  });
}

/** Kills every process of the server on this data folder, the main one first, as a machine that goes down would. */
export async function killServer(data: string, main: number): Promise<void> {
  for (const pid of [main, ...processesOf(data)]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // One that ended by itself, because its main process is dead, is what is wanted.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  await until('server is dead', () => processesOf(data).length === 0 && !isAlive(main));
}
