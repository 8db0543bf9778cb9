/** A worker in a process of its own that takes one call which nothing holds back: the world is a table that counts. */
import pg from 'pg';
import { pino } from 'pino';
import { performAttempt } from '../../src/perform/attempt.ts';
import { CallerSession } from '../../src/store/callers.ts';
import { Store } from '../../src/store/store.ts';
import { pouring } from './pouring.ts';
import { PureDoor } from './pure-door.ts';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
pool.on('error', () => undefined);
const session = new CallerSession(pool);
const awake = new Promise<void>((resolve) => process.once('message', () => resolve()));
const actions = pouring(pool, async () => {
  process.send?.('calling');
  await awake;
});
await performAttempt(
  {
    name: `other-${process.pid}`,
    pool,
    store: new Store(pool, () => undefined),
    knows: new PureDoor().knows,
    action: (name) => actions.get(name),
    reach: {} as never,
    now: () => new Date(),
    log: pino({ level: 'silent' }),
    leaseMs: 60_000,
    pollMs: 20,
    mayStill: async () => true,
    mayStillApprove: async () => true,
    caller: () => session.caller(),
    redact: (words) => words,
    progressed: () => undefined,
  },
  process.env.ATTEMPT ?? '',
);
process.exit(0);
