// Carries one payload to the bot and brings back its acknowledgement; the way (socket or HTTP) is a parameter.

import type { Json } from '../blocks/rule.ts';
import type { FaultState } from '../faults.ts';
import { type Delivery, type DeliveryKind, keep, type WireLog } from '../wire-log.ts';

export type Ack =
  | { ok: true; payload: unknown }
  | {
      ok: false;
      error: 'operation_timeout' | 'not_connected' | 'dispatch_failed';
      reason: string;
      noRetry?: boolean;
    };

interface Retry {
  attempt: number;
  reason: string;
}

/** One attempt over one connection. */
export interface Carrier {
  /** Sends once, and waits for the acknowledgement until `timeoutMs`. Never throws. */
  send(delivery: Delivery, timeoutMs: number, retry?: Retry): Promise<Ack>;
  /** Resolves at once when somebody is there to receive; else when somebody comes, or with false after `ms`. */
  reachable(ms: number, signal: AbortSignal): Promise<boolean>;
  disconnect(reason: string): void;
  close(): Promise<void>;
}

export interface Courier {
  /** Commands, clicks and views: one try (two when duplicating). */
  ask(kind: 'slash_commands' | 'interactive', payload: Json): Promise<{ ack: Ack; duplicate?: Ack }>;
  /** Events: retried on the schedule, then lost. Returns at once. */
  tell(event: Json): void;
  /** Resolves when every event told so far was acknowledged or lost. */
  settled(): Promise<void>;
  stop(): void;
}

export interface CourierOptions {
  ackTimeoutMs: number;
  /** Pauses before the first, second and third retry of an event. */
  retryScheduleMs: readonly number[];
  reorderWindowMs: number;
  clock: () => number;
}

export function createCourier(
  carrier: Carrier,
  faults: FaultState,
  log: WireLog,
  options: CourierOptions,
): Courier {
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();
  let held: Json[] = [];
  let window: NodeJS.Timeout | undefined;

  async function attempt(kind: DeliveryKind, payload: Json, retry?: Retry): Promise<Ack> {
    const delivery = keep(log.deliveries, {
      kind,
      payload,
      attempt: retry?.attempt ?? 0,
      at: options.clock(),
      outcome: 'waiting',
    });
    const ack = await carrier.send(delivery, options.ackTimeoutMs, retry);
    const lostOnTheWay = ack.ok && faults.takeDrop('ack') !== undefined;
    const result: Ack = lostOnTheWay ? { ok: false, error: 'operation_timeout', reason: 'timeout' } : ack;
    delivery.outcome = result.ok
      ? 'acked'
      : result.error === 'operation_timeout'
        ? 'timeout'
        : result.error === 'not_connected'
          ? 'not_connected'
          : 'failed';
    if (result.ok) delivery.ack = result.payload;
    return result;
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      stopped.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });

  /** One event through all its attempts. */
  async function deliverEvent(event: Json): Promise<void> {
    const until = Date.now() + options.retryScheduleMs.reduce((sum, ms) => sum + ms, 0);
    let ack = await attempt('events_api', event);
    for (const [index, ms] of options.retryScheduleMs.entries()) {
      if (ack.ok || ack.noRetry === true || stopped.signal.aborted) break;
      const reason = ack.reason;
      await pause(ms);
      // With nobody connected the retry waits for a connection, as long as the schedule would have gone on.
      const there = await carrier.reachable(Math.max(0, until - Date.now()), stopped.signal);
      if (!there) break;
      ack = await attempt('events_api', event, { attempt: index + 1, reason });
    }
    if (!ack.ok && !stopped.signal.aborted) keep(log.lost, event);
  }

  function start(event: Json): void {
    for (let copy = 0; copy < (faults.duplicating ? 2 : 1); copy += 1) {
      const running = deliverEvent(event).finally(() => underWay.delete(running));
      underWay.add(running);
    }
  }

  function releaseHeld(): void {
    window = undefined;
    const events = held.reverse();
    held = [];
    for (const event of events) start(event);
  }

  return {
    async ask(kind, payload) {
      const first = attempt(kind, payload);
      if (!faults.duplicating) return { ack: await first };
      const [ack, duplicate] = await Promise.all([first, attempt(kind, payload)]);
      return { ack, duplicate };
    },
    tell(event) {
      if (faults.takeDrop('event') !== undefined) {
        keep(log.lost, event);
        return;
      }
      if (!faults.reordering) return start(event);
      held.push(event);
      window ??= setTimeout(releaseHeld, options.reorderWindowMs);
    },
    async settled() {
      while (underWay.size > 0 || held.length > 0) {
        await Promise.all(underWay);
        if (held.length > 0) await pause(options.reorderWindowMs);
      }
    },
    stop() {
      clearTimeout(window);
      stopped.abort();
    },
  };
}
