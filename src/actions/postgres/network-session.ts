/** A session over the network: with TLS where the server has it, each question in a read-only transaction of its own. */
import type { Duplex } from 'node:stream';
import type pg from 'pg';
import type { z } from 'zod';
import { forDriver, overBefore } from './driver-stream.ts';
import { sqlFailed } from './login-problem.ts';
import { DEFAULT_LIMIT_MS, type Question, type Session, SqlFailed, type Way } from './session.ts';

/** Told to PostgreSQL by every session of ours, so that people see whose it is and `terminate` leaves it alone. */
export const APPLICATION = 'handrail';

export interface Login {
  readonly way: Way;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  /** A fresh connection for each try, where the address cannot be reached by itself. */
  readonly stream?: () => Promise<Duplex>;
  /** ms for connecting and logging in. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * TLS is tried first and not verified, as libpq's `prefer` does: what listens may have only a certificate of its own.
 * Throws SqlFailed.
 */
export async function openNetwork(login: Login): Promise<Session> {
  try {
    return await opened(login, true);
  } catch (error) {
    if (!(error instanceof Error && /does not support SSL/i.test(error.message)))
      throw sqlFailed(error, true);
  }
  try {
    return await opened(login, false);
  } catch (error) {
    throw sqlFailed(error, true);
  }
}

async function opened(login: Login, tls: boolean): Promise<Session> {
  const { default: driver } = await import('pg');
  const through = login.stream ? forDriver(await login.stream()) : undefined;
  const client = new driver.Client({
    host: login.host,
    port: login.port,
    user: login.user,
    database: login.database,
    application_name: APPLICATION,
    connectionTimeoutMillis: login.limitMs,
    keepAlive: true,
    ...(login.password === undefined ? {} : { password: login.password }),
    ...(tls ? { ssl: { rejectUnauthorized: false } } : {}),
    ...(through ? { stream: () => through } : {}),
  });
  const lost = new Set<() => void>();
  let broken = false;
  // Without a listener a connection that breaks between two questions ends the process.
  client.on('error', () => {
    broken = true;
    for (const told of lost) told();
  });
  client.on('end', () => {
    broken = true;
    for (const told of lost) told();
  });
  const destroy = () => {
    broken = true;
    through?.destroy();
    client.end().catch(() => undefined);
    (client as unknown as { connection: { stream: Duplex } }).connection.stream.destroy();
  };
  try {
    // The driver's own limit only ends the stream, which tells it nothing of one that has ended before.
    const signal = AbortSignal.any([login.signal, AbortSignal.timeout(login.limitMs + 250)]);
    const connecting = client.connect();
    await ended(signal, through ? Promise.race([connecting, overBefore(through)]) : connecting);
  } catch (error) {
    destroy();
    throw error;
  }
  // One question after the other: each has a transaction of its own on the one connection.
  let before: Promise<unknown> = Promise.resolve();
  return {
    way: login.way,
    async ask<S extends z.ZodType>(question: Question<S>): Promise<z.output<S>> {
      const mine = before.then(() => answer(question));
      before = mine.catch(() => undefined);
      return await mine;
    },
    onLost: (told) => {
      if (broken) told();
      else lost.add(told);
    },
    end: () => {
      // Politely first: the server frees the slot at once then.
      client.end().catch(() => undefined);
    },
  };

  async function answer<S extends z.ZodType>(question: Question<S>): Promise<z.output<S>> {
    if (broken) throw new SqlFailed('the connection was lost', { problem: 'unreachable', lost: true });
    const limit = question.limitMs ?? DEFAULT_LIMIT_MS;
    const signal = AbortSignal.any([login.signal, AbortSignal.timeout(limit + 1000)]);
    try {
      return question.schema.parse(await ended(signal, asked(client, question, limit)));
    } catch (error) {
      const refused = error instanceof driver.DatabaseError && error.severity !== 'FATAL';
      if (!refused) destroy();
      throw sqlFailed(error, !refused);
    }
  }
}

/** One statement opens the transaction and its limit: a pooler may give the next one to another server process. */
async function asked(client: pg.Client, question: Question<z.ZodType>, limit: number): Promise<unknown> {
  await client.query(`begin read only; set local statement_timeout = ${Math.round(limit)}`);
  try {
    const values = question.sql.includes('$1') ? [JSON.stringify(question.argument ?? null)] : [];
    const { rows } = await client.query<[unknown]>({ text: question.sql, values, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.query('rollback');
  }
}

/** Waits for work until the signal; work that is late is nobody's then. */
async function ended<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const over = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
