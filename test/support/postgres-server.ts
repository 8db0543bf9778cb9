// A real PostgreSQL server for one test file: its own folder, a free port, ended with the test at the latest.
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from './control-plane/ports.ts';
import { endAll, isAlive, kill, start, startWatchdog } from './control-plane/processes.ts';
import { waitUntil } from './control-plane/waiting.ts';
import { programOf } from './real-programs.ts';

export interface PostgresServer {
  /** Holds the data directory `data`, as a pod's volume does; belongs to `user`. */
  readonly volume: string;
  /** The folder of the socket: PGHOST for a client on this machine. */
  readonly socket: string;
  readonly port: number;
  /** The system user that it runs as: PostgreSQL refuses root. */
  readonly user: string;
  /** The folder of psql, pg_dump and the others of the same version. */
  readonly programs: string;
  connect(database?: string): Promise<Client>;
  /** Statements, each on its own. */
  run(database: string, ...statements: readonly string[]): Promise<void>;
  /** The postmaster's pid. */
  readonly pid: number;
  /** May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a server with role `postgres` (superuser, no password over the socket). Needs the requirement `postgres`.
 * `host`: also listens there, by TCP. Settings are as for `postgres -c`.
 */
export async function startPostgres(
  options: { host?: string; port?: number; settings?: readonly string[] } = {},
): Promise<PostgresServer> {
  const dir = mkdtempSync(join(tmpdir(), 'handrail-postgres-'));
  const watchdog = startWatchdog(dir);
  const owner = systemUser();
  const [volume, socket] = [join(dir, 'volume'), join(dir, 'run')];
  chmodSync(dir, 0o755);
  for (const folder of [volume, socket]) {
    mkdirSync(folder, { mode: 0o755 });
    if (owner.ids) chownSync(folder, owner.ids.uid, owner.ids.gid);
  }
  const data = join(volume, 'data');
  const inside = { cwd: volume, env: { PATH: process.env.PATH, LC_ALL: 'C' }, ...owner.ids };
  const initdb = programOf('postgres', 'initdb');
  await promisify(execFile)(
    initdb,
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-instructions'],
    inside,
  );
  const port = options.port ?? (await freePorts(1))[0] ?? 0;
  const settings = ['fsync=off', 'shared_buffers=32MB', ...(options.settings ?? [])];
  const child = start(
    dir,
    programOf('postgres', 'postgres'),
    [
      '-D',
      data,
      '-k',
      socket,
      '-h',
      options.host ?? '',
      '-p',
      String(port),
      ...settings.flatMap((s) => ['-c', s]),
    ],
    { ...inside, stdio: 'ignore' },
  );
  child.unref();
  const pid = child.pid ?? 0;

  const stop = async (): Promise<void> => {
    // Immediate shutdown: unlike SIGKILL it gives the shared memory back.
    if (isAlive(pid)) kill(pid, 'SIGQUIT');
    await waitUntil('PostgreSQL has ended', () => !isAlive(pid), { seconds: 20 }).catch(() => undefined);
    await endAll(dir);
    if (watchdog.pid !== undefined) kill(watchdog.pid, 'SIGKILL');
  };
  const connect = async (database = 'postgres'): Promise<Client> => {
    const client = new Client({ host: socket, port, user: 'postgres', database });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const answers = () =>
    connect().then(
      async (client) => {
        await client.end();
        return true;
      },
      () => {
        if (!isAlive(pid)) throw new Error('PostgreSQL ended while it was starting');
        return false;
      },
    );
  try {
    await waitUntil('PostgreSQL answers', answers, { seconds: 60 });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    volume,
    socket,
    port,
    user: owner.name,
    programs: dirname(initdb),
    pid,
    connect,
    async run(database, ...statements) {
      const client = await connect(database);
      try {
        for (const statement of statements) await client.query(statement);
      } finally {
        await client.end();
      }
    },
    stop,
  };
}

/** `postgres` or `nobody` when this is root, else this user. */
function systemUser(): { name: string; ids?: { uid: number; gid: number } } {
  if (process.getuid?.() !== 0) return { name: userInfo().username };
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry = entries.find(([name]) => name === 'postgres') ?? entries.find(([name]) => name === 'nobody');
  if (!entry) throw new Error('neither postgres nor nobody is a user of this machine');
  return { name: entry[0] ?? '', ids: { uid: Number(entry[2]), gid: Number(entry[3]) } };
}
