/** A PostgreSQL of this run alone, with every setting as in production (fsync on), and databases on it. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { preparePlace } from '../src/store/embedded/place.ts';
import { isAlive, readPostmaster } from '../src/store/embedded/running.ts';
import { stopServer } from '../src/store/embedded/server.ts';
import { startEmbedded } from '../src/store/embedded/start.ts';
import { migrate } from '../src/store/migrate.ts';

const HOME = 'postgres';
const PREFIX = 'handrail-bench-';

export interface Server {
  readonly version: string;
  /** The address of a new database with Handrail's newest schema. */
  fresh(): Promise<string>;
  stop(): Promise<void>;
}

export async function startServer(folder: string): Promise<Server> {
  const home = join(folder, HOME);
  const embedded = await startEmbedded({ home });
  let number = 0;
  return {
    version: embedded.version,
    async fresh() {
      number += 1;
      const name = `bench_${number}`;
      const admin = new pg.Client({ connectionString: embedded.url });
      admin.on('error', () => undefined);
      await admin.connect();
      await admin.query(`create database ${name}`);
      await admin.end();
      const url = new URL(embedded.url);
      url.pathname = `/${name}`;
      const pool = new pg.Pool({ connectionString: url.href, max: 1 });
      pool.on('error', () => undefined);
      await migrate(pool);
      await pool.end();
      return url.href;
    },
    stop: () => embedded.stop(),
  };
}

/** Stops what still runs in a home of the embedded database, wherever it was put, and removes it. */
export async function removeHome(home: string): Promise<void> {
  if (!existsSync(home)) return;
  const place = preparePlace(home);
  const running = readPostmaster(place.data);
  if (running !== undefined && isAlive(running.pid)) await stopServer(place, running.pid);
  rmSync(place.folder, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}

/** A temporary folder for one bench; the database's account can pass through it. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(folder, 0o755);
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  for (const home of [HOME, 'project/.handrail/sandbox/postgres']) await removeHome(join(folder, home));
  rmSync(folder, { recursive: true, force: true });
}

/** Runs that were killed could not clean up: their folder names the process that is gone. */
export async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await removeFolder(join(tmpdir(), name)).catch(() => undefined);
  }
}
