/** What was rung between processes, counted where it is kept: proves over what a project's bots ring their bells. */
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { over } from './bells.ts';

const QUEUE = 'handrail-bells';

export interface Rung {
  /** Attempts on record: each was to be rung for once. */
  readonly attempts: number;
  /** Bells that BullMQ has ever taken on PostgreSQL; absent: it was never there. */
  readonly onPostgres?: number;
  /** On Redis; absent: it has not one of its keys there. */
  readonly onRedis?: number;
}

export async function rungIn(databaseUrl: string, redisUrl: string | undefined): Promise<Rung> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const one = async (sql: string) =>
      (await client.query<{ n: string | null }>(sql)).rows[0]?.n ?? undefined;
    const isThere = await one(`select to_regnamespace('bullmq')::text as n`);
    const sequence = isThere && (await one(`select bullmq.job_id_seq_name('${QUEUE}') as n`));
    const begun = sequence && (await one(`select to_regclass('bullmq.${sequence}')::text as n`));
    const onPostgres = begun && (await one(`select last_value::text as n from ${begun}`));
    const onRedis = redisUrl && (await countOnRedis(redisUrl));
    return {
      attempts: Number(await one('select count(*)::text as n from attempts')),
      ...(isThere ? { onPostgres: Number(onPostgres ?? 0) } : {}),
      ...(onRedis ? { onRedis: Number(onRedis) } : {}),
    };
  } finally {
    await client.end();
  }
}

async function countOnRedis(url: string): Promise<string | undefined> {
  const client = new Redis(url, { lazyConnect: true });
  try {
    await client.connect();
    return (await client.get(`bull:${QUEUE}:id`)) ?? undefined;
  } finally {
    client.disconnect();
  }
}

/** What must have been rung for so many attempts by one process that was not killed. */
function expected({ attempts }: Rung): Rung {
  switch (over) {
    case 'postgres':
      return { attempts, onPostgres: attempts };
    case 'redis':
      return { attempts, onRedis: attempts };
    case 'bells-lost':
      return { attempts, onPostgres: Math.floor(attempts / 2) };
  }
}

/** For an installation of one bot that was not killed. A bell may arrive after everything that it was for: it is waited for. */
export async function expectRung(databaseUrl: string, redisUrl: string | undefined): Promise<Rung> {
  return vi.waitFor(
    async () => {
      const rung = await rungIn(databaseUrl, redisUrl);
      expect(rung, `bells over ${over}`).toEqual(expected(rung));
      return rung;
    },
    { timeout: 5000, interval: 50 },
  );
}
