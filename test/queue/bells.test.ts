// Bells reach another process over Redis and over PostgreSQL; while the queue is away nothing hangs and nothing throws.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Bell, Bells } from '../../src/queue/bells.ts';
import { bellsOnPostgres, bellsOnRedis } from '../../src/queue/bullmq.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { freePort, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';

const log = pino({ level: 'silent' });

/** Rings until it is heard: a bell may be lost, and a sweep would find the work; here the sweep is this loop. */
async function reaches(from: Bells, to: Bells, bell: Bell): Promise<Bell> {
  const heard: Bell[] = [];
  to.listen((one) => heard.push(one));
  // One that was rung before may come late.
  return waitUntil('the bell is heard', () => {
    const found = heard.find((one) => isDeepStrictEqual(one, bell));
    if (!found) from.ring(bell);
    return found;
  });
}

describeWith(['redis'], 'bells on Redis', () => {
  it('reach another process, are lost without harm while Redis is away, and come back with it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'handrail-redis-'));
    const port = await freePort();
    let redis = await startRedis(port, dir);
    const one = bellsOnRedis(`redis://127.0.0.1:${port}`, log);
    const two = bellsOnRedis(`redis://127.0.0.1:${port}`, log);
    try {
      const bell: Bell = { look: 'attempt', id: 'a1' };
      expect(await reaches(one, two, bell)).toEqual(bell);
      await redis.stop();
      expect(() => one.ring({ look: 'incident', number: 7 })).not.toThrow();
      redis = await startRedis(port, dir);
      const later: Bell = { look: 'incident', number: 8 };
      expect(await reaches(one, two, later)).toEqual(later);
    } finally {
      await one.close();
      await two.close();
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

it('bells on PostgreSQL reach another process', async () => {
  const database = await freshDatabase(migrated);
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  const one = await bellsOnPostgres(pool, database.url, log);
  const two = await bellsOnPostgres(pool, database.url, log);
  try {
    const bell: Bell = { look: 'attempt', id: 'a1' };
    expect(await reaches(one, two, bell)).toEqual(bell);
  } finally {
    await one.close();
    await two.close();
    await pool.end();
    await database.drop();
  }
});
