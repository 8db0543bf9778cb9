// The same night over BullMQ on Redis, and with every second bell lost (BullMQ on PostgreSQL is what all others use):
// nothing may depend on the queue.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { freePort, startRedis } from '../../support/redis.ts';
import { describeWith } from '../../support/requirements.ts';
import { type Played, played, ZONE } from './played.ts';
import { expectFacts } from './report-facts.ts';

function expectTheNight({ report, plan, failedEnds, utilitySetTo, dumps }: Played): void {
  expect(failedEnds).toEqual([]);
  expectFacts(report, plan, ZONE);
  expect(utilitySetTo).toEqual([1, 0]);
  expect(dumps.size).toBe(1);
}

it('with every second bell lost', async () => {
  const botMain = fileURLToPath(new URL('../../support/bot-that-loses-bells.ts', import.meta.url));
  expectTheNight(await played({ seed: 1, botMain }));
});

describeWith(['redis'], 'over Redis', () => {
  it('plays the night', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'handrail-redis-'));
    const port = await freePort();
    const redis = await startRedis(port, dir);
    try {
      expectTheNight(await played({ seed: 1, redisUrl: `redis://127.0.0.1:${port}` }));
    } finally {
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
