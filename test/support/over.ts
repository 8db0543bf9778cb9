/** What a vitest project gives to its tests, and which tests run in which; for vitest.config.ts and `bells.ts`. */

/** `bells-lost` is on PostgreSQL as well, and every second bell of each kind is dropped. */
export type Over = 'postgres' | 'redis' | 'bells-lost';

declare module 'vitest' {
  export interface ProvidedContext {
    over: Over;
    /** Address of the Redis of the project `redis`, without a database; given by `redis-of-project.ts`. */
    redisServer: string;
  }
}

/** Shows that a project's queue is in force; where there is no Redis, it says so and is skipped. */
export const proof = 'test/sandbox/scenarios/queues.test.ts';

/**
 * Whatever starts a bot or a worker loop: all of it runs over PostgreSQL, once more over Redis, and once more with every
 * second bell lost. To stay within some minutes, `twenty-seeds` plays three worlds there, `killed` one of its two random
 * nights, and `kill-and-freeze` kills at every sixth boundary, as their names then say.
 */
export const overEveryQueue: readonly string[] = [
  proof,
  'test/e2e/every-delivery-twice.test.ts',
  'test/e2e/http-mode.test.ts',
  'test/e2e/outage.test.ts',
  'test/e2e/real-systems.test.ts',
  'test/perform/kill-and-freeze.test.ts',
  'test/sandbox/scenarios/checked-again.test.ts',
  'test/sandbox/scenarios/killed.test.ts',
  'test/sandbox/scenarios/twenty-seeds.test.ts',
  'test/sandbox/scenarios/twice.test.ts',
];

/** Starts one as well, but runs only over PostgreSQL; why. */
export const onlyOverPostgres: Readonly<Record<string, string>> = {
  'test/actions/notify/in-a-runbook.test.ts': 'its loops sweep every 20 ms and hear no bell',
  'test/actions/wait/wait.test.ts': 'its loops sweep every 20 ms and hear no bell',
  'test/e2e/erase.test.ts':
    'its bot is killed at a row that a test holds; sweeps take the words out, and no bell tells of them',
  'test/e2e/files.test.ts':
    'its bot is killed in the middle of a download; sweeps fetch files, and a lost bell costs one sweep',
  'test/e2e/page.test.ts': 'about what a browser shows',
  'test/e2e/planted.test.ts': 'about what is in a message or a row, whatever told of it',
  'test/e2e/report-final.test.ts': 'about what forms and files say; every queue is played by real-systems',
  'test/e2e/tidy-up.test.ts': 'about who may keep what; its deadline is a row, whatever rings',
  'test/lab/seed-000-namespace.test.ts': 'as seed-000',
  'test/lab/seed-000.test.ts': 'about real systems, and minutes long; real-systems plays every queue',
  'test/lab/seed-001-namespace.test.ts': 'as seed-000',
  'test/lab/seed-001.test.ts': 'as seed-000',
  'test/perform/difference.test.ts': 'its loop sweeps every 50 ms and hears no bell',
  'test/perform/erase.test.ts': 'its loop sweeps every 50 ms and hears no bell',
  'test/perform/just-before.test.ts': 'its loops sweep every 20 ms and hear no bell',
  'test/perform/runbook-news.test.ts': 'about files that change, of which no bell tells',
  'test/perform/sharing.test.ts': 'its loops sweep every 20 ms and hear no bell',
  'test/perform/snapshots.test.ts': 'its loop sweeps every 50 ms and hears no bell',
  'test/perform/unwind.test.ts': 'its loops sweep every 20 ms and hear no bell',
  'test/sandbox/scenarios/autopilot.test.ts':
    'about how `npm start` begins and ends, which names no Redis; its nights are those of twenty-seeds',
  'test/sandbox/scenarios/postgres-connections.test.ts':
    'about a database that is full, which no bell tells; pidp-patroni plays every queue',
  'test/sandbox/scenarios/seed-000.test.ts':
    'about what the report says; its night is the first of twenty-seeds, with more words',
  'test/sandbox/scenarios/seven-leftovers.test.ts':
    'about what is left behind, whatever told of it; twenty-seeds compares over every queue',
  'test/sandbox/scenarios/drafted.test.ts': 'about what a draft says; its first night is one of twenty-seeds',
  'test/store/attack.test.ts': 'its loops are swept by hand, and nobody rings a bell',
  'test/store/callers.test.ts': 'its loops are swept by hand, and nobody rings a bell',
  'test/store/meetings.test.ts': 'its loops are swept by hand, and nobody rings a bell',
};
