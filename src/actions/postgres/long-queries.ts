/** `postgres.long-queries`: what has been working, or lain open in a transaction, for long. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { isClient, secondsSince, sinceOf } from './activity.ts';
import { askServer } from './asked-server.ts';
import { psqlByHand } from './by-hand-sql.ts';
import { statementKind } from './query-words.ts';
import { REACH_SERVER, TO_SEE, whichServer } from './which-server.ts';

const MOST = 50;

const row = z.object({
  session: z.string().nullable(),
  query: z.string().nullable(),
  user: z.string(),
  application: z.string(),
  database: z.string(),
  state: z.string(),
  seconds: z.int(),
  transaction_seconds: z.int(),
  waits_for: z.string(),
  text: z.string(),
});

/** A statement counts from its own start, an open transaction without one from the transaction's. */
const LONG = `select coalesce(json_agg(r), '[]') from (select ${sinceOf('a', 'backend_start')} as session,
    case when a.state = 'active' then ${sinceOf('a', 'query_start')} end as query,
    coalesce(a.usename, '-') as "user", coalesce(a.application_name, '') as application, coalesce(a.datname, '-') as database,
    coalesce(a.state, 'not seen') as state,
    case when a.state = 'active' then ${secondsSince('a.query_start')} else ${secondsSince('a.xact_start')} end as seconds,
    ${secondsSince('a.xact_start')} as transaction_seconds,
    coalesce(a.wait_event_type || ': ' || a.wait_event, '') as waits_for, left(coalesce(a.query, ''), 500) as text
  from pg_stat_activity a where ${isClient('a')} and a.pid <> pg_backend_pid()
    and (a.state = 'active' and clock_timestamp() - a.query_start >= make_interval(secs => ($1::json->>0)::int)
      or a.xact_start is not null and clock_timestamp() - a.xact_start >= make_interval(secs => ($1::json->>0)::int))
  order by a.xact_start nulls last limit ${MOST}) r`;

const BY_HAND = `select pid, usename, application_name, state, now() - query_start as running, now() - xact_start as in_transaction,
  wait_event_type, left(query, 100) as query from pg_stat_activity where backend_type = 'client backend' and state <> 'idle'
  and pid <> pg_backend_pid() order by xact_start`;

const seconds = () => z.int().meta({ format: 'seconds' });

export const longQueries = reading({
  name: 'postgres.long-queries',
  version: 1,
  params: whichServer.extend({ min_seconds: z.int().min(0).max(86_400).default(60) }),
  output: z.object({
    count: z.int(),
    /** Of those: open in a transaction without working, so that a cancel does nothing. */
    idle_in_transaction: z.int(),
    longest_seconds: seconds(),
    /** The oldest transaction first. */
    queries: z.array(
      z.object({
        /** For postgres.terminate. */
        session: z.string(),
        /** For postgres.cancel-query; empty for one that does not work now. */
        query: z.string(),
        user: z.string(),
        application: z.string(),
        database: z.string(),
        state: z.string(),
        kind: z.string(),
        seconds: seconds(),
        transaction_seconds: seconds(),
        waits_for: z.string(),
      }),
    ),
    /** The statements themselves, in the same order: they hold people's data. */
    statements: z.array(z.string()),
    way: z.string(),
    unknowns: z.array(z.string()),
  }),
  sensitive: ['statements'],
  rights: { kubernetes: REACH_SERVER, postgres: TO_SEE },
  byHand: (p, namespace) => psqlByHand(namespace, p, BY_HAND),
  async run(call) {
    const { value, way, unknowns } = await askServer(call, {
      sql: LONG,
      argument: [call.params.min_seconds],
      schema: z.array(row),
    });
    return {
      count: value.length,
      idle_in_transaction: value.filter((one) => one.state.startsWith('idle in transaction')).length,
      longest_seconds: Math.max(0, ...value.map((one) => one.seconds)),
      queries: value.map(({ text, session, query, ...rest }) => ({
        ...rest,
        session: session ?? '',
        query: query ?? '',
        kind: statementKind(text),
      })),
      statements: value.map(({ text }) => text),
      way,
      unknowns,
    };
  },
});
