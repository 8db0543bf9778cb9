/** Opens the store: the database that DATABASE_URL names, else a PostgreSQL of our own, brought to the newest schema. */
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from 'pino';
import { startEmbedded } from './store/embedded/start.ts';
import { migrate } from './store/migrate.ts';

export interface OpenStore {
  readonly pool: pg.Pool;
  readonly url: string;
  close(): Promise<void>;
}

/** Throws DatabaseCannotStart, or the driver's error when the named database does not answer. */
export async function openStore(options: {
  databaseUrl?: string;
  home: string;
  log: Logger;
}): Promise<OpenStore> {
  const { databaseUrl, home, log } = options;
  const embedded = databaseUrl
    ? undefined
    : await startEmbedded({ home: join(home, 'postgres'), log: (line) => log.debug(line) });
  const url = databaseUrl ?? embedded?.url ?? '';
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5000,
    // A frozen server must not freeze us: every statement here is short.
    query_timeout: 10_000,
    application_name: 'handrail',
  });
  // An idle connection that the server drops is replaced at the next use.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'));
  // The pool listens to idle ones only: one that is in use or just closing must not end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const close = async () => {
    await pool.end();
    await embedded?.stop();
  };
  try {
    await migrate(pool);
  } catch (error) {
    await close();
    throw error;
  }
  return { pool, url, close };
}
