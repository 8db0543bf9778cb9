/** `postgres.locks`: who waits for whom, and who stands at the head of each queue. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { secondsSince, sinceOf } from './activity.ts';
import { askServer } from './asked-server.ts';
import { psqlByHand } from './by-hand-sql.ts';
import { statementKind } from './query-words.ts';
import { REACH_SERVER, TO_SEE, whichServer } from './which-server.ts';

const MOST = 100;

const row = z.object({
  pid: z.int(),
  session: z.string().nullable(),
  query: z.string().nullable(),
  user: z.string(),
  application: z.string(),
  database: z.string(),
  state: z.string(),
  transaction_seconds: z.int(),
  waits_seconds: z.int(),
  on: z.string(),
  blocked_by: z.array(z.int()),
  text: z.string(),
});
type Row = z.output<typeof row>;

/**
 * Everybody who waits, and everybody they wait for. A prepared transaction blocks as pid 0 and has no session. A name is
 * only known of relations of the database that is asked.
 */
const WAITING = `with waits as (
    select a.pid, pg_blocking_pids(a.pid) as by from pg_stat_activity a where a.wait_event_type = 'Lock' limit ${MOST}),
  involved as (select pid from waits union select unnest(by) from waits)
  select coalesce(json_agg(r), '[]') from (select i.pid, ${sinceOf('a', 'backend_start')} as session,
    case when a.state = 'active' then ${sinceOf('a', 'query_start')} end as query,
    coalesce(a.usename, '-') as "user", coalesce(a.application_name, '') as application, coalesce(a.datname, '-') as database,
    case when i.pid = 0 then 'prepared transaction' else coalesce(a.state, 'not seen') end as state,
    ${secondsSince('a.xact_start')} as transaction_seconds,
    case when w.pid is null then 0 else ${secondsSince('a.query_start')} end as waits_seconds,
    coalesce((select case when l.relation is null then l.locktype else l.mode || ' on ' || coalesce(c.relname, 'a table of ' || coalesce(d.datname, 'another database')) end
      from pg_locks l left join pg_class c on c.oid = l.relation and l.database = (select oid from pg_database where datname = current_database())
      left join pg_database d on d.oid = l.database where l.pid = i.pid and not l.granted limit 1), '') as "on",
    coalesce(to_json(w.by), '[]'::json) as blocked_by, left(coalesce(a.query, ''), 500) as text
  from involved i left join pg_stat_activity a on a.pid = i.pid left join waits w on w.pid = i.pid order by a.xact_start nulls last) r`;

const BY_HAND = `select pid, pg_blocking_pids(pid) as blocked_by, usename, application_name, state, now() - xact_start as in_transaction,
  left(query, 100) as query from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0
  or pid in (select unnest(pg_blocking_pids(pid)) from pg_stat_activity)`;

const seconds = () => z.int().meta({ format: 'seconds' });
const party = {
  /** For postgres.terminate; empty for a prepared transaction. */
  session: z.string(),
  /** For postgres.cancel-query; empty for one that does not work now. */
  query: z.string(),
  user: z.string(),
  application: z.string(),
  database: z.string(),
  state: z.string(),
  kind: z.string(),
  transaction_seconds: seconds(),
};

export const locks = reading({
  name: 'postgres.locks',
  version: 1,
  params: whichServer,
  output: z.object({
    waiting: z.int(),
    longest_wait_seconds: seconds(),
    /** Those who wait for nobody and are waited for; the one that most wait for first. */
    heads: z.array(z.object({ ...party, blocks: z.int() })),
    /** The sessions of the heads, for postgres.terminate. */
    head_sessions: z.array(z.string()),
    waiters: z.array(z.object({ ...party, waits_seconds: seconds(), on: z.string() })),
    lines: z.array(z.string()),
    /** The statements of heads, then of waiters: they hold people's data. */
    statements: z.array(z.string()),
    way: z.string(),
    unknowns: z.array(z.string()),
  }),
  sensitive: ['statements'],
  rights: { kubernetes: REACH_SERVER, postgres: TO_SEE },
  byHand: (p, namespace) => psqlByHand(namespace, p, BY_HAND),
  async run(call) {
    const { value, way, unknowns } = await askServer(call, { sql: WAITING, schema: z.array(row) });
    const waiters = value.filter((one) => one.blocked_by.length > 0);
    const heads = value
      .filter((one) => one.blocked_by.length === 0)
      .map((one) => ({ one, blocks: behind(one.pid, waiters) }))
      .toSorted((a, b) => b.blocks - a.blocks);
    return {
      waiting: waiters.length,
      longest_wait_seconds: Math.max(0, ...waiters.map((one) => one.waits_seconds)),
      heads: heads.map(({ one, blocks }) => ({ ...partyOf(one), blocks })),
      head_sessions: heads.flatMap(({ one }) => one.session ?? []),
      waiters: waiters.map((one) => ({ ...partyOf(one), waits_seconds: one.waits_seconds, on: one.on })),
      lines: heads.map(({ one, blocks }) => lineOf(one, blocks)),
      statements: [...heads.map(({ one }) => one), ...waiters].map(({ text }) => text),
      way,
      unknowns,
    };
  },
});

/** How many wait for this one, directly or behind others. */
function behind(pid: number, waiters: readonly Row[]): number {
  const found = new Set([pid]);
  for (const one of found) {
    for (const waiter of waiters) if (waiter.blocked_by.includes(one)) found.add(waiter.pid);
  }
  return found.size - 1;
}

function partyOf(one: Row) {
  const { session, query, user, application, database, state, text, transaction_seconds } = one;
  const kind = statementKind(text);
  return {
    session: session ?? '',
    query: query ?? '',
    user,
    application,
    database,
    state,
    kind,
    transaction_seconds,
  };
}

function lineOf(one: Row, blocks: number): string {
  const who = one.pid === 0 ? 'a prepared transaction' : `${one.user} (${one.application || 'no name'})`;
  return `${who} holds up ${blocks}: ${one.state}, last ${statementKind(one.text)}`;
}
