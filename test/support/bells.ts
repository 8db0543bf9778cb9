/**
 * Over what the bots and worker loops of a test ring their bells. The vitest project says it (vitest.config.ts), and
 * this is the one place that makes it so; `rung.ts` proves that it is.
 */
import { Redis } from 'ioredis';
import type pg from 'pg';
import type { Logger } from 'pino';
import { inject } from 'vitest';
import type { Bells } from '../../src/queue/bells.ts';
import { bellsOnPostgres, bellsOnRedis } from '../../src/queue/bullmq.ts';
import { losing } from './losing-bells.ts';
import type { Over } from './over.ts';
import { inProject } from './terminal-world.ts';

export const over: Over = inject('over');

/** What a bot is started with; `openSandbox` takes it as it is. */
export interface BotBells {
  /** The file that runs it; absent: `src/main.ts`. */
  readonly botMain?: string;
  readonly redisUrl?: string;
}

/** For one installation: bots that are given the same hear each other. `shortLeases` are for tests that kill it. */
export async function bellsForBot(wish: { shortLeases?: boolean } = {}): Promise<BotBells> {
  const main = (name: string) => ({ botMain: inProject(`test/support/${name}.ts`) });
  const usual = wish.shortLeases ? main('bot-with-short-leases') : {};
  switch (over) {
    case 'postgres':
      return usual;
    case 'redis':
      return { ...usual, redisUrl: await ownRedis() };
    case 'bells-lost':
      return main(wish.shortLeases ? 'bot-with-short-leases-that-loses-bells' : 'bot-that-loses-bells');
  }
}

/** For a worker loop in the test's own process: it hears only what went through the queue. */
export async function bellsForLoop(store: { pool: pg.Pool; url: string }, log: Logger): Promise<Bells> {
  switch (over) {
    case 'postgres':
      return bellsOnPostgres(store.pool, store.url, log);
    case 'redis':
      return bellsOnRedis(await ownRedis(), log);
    case 'bells-lost':
      return losing(await bellsOnPostgres(store.pool, store.url, log));
  }
}

/** A database of its own on this project's Redis, as `freshDatabase` gives one on this run's PostgreSQL. */
export async function ownRedis(): Promise<string> {
  const server = inject('redisServer');
  const client = new Redis(server, { lazyConnect: true });
  try {
    await client.connect();
    return `${server}/${await client.incr('databases')}`;
  } finally {
    client.disconnect();
  }
}
