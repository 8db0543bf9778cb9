/** Bells through BullMQ: on Redis when there is one, else on the store's own PostgreSQL. A lost bell costs one sweep. */
import { setTimeout as after } from 'node:timers/promises';
import { createPostgresBackend, Queue, runMigrations, Worker, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Bell, Bells } from './bells.ts';

const NAME = 'handrail-bells';
/** Where BullMQ keeps its tables when it is given a pool. */
const SCHEMA = 'bullmq';

/** A bell is worthless once it has rung. */
const JOB = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;

interface Line {
  add(bell: Bell): Promise<unknown>;
  /** Never throws. */
  close(): Promise<void>;
}

/** `line`: the one of this moment, if there is one. */
function ringing(
  line: () => Line | undefined,
  close: () => Promise<void>,
  ears: Set<(bell: Bell) => void>,
  log: Logger,
): Bells {
  return {
    ring(bell) {
      line()
        ?.add(bell)
        .catch((error: unknown) => {
          log.debug({ err: error }, 'a bell was lost; the sweep finds its work');
        });
    },
    listen(heard) {
      ears.add(heard);
    },
    async close() {
      ears.clear();
      await close();
    },
  };
}

/** Bells between processes through Redis. Never waits for it: while it is away bells are lost, not kept. */
export function bellsOnRedis(url: string, log: Logger): Bells {
  const retryStrategy = (times: number) => Math.min(times * 200, 2000);
  // A producer must fail at once when Redis is away (the default hangs 38 s); a worker must keep waiting.
  const ringer = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, retryStrategy });
  const listener = new Redis(url, { maxRetriesPerRequest: null, retryStrategy });
  const ears = new Set<(bell: Bell) => void>();
  const queue = new Queue<Bell>(NAME, { connection: ringer });
  const worker = new Worker<Bell>(
    NAME,
    async (job) => {
      for (const ear of ears) ear(job.data);
    },
    { connection: listener, concurrency: 20 },
  );
  const heard = (error: Error) => log.debug({ err: error }, 'Redis does not answer');
  ringer.on('error', heard);
  listener.on('error', heard);
  queue.on('error', heard);
  worker.on('error', heard);
  const line: Line = {
    add: (bell) => queue.add('look', bell, JOB),
    async close() {
      await worker.close(true).catch(() => undefined);
      await queue.close().catch(() => undefined);
      ringer.disconnect();
      listener.disconnect();
    },
  };
  return ringing(
    () => line,
    () => line.close(),
    ears,
    log,
  );
}

/**
 * Bells between processes through BullMQ's own tables in the store's database. While they cannot be opened (a database
 * that takes no more connections), this process goes on without and tries again.
 * @throws when `pool` itself does not answer
 */
export async function bellsOnPostgres(
  pool: pg.Pool,
  url: string,
  log: Logger,
  againMs = 5000,
): Promise<Bells> {
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
  const ears = new Set<(bell: Bell) => void>();
  let line: Line | undefined;
  let again: NodeJS.Timeout | undefined;
  let closed = false;
  const open = async (): Promise<void> => {
    try {
      const opened = await openLine(url, ears, log);
      if (closed) await opened.close();
      else line = opened;
    } catch (error) {
      log.warn({ err: error }, 'the queue on PostgreSQL cannot be opened; trying again');
      if (!closed) again = setTimeout(() => void open(), againMs).unref();
    }
  };
  await open();
  const close = async () => {
    closed = true;
    clearTimeout(again);
    await line?.close();
  };
  return ringing(() => line, close, ears, log);
}

/** @throws when the server does not take its connections */
async function openLine(url: string, ears: ReadonlySet<(bell: Bell) => void>, log: Logger): Promise<Line> {
  const classes = withBackend(createPostgresBackend);
  const connection = new pg.Pool({
    connectionString: url,
    // Two for the queue's and the worker's questions, one that listens, one to spare.
    max: 4,
    options: `-c search_path=${SCHEMA}`,
    keepAlive: true,
    // Nobody waits for a bell: a machine that is busy may take its time.
    connectionTimeoutMillis: 15_000,
    query_timeout: 5000,
    application_name: 'handrail bells',
  });
  const heard = (error: Error) => log.debug({ err: error }, 'the queue does not answer');
  // A pool of ours: BullMQ takes every listener off a connection of its own before it closes it, and an error in that
  // moment (a server that is just being stopped) would end the process. A pool listens again to what it takes back.
  connection.on('error', heard);
  connection.on('connect', (one) => one.on('error', () => undefined));
  const queue = new classes.Queue<Bell>(NAME, { connection });
  const worker = new classes.Worker<Bell>(
    NAME,
    async (job: { data: Bell }) => {
      for (const ear of ears) ear(job.data);
    },
    { connection, concurrency: 20, runRetryDelay: 1000, autorun: false },
  );
  queue.on('error', heard);
  worker.on('error', heard);
  const close = async () => {
    await worker.close(true).catch(() => undefined);
    await queue.close().catch(() => undefined);
    // A pool waits for what it has lent; a connection that hangs must not keep the bot from stopping.
    await Promise.race([connection.end(), after(2000, undefined, { ref: false })]);
  };
  try {
    // BullMQ remembers a first connection that failed and never tries again: a worker that runs then asks for work in a
    // loop that lets nothing else of this process happen (seen: 2 GB in some minutes).
    await queue.waitUntilReady();
    await worker.waitUntilReady();
  } catch (error) {
    await close();
    throw error;
  }
  worker.run().catch(heard);
  return { add: (bell) => queue.add('look', bell, JOB), close };
}
