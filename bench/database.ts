/** A PostgreSQL of this run alone, with every setting as in production (fsync on), and databases on it. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { preparePlace } from '../src/store/embedded/place.ts';
import { isAlive, readPostmaster } from '../src/store/embedded/running.ts';
import { stopServer } from '../src/store/embedded/server.ts';
import { startEmbedded } from '../src/store/embedded/start.ts';
import { migrate } from '../src/store/migrate.ts';

export interface Server {
  readonly version: string;
  /** The address of a new database with Handrail's newest schema. */
  fresh(): Promise<string>;
  stop(): Promise<void>;
}

export async function startServer(folder: string): Promise<Server> {
  const home = join(folder, 'postgres');
  const embedded = await startEmbedded({ home });
  let number = 0;
  return {
    version: embedded.version,
    async fresh() {
      number += 1;
      const name = `bench_${number}`;
      const admin = new pg.Client({ connectionString: embedded.url });
      await admin.connect();
      await admin.query(`create database ${name}`);
      await admin.end();
      const url = new URL(embedded.url);
      url.pathname = `/${name}`;
      const pool = new pg.Pool({ connectionString: url.href, max: 1 });
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
