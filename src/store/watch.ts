/** Whether the database answers: asked every second over a connection of its own, which nothing else can fill. */
import { setTimeout as after } from 'node:timers/promises';
import pg from 'pg';

export interface StoreWatch {
  /** ms since 1970 of the first question without an answer; undefined while it answers. */
  awaySince(): number | undefined;
  /** Somebody saw it fail: asks at once. */
  suspect(): void;
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly url: string;
  readonly now: () => number;
  /** ms between two questions, and how long one may take. */
  readonly everyMs?: number;
  readonly limitMs?: number;
  /** How far the server's clock is ahead of ours, ms. */
  readonly clock: (aheadMs: number) => void;
  /** Called when it goes away, and with undefined at every answer. */
  readonly seen: (awaySince: number | undefined) => void;
}

/** A slow answer is no outage, and a busy machine is slow to hear: so many in a row without an answer are one. */
const SILENT_IN_A_ROW = 2;

class Silent extends Error {}

/** Begins with the belief that it answers: it has just been opened. */
export function watchStore(options: WatchOptions): StoreWatch {
  const { url, now, everyMs = 1000, limitMs = 1500, clock, seen } = options;
  let client: pg.Client | undefined;
  let away: number | undefined;
  let stopped = false;
  let silent = 0;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const started = now();
    try {
      const ahead = await inTime(question(started), limitMs);
      clock(ahead);
      silent = 0;
      away = undefined;
      seen(undefined);
    } catch (error) {
      drop();
      if (stopped) return;
      silent++;
      // One that refuses has answered: it is down.
      if (error instanceof Silent && silent < SILENT_IN_A_ROW) {
        setImmediate(look);
        return;
      }
      const first = away === undefined;
      away ??= started;
      if (first) seen(away);
    }
  }

  async function question(started: number): Promise<number> {
    if (!client) {
      const made = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: limitMs,
        application_name: 'handrail watch',
      });
      // The end of the connection is seen at the next question.
      made.on('error', () => undefined);
      client = made;
      await made.connect();
    }
    const { rows } = await client.query<{ ms: string }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms',
    );
    // In the middle of asking and hearing.
    return Number(rows[0]?.ms) - (started + now()) / 2;
  }

  /** A connection that has hung once is not asked again: its late answers would be taken for new ones. */
  function drop(): void {
    const gone = client;
    client = undefined;
    // `end` waits for the server's goodbye, which a frozen one does not say.
    (
      gone as unknown as { connection?: { stream?: { destroy(): void } } } | undefined
    )?.connection?.stream?.destroy();
  }

  const look = (): void => {
    if (stopped) return;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  look();

  return {
    awaySince: () => away,
    suspect: look,
    async stop() {
      stopped = true;
      clearInterval(timer);
      drop();
      await asking;
    },
  };
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const ended = new AbortController();
  // It may fail after nobody waits for it any more.
  work.catch(() => undefined);
  try {
    return await Promise.race([
      work,
      after(ms, undefined, { signal: ended.signal }).then(() => {
        throw new Silent('no answer in time');
      }),
    ]);
  } finally {
    ended.abort();
  }
}
