// Servers that end a bell's connection while it is closed, or refuse it: the process goes on, and does not hang.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { bellsOnPostgres } from '../../src/queue/bullmq.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';

interface Session {
  readonly pid: number;
  readonly query: string;
}

it('a connection that the server ends while it is closed ends nobody’s process', async () => {
  const database = await freshDatabase(migrated);
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const unheard: unknown[] = [];
  const hear = (error: unknown) => unheard.push(error);
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', hear);
  const stopped = new Set<number>();
  try {
    const bells = await bellsOnPostgres(pool, database.url, pino({ level: 'silent' }));
    const sessions = async () =>
      (
        await pool.query<Session>(
          `select pid, query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        )
      ).rows;
    const listening = await waitUntil('a session listens for bells', async () => {
      const all = await sessions();
      return all.some(({ query }) => /^listen bullmq_jobs/im.test(query)) ? all : undefined;
    });
    // Frozen, each reads our goodbye only after it has been told to end.
    for (const { pid } of listening) {
      process.kill(pid, 'SIGSTOP');
      stopped.add(pid);
    }
    await waitUntil(
      'the sessions are frozen',
      () =>
        [...stopped].every((pid) =>
          readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('T'),
        ) || undefined,
    );
    const closed = bells.close();
    // What is sent at the end of this turn is sent before they are told.
    await new Promise((done) => setImmediate(done));
    for (const pid of stopped) process.kill(pid, 'SIGTERM');
    for (const pid of stopped) process.kill(pid, 'SIGCONT');
    stopped.clear();
    await closed;
    await waitUntil('every session has gone', async () => (await sessions()).length === 0 || undefined);
    expect(unheard).toEqual([]);
  } finally {
    for (const pid of stopped) process.kill(pid, 'SIGCONT');
    process.off('uncaughtException', hear);
    for (const listener of before) process.on('uncaughtException', listener);
    await pool.end();
    await database.drop();
  }
});

it('goes on without bells while the server takes no connection, and has them when it does', async () => {
  const database = await freshDatabase(migrated);
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const later = new URL(database.url);
  later.username = 'comes_later';
  later.password = 'a-password';
  const one = await bellsOnPostgres(pool, later.href, pino({ level: 'silent' }), 50);
  const two = await bellsOnPostgres(pool, database.url, pino({ level: 'silent' }));
  const role = (sql: string) => pool.query(sql);
  try {
    const heard: number[] = [];
    one.listen((bell) => bell.look === 'incident' && heard.push(bell.number));
    expect(() => one.ring({ look: 'incident', number: 1 })).not.toThrow();
    // It would never be this test's turn again if it asked in a circle.
    await new Promise((done) => setImmediate(done)); // The next turn.
    expect(heard).toEqual([]);
    await role(`create role comes_later superuser login password 'a-password'`);
    await waitUntil('the bell is heard', () => {
      if (!heard.includes(2)) two.ring({ look: 'incident', number: 2 });
      return heard.includes(2) || undefined;
    });
  } finally {
    await one.close();
    await two.close();
    await role('drop role if exists comes_later');
    await pool.end();
    await database.drop();
  }
});
