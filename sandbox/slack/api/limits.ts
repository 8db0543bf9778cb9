// Slack's rate limits, when they are on: tiers per method, and about one message a second and channel.

import type { Tier } from './method.ts';

/** `posting`: only chat.postMessage; `all`: the tiers as well. */
export type RateLimits = 'off' | 'posting' | 'all';

/** A bucket that holds `burst` calls and gets one back every `everyMs`. */
const buckets: Record<Exclude<Tier, 'none'>, { burst: number; everyMs: number }> = {
  post: { burst: 5, everyMs: 1_000 },
  2: { burst: 20, everyMs: 3_000 },
  3: { burst: 50, everyMs: 1_200 },
  4: { burst: 100, everyMs: 600 },
};

export interface Limiter {
  /** Seconds to wait (Retry-After), or undefined when the call may go ahead. */
  take(method: string, tier: Tier, channel: unknown): number | undefined;
}

/** @param now milliseconds of a clock that never goes back. */
export function createLimiter(mode: RateLimits, now: () => number): Limiter {
  const levels = new Map<string, { left: number; at: number }>();
  return {
    take(method, tier, channel) {
      if (mode === 'off' || tier === 'none' || (mode === 'posting' && tier !== 'post')) return undefined;
      const { burst, everyMs } = buckets[tier];
      const key = tier === 'post' ? `${method} ${String(channel)}` : method;
      const level = levels.get(key) ?? { left: burst, at: now() };
      const left = Math.min(burst, level.left + (now() - level.at) / everyMs);
      if (left < 1) {
        levels.set(key, { left, at: now() });
        return Math.max(1, Math.ceil(((1 - left) * everyMs) / 1000));
      }
      levels.set(key, { left: left - 1, at: now() });
      return undefined;
    },
  };
}
