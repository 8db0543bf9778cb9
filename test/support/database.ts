/** Real databases for tests: one PostgreSQL server per run, a fresh database per call, cloned from a template. */
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Embedded, startEmbedded } from '../../src/store/embedded/start.ts';

/** Set by global-setup.ts: the folder of this run's server. */
export const HOME_VARIABLE = 'HANDRAIL_TEST_DATABASE';

/** Tests kill processes, never the machine: what PostgreSQL wrote is in the kernel's cache and survives that. */
const SETTINGS = { fsync: 'off', max_connections: '300', max_wal_size: '1GB' };

let started: Promise<Embedded> | undefined;

/** This run's server; the first worker to ask starts it, the others join. It ends with the run, not with a test. */
export function testServer(): Promise<{ url: string; version: string }> {
  const home = process.env[HOME_VARIABLE];
  if (home === undefined)
    throw new Error('vitest.config.ts must name test/support/global-setup.ts as globalSetup');
  started ??= startEmbedded({ home, settings: SETTINGS });
  return started;
}

function named(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: named(url, 'postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the template once per run, whichever worker comes first; its name appears when it is complete. */
async function template(url: string, migrate: (url: string) => Promise<void>, key: string): Promise<string> {
  const name = `template_${createHash('sha256').update(key).digest('hex').slice(0, 20)}`;
  await asAdmin(url, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 1) return;
    const raw = `${name}_raw`;
    await client.query(`drop database if exists ${raw} with (force)`);
    await client.query(`create database ${raw}`);
    await migrate(named(url, raw));
    // A template must have no sessions; a migration's pool may still be closing.
    await client.query(`alter database ${raw} with allow_connections false`);
    await client.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [
      raw,
    ]);
    await client.query(`alter database ${raw} rename to ${name}`);
  });
  return name;
}

/**
 * Waits, at most a second, until whoever is just closing a connection has done so: one that is thrown out in that moment
 * raises an error that nobody hears any more.
 */
async function left(client: pg.Client, database: string): Promise<void> {
  const until = performance.now() + 1000;
  while (performance.now() < until) {
    const { rowCount } = await client.query('select from pg_stat_activity where datname = $1 limit 1', [
      database,
    ]);
    if (rowCount === 0) return;
    await client.query('select pg_sleep(0.02)');
  }
}

/**
 * A database of its own on this run's server.
 *
 * `migrate` is run once per run and cloned after that. It is recognised by its text, so two functions that read the same
 * but capture different things need different `key`s.
 */
export async function freshDatabase(
  migrate?: (url: string) => Promise<void>,
  key: string = migrate === undefined ? '' : `${migrate.name} ${migrate.toString()}`,
): Promise<{ url: string; drop(): Promise<void> }> {
  const { url } = await testServer();
  const from = migrate === undefined ? 'template0' : await template(url, migrate, key);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin(url, (client) => client.query(`create database ${name} template ${from}`));
  return {
    url: named(url, name),
    drop: () =>
      asAdmin(url, async (client) => {
        await left(client, name);
        await client.query(`drop database if exists ${name} with (force)`);
      }),
  };
}
