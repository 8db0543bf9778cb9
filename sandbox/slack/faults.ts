// Injected faults: what goes wrong on purpose, so that the bot's promises under faults can be tested.

import { documented } from './api/documented.ts';

/** `ack`: the bot's next acknowledgement is lost on the way. `event`: the next event never leaves Slack, retries included. */
type Droppable = 'ack' | 'event' | (string & {});

export interface Faults {
  /** Every delivery is made twice, with the same payload (and event_id); both must be acknowledged. */
  duplicateDeliveries(on: boolean): void;
  /**
   * A Web API method whose next `times` calls get no answer: the connection is cut. `when` says whether
   * it is cut before the call had its effect or after, which the caller cannot tell apart.
   */
  dropNext(what: Droppable, times?: number, when?: 'before' | 'after'): void;
  /** Every call of the method (`*` for all) takes this much longer; 0 ends it. */
  slow(method: string, ms: number): void;
  /** The next `times` calls answer this error. @throws when Slack documents no such error for the method. */
  error(method: string, code: string, times?: number): void;
  /** The next `times` calls answer 429 with Retry-After. */
  rateLimit(method: string, seconds: number, times?: number): void;
  /** Closes every socket: politely, after a `disconnect` message with this reason, or (`cut`) without a word. */
  disconnect(reason?: 'refresh_requested' | 'warning' | 'link_disabled' | 'cut'): void;
  /** Events that happen close together arrive in the opposite order. */
  reorder(on: boolean): void;
  /** Slack is gone for the bot: sockets are cut, no new ones and no API call get through. People's acts still happen. */
  down(on: boolean): void;
  /** Private files are answered with Slack's sign-in page, as for a token that may not read them. */
  signedOutOfFiles(on: boolean): void;
  /** No more faults. */
  clear(): void;
}

interface Counted {
  left: number;
}

/** The server's side of the faults. */
export interface FaultState extends Faults {
  readonly duplicating: boolean;
  readonly reordering: boolean;
  readonly isDown: boolean;
  readonly isSignedOutOfFiles: boolean;
  slowness(method: string): number;
  takeError(method: string): string | undefined;
  takeRateLimit(method: string): number | undefined;
  takeDrop(what: Droppable): 'before' | 'after' | undefined;
}

function take<T extends Counted>(map: Map<string, T>, key: string): T | undefined {
  const found = map.get(key);
  if (found === undefined) return undefined;
  found.left -= 1;
  if (found.left <= 0) map.delete(key);
  return found;
}

export function createFaults(disconnect: Faults['disconnect']): FaultState {
  let duplicating = false;
  let reordering = false;
  let isDown = false;
  let isSignedOutOfFiles = false;
  const drops = new Map<string, Counted & { when: 'before' | 'after' }>();
  const slow = new Map<string, number>();
  const errors = new Map<string, Counted & { code: string }>();
  const limits = new Map<string, Counted & { seconds: number }>();
  return {
    get duplicating() {
      return duplicating;
    },
    get reordering() {
      return reordering;
    },
    get isDown() {
      return isDown;
    },
    get isSignedOutOfFiles() {
      return isSignedOutOfFiles;
    },
    signedOutOfFiles: (on) => {
      isSignedOutOfFiles = on;
    },
    down: (on) => {
      isDown = on;
      if (on) disconnect('cut');
    },
    duplicateDeliveries: (on) => {
      duplicating = on;
    },
    reorder: (on) => {
      reordering = on;
    },
    dropNext: (what, times = 1, when = 'before') => {
      drops.set(what, { left: times, when });
    },
    slow: (method, ms) => {
      if (ms === 0) slow.delete(method);
      else slow.set(method, ms);
    },
    error: (method, code, times = 1) => {
      if (!documented(method, code)) throw new Error(`Slack documents no error ${code} for ${method}`);
      errors.set(method, { left: times, code });
    },
    rateLimit: (method, seconds, times = 1) => {
      limits.set(method, { left: times, seconds });
    },
    disconnect,
    clear: () => {
      duplicating = false;
      reordering = false;
      isDown = false;
      isSignedOutOfFiles = false;
      for (const map of [drops, slow, errors, limits]) map.clear();
    },
    slowness: (method) => Math.max(slow.get(method) ?? 0, slow.get('*') ?? 0),
    takeError: (method) => take(errors, method)?.code,
    takeRateLimit: (method) => take(limits, method)?.seconds,
    takeDrop: (what) => take(drops, what)?.when,
  };
}
