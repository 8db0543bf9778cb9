/** Takes erased words out of the store: at the sweep after somebody agreed, or at the next start, whoever comes first. */
import { cleanUp, dueErasures, eraseNow, lastErasures } from '../store/erase.ts';
import type { Worker } from './worker.ts';

/** One that cannot be done keeps no other from it; it is tried again at the next sweep. */
export async function eraseDue({ pool, store, log }: Pick<Worker, 'pool' | 'store' | 'log'>): Promise<void> {
  let done = 0;
  for (const due of await dueErasures(pool))
    try {
      await eraseNow(pool, due);
      done++;
      log.info(due, 'the words of an erased entry were taken out of the store');
    } catch (error) {
      log.error({ err: error, ...due }, 'an erased entry still has its words in the store');
    }
  if (done > 0)
    await cleanUp(pool).catch((error: unknown) =>
      log.warn({ err: error }, 'the database cleans up after an erasure when it does so by itself'),
    );
  // Whoever took them out: this process forgets them as well.
  for (const { incident, version } of await lastErasures(pool)) await store.readOn(incident, version);
}
