/** Load in two shapes: so many at once, each waiting for its answer; or so many a second, whatever the answers do. */
import { setTimeout as pause } from 'node:timers/promises';

/** Closed loop. Gives the ms of each call. On a busy machine it makes fewer than `count`: it ends after `mostMs`. */
export async function atOnce(
  parallel: number,
  count: number,
  call: (index: number) => Promise<void>,
  mostMs = 700,
): Promise<number[]> {
  const took: number[] = [];
  const until = performance.now() + mostMs;
  let next = 0;
  const one = async () => {
    while (next < count && performance.now() < until) {
      const index = next;
      next += 1;
      const began = performance.now();
      await call(index);
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: parallel }, one));
  return took;
}

export interface Timed {
  /** performance.now() when it was sent. */
  readonly sent: number;
  readonly ms: number;
}

/** Open loop: `perSecond` calls until `until` resolves; a stall of the answerer delays no call. */
export async function everySo(
  perSecond: number,
  until: Promise<unknown>,
  call: () => Promise<void>,
): Promise<Timed[]> {
  const timed: Timed[] = [];
  const open: Promise<void>[] = [];
  let going = true;
  const end = () => {
    going = false;
  };
  const ended = until.finally(end);
  ended.catch(() => undefined);
  const began = performance.now();
  for (let n = 0; going; n += 1) {
    const wait = began + (n * 1000) / perSecond - performance.now();
    if (wait > 0) await pause(wait);
    const sent = performance.now();
    const one = call().then(() => void timed.push({ sent, ms: performance.now() - sent }));
    one.catch(() => undefined);
    open.push(one);
  }
  const failed = (await Promise.allSettled([ended, ...open])).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return timed;
}
