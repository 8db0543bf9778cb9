/** Brings a test's database to the newest schema; given to `freshDatabase`, so that it happens once per run. */
import pg from 'pg';
import { migrate } from '../../src/store/migrate.ts';

export async function migrated(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  // The template's sessions are ended by the server, also one that is just closing.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  await migrate(pool);
  await pool.end();
}
