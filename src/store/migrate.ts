/** Brings a database to the newest schema: numbered SQL files, each once, one process at a time. */
import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

const folder = new URL('./migrations/', import.meta.url);
/** Any number that is ours alone: PostgreSQL's advisory locks are one space per database. */
const LOCK = 7_341_005;

/** Applies what is missing. Throws when the database was written by a newer Handrail. */
export async function migrate(pool: pg.Pool): Promise<void> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string }>('select name from migrations order by name');
    const applied = new Set(rows.map((row) => row.name));
    const newer = [...applied].filter((name) => !files.includes(name));
    if (newer.length > 0)
      throw new Error(
        `the database was written by a newer Handrail (it has ${newer.join(', ')}); start that version instead`,
      );
    for (const name of files) {
      if (applied.has(name)) continue;
      await client.query('begin');
      await client.query(readFileSync(new URL(name, folder), 'utf8'));
      await client.query('insert into migrations (name) values ($1)', [name]);
      await client.query('commit');
    }
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    client.release();
  }
}
