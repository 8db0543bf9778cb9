/** A real PostgreSQL for one world alone: with a limit of its own, and reachable from every loopback address. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbedded } from '../../../src/store/embedded/start.ts';

export interface OwnServer {
  readonly host: string;
  readonly port: number;
  /** Of every role that `statements` make with `password`. */
  readonly password: string;
  /** Asks as the superuser, on a connection for this question alone. */
  query<R extends pg.QueryResultRow>(database: string, sql: string): Promise<R[]>;
  stop(): Promise<void>;
}

export interface OwnServerOptions {
  /** Server settings beside the project's own. */
  readonly settings: Readonly<Record<string, string>>;
  /** What is made at first, per database and in this order; `:password` is a literal in them. */
  readonly statements: readonly { readonly database: string; readonly sql: string }[];
}

/** Ends with this process, however that ends. Takes some seconds: its data are made anew. */
export async function startOwnServer({ settings, statements }: OwnServerOptions): Promise<OwnServer> {
  const home = mkdtempSync(join(tmpdir(), 'handrail-own-server-'));
  /** The built-in database keeps its data elsewhere when its account cannot reach the temporary folder. */
  const folders = new Set([home]);
  const remove = () => {
    for (const one of folders) rmSync(one, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  let embedded: Awaited<ReturnType<typeof startEmbedded>>;
  try {
    embedded = await startEmbedded({ home, settings: { fsync: 'off', ...settings } });
  } catch (error) {
    remove();
    throw error;
  }
  const address = new URL(embedded.url);
  const query = async <R extends pg.QueryResultRow>(database: string, sql: string): Promise<R[]> => {
    const client = new pg.Client({
      connectionString: Object.assign(new URL(address), { pathname: `/${database}` }).href,
    });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<R>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  let guard: ChildProcess | undefined;
  const stop = async () => {
    await embedded.stop();
    if (guard && guard.exitCode === null) {
      const ended = once(guard, 'exit');
      guard.stdin?.end();
      await ended;
    }
    remove();
  };
  try {
    const [files] = await query<{ data: string; hba: string }>(
      'postgres',
      "select current_setting('data_directory') as data, current_setting('hba_file') as hba",
    );
    if (!files) throw new Error('the server does not say where its files are');
    const pid = Number.parseInt(readFileSync(join(files.data, 'postmaster.pid'), 'utf8'), 10);
    folders.add(dirname(files.data));
    guard = guarded(pid, files.data, [...folders]);
    // Whoever stands for a pod comes from an address of its own.
    appendFileSync(files.hba, '\nhost all all 127.0.0.0/8 scram-sha-256\n');
    await query('postgres', 'select pg_reload_conf()');
    for (const { database, sql } of statements)
      await query(database, sql.replaceAll(':password', `'${address.password}'`));
  } catch (error) {
    await stop();
    throw error;
  }
  return { host: address.hostname, port: Number(address.port), password: address.password, query, stop };
}

/** Its standard input ends with this process: then it ends the server and removes the folders. */
function guarded(pid: number, data: string, folders: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL('./own-server-guard.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', program, String(pid), data, ...folders], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  child.unref();
  return child;
}
