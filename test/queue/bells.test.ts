// Bells reach another process over Redis and over PostgreSQL; while the queue is away nothing hangs and nothing throws.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Bell, Bells } from '../../src/queue/bells.ts';
import { bellsOnPostgres, bellsOnRedis } from '../../src/queue/bullmq.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { describeWith, programOf } from '../support/requirements.ts';

const log = pino({ level: 'silent' });

/** Rings until it is heard: a bell may be lost, and a sweep would find the work; here the sweep is this loop. */
async function reaches(from: Bells, to: Bells, bell: Bell): Promise<Bell> {
  const heard: Bell[] = [];
  to.listen((one) => heard.push(one));
  return waitUntil('the bell is heard', () => {
    if (heard.length === 0) from.ring(bell);
    return heard[0];
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startRedis(port: number, dir: string): Promise<{ stop(): Promise<void> }> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--appendonly', 'yes', '--save', ''];
  const child = spawn(programOf('redis', 'redis-server'), args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept')) resolve();
    });
    child.on('exit', () => reject(new Error('redis-server ended at its start')));
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.on('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
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
