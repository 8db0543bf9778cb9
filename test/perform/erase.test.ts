/** The loop of any process takes erased words out of the store at its next sweep, also those of a process that died. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { startLoop } from '../../src/perform/loop.ts';
import type { Worker } from '../../src/perform/worker.ts';
import { verifyChain } from '../../src/store/read.ts';
import { agree, ask, everything, onStage, pool, renew, store } from '../store/erase-stage.ts';

onStage();

it('at a sweep after the start of another process', async () => {
  await agree(await ask());
  expect(await everything()).toContain('4711');
  // As after a crash: nobody remembers what was agreed.
  renew();
  const worker = { name: 'w', pool, store, log: pino({ level: 'silent' }) } as unknown as Worker;
  const bells = { ring: () => undefined, listen: () => undefined, close: async () => undefined };
  const loop = startLoop(worker, bells, { sweepMs: 50, concurrency: 1 });
  try {
    let rows = await everything();
    const end = Date.now() + 60_000;
    while (rows.includes('4711') && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      rows = await everything();
    }
    expect(rows).not.toContain('4711');
    expect(await verifyChain(pool, 1)).toMatchObject({ erased: [{ entry: 'n1', pending: false }] });
    expect(await verifyChain(pool, 1)).not.toHaveProperty('broken');
  } finally {
    await loop.stop(5000);
  }
});
