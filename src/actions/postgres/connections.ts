/** `postgres.connections`: how many connections there are and may be, by whichever way still leads in. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { FILL, type Fill, fill, pidAndStart, sinceText } from './activity.ts';
import { psqlByHand } from './by-hand-sql.ts';
import { WAY_FIELDS, wayFields } from './way-fields.ts';
import { type WayIn, wayIn } from './way-in.ts';
import { REACH_SERVER, TO_SEE, whichServer } from './which-server.ts';

const BY_HAND = `select count(*) as used, current_setting('max_connections') as max,
  count(*) filter (where state = 'idle') as idle, count(*) filter (where wait_event_type = 'Lock') as waiting
  from pg_stat_activity where backend_type = 'client backend'`;

/** The numbers beside the limit, in the output of both actions. */
export const FILL_FIELDS = {
  /** Clients; ours is one of them. */
  used: z.int(),
  max: z.int(),
  /** Of `max`, kept for superusers and, from PostgreSQL 16 on, for members of pg_use_reserved_connections. */
  reserved: z.int(),
  /** What other roles can still open. */
  free: z.int(),
  /** Of `max`; 100 when nobody got in, so that a rule that forgets to ask `connected` does not read it as room. */
  used_percent: z.int(),
  /** Only a connection that is kept for superusers led in. */
  reserved_slot: z.boolean(),
};

export const connections = reading({
  name: 'postgres.connections',
  version: 1,
  params: whichServer.extend({
    /** Count how many of these are still there (`still_there`). */
    sessions: z.array(sinceText).max(1000).default([]),
  }),
  output: z.object({
    ...WAY_FIELDS,
    ...FILL_FIELDS,
    active: z.int(),
    idle: z.int(),
    idle_in_transaction: z.int(),
    waiting_on_lock: z.int(),
    longest_transaction_seconds: z.int().meta({ format: 'seconds' }),
    still_there: z.int(),
  }),
  rights: { kubernetes: REACH_SERVER, postgres: TO_SEE },
  byHand: (p, namespace) => psqlByHand(namespace, p, BY_HAND),
  async run(call) {
    const got = await wayIn(call);
    try {
      const way = wayFields(got);
      const found = await got.session?.ask({
        sql: FILL,
        argument: call.params.sessions.map(pidAndStart),
        schema: fill,
      });
      return { ...way, ...fillFields(got, found), ...rest(found, call.params.sessions.length) };
    } finally {
      got.session?.end();
    }
  },
});

export function fillFields(got: WayIn, found: Fill | undefined) {
  if (!found) return { used: 0, max: 0, reserved: 0, free: 0, used_percent: 100, reserved_slot: false };
  const { used, max, reserved } = found;
  const free = Math.max(0, max - reserved - used);
  return {
    used,
    max,
    reserved,
    free,
    used_percent: Math.floor((100 * used) / Math.max(1, max)),
    reserved_slot: got.session?.way !== 'kept session' && used > max - reserved,
  };
}

function rest(found: Fill | undefined, asked: number) {
  return {
    active: found?.active ?? 0,
    idle: found?.idle ?? 0,
    idle_in_transaction: found?.idle_in_transaction ?? 0,
    waiting_on_lock: found?.waiting_on_lock ?? 0,
    longest_transaction_seconds: found?.longest_transaction_seconds ?? 0,
    // Nobody looked: they are not known to be gone.
    still_there: found?.still_there ?? asked,
  };
}
