// Makes the identifiers of the local Slack: people U..., channels C..., files F..., and message timestamps.

import { randomBytes } from 'node:crypto';

export interface Ids {
  /** The next id with this prefix, such as `C0000000001`: in order, so that a test reads the same twice. */
  next: (prefix: string) => string;
  /** A message timestamp, "seconds.microseconds": strictly increasing in the whole workspace. */
  ts: () => string;
  /** The five characters that Slack gives a block or an element without an id. */
  block: () => string;
  secret: (bytes?: number) => string;
}

/** @param clock milliseconds since 1970; it may stand still or go back, timestamps still increase. */
export function createIds(clock: () => number): Ids {
  const counters = new Map<string, number>();
  let lastMicros = 0;
  let blocks = 0;
  return {
    next(prefix) {
      const count = (counters.get(prefix) ?? 0) + 1;
      counters.set(prefix, count);
      return `${prefix}0${count.toString(36).toUpperCase().padStart(9, '0')}`;
    },
    ts() {
      // Slack's own end in 9: six digits, of which the last ones only make them unique.
      lastMicros = Math.max(Math.floor(clock()) * 1000, lastMicros + 10);
      return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`;
    },
    block() {
      blocks += 1;
      return blocks.toString(36).padStart(5, 'b');
    },
    secret: (bytes = 12) => randomBytes(bytes).toString('hex'),
  };
}
