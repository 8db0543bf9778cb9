/** What pg_stat_activity shows: how full the server is, and each client's session. */
import { z } from 'zod';

/**
 * A session as text, exact to the microsecond: a pid alone is given to another session sooner or later.
 * `4711 since 2020-12-11T13:24:00.123456Z`
 */
export const SINCE = `to_char(%s at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

export const sinceText = z
  .string()
  .regex(
    /^[1-9]\d{0,9} since \d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
    'a session as postgres.connections-by-client names it: 4711 since 2020-12-11T13:24:00.123456Z',
  );

/** The two halves of `sinceText`, for SQL. */
export function pidAndStart(text: string): { pid: number; start: string } {
  const [pid = '', start = ''] = text.split(' since ');
  return { pid: Number(pid), start };
}

/** A `sinceText` of one row of pg_stat_activity, by one of its times. */
export function sinceOf(alias: string, column: 'backend_start' | 'query_start'): string {
  return `${alias}.pid || ' since ' || ${SINCE.replace('%s', `${alias}.${column}`)}`;
}

/** Seconds since a time, whole; 0 for one that is not there. */
export function secondsSince(column: string): string {
  return `greatest(0, coalesce(extract(epoch from clock_timestamp() - ${column}), 0))::bigint`;
}

/**
 * Only clients take slots: WAL senders and PostgreSQL's own processes do not (30 rows of which 23 count, facts). A role
 * that may not see others gets no `backend_type` for them; a client has a role and a database all the same.
 */
export function isClient(alias: string): string {
  return `(${alias}.backend_type = 'client backend' or (${alias}.backend_type is null and ${alias}.datid is not null and ${alias}.usesysid is not null))`;
}

export const fill = z.object({
  used: z.int(),
  max: z.int(),
  reserved: z.int(),
  active: z.int(),
  idle: z.int(),
  idle_in_transaction: z.int(),
  waiting_on_lock: z.int(),
  longest_transaction_seconds: z.int(),
  still_there: z.int(),
});
export type Fill = z.output<typeof fill>;

/** `$1`: sessions as {pid, start}, of which it is counted how many are still there. */
export const FILL = `select json_build_object(
  'used', count(*), 'max', current_setting('max_connections')::int,
  'reserved', current_setting('superuser_reserved_connections')::int
    + coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int,
  'active', count(*) filter (where a.state in ('active', 'fastpath function call')),
  'idle', count(*) filter (where a.state = 'idle'),
  'idle_in_transaction', count(*) filter (where a.state like 'idle in transaction%'),
  'waiting_on_lock', count(*) filter (where a.wait_event_type = 'Lock'),
  'longest_transaction_seconds', coalesce(max(${secondsSince('a.xact_start')}), 0),
  'still_there', (select count(*) from json_to_recordset($1::json) as l(pid int, start timestamptz)
    join pg_stat_activity b on b.pid = l.pid and b.backend_start = l.start))
from pg_stat_activity a where ${isClient('a')}`;

export const clientRow = z.object({
  /** Absent when it may not be seen. */
  session: z.string().nullable(),
  user: z.string(),
  application: z.string(),
  database: z.string(),
  /** Null for the socket in the server's own pod, and when it may not be seen. */
  address: z.string().nullable(),
  state: z.string(),
  in_transaction: z.boolean(),
  age_seconds: z.int(),
  state_seconds: z.int(),
  transaction_seconds: z.int(),
  waits_on_lock: z.boolean(),
});
export type ClientRow = z.output<typeof clientRow>;

/** More than any sensible limit of connections. */
export const MOST_ROWS = 3000;

/** Every client but this session. `where` narrows it down by a condition on `a`. */
export function clientRows(where = 'true'): string {
  return `select coalesce(json_agg(r), '[]') from (select ${sinceOf('a', 'backend_start')} as session,
    coalesce(a.usename, '-') as "user", coalesce(nullif(a.application_name, ''), '(no name)') as application,
    coalesce(a.datname, '-') as database, host(a.client_addr) as address, coalesce(a.state, 'not seen') as state,
    a.xact_start is not null as in_transaction, ${secondsSince('a.backend_start')} as age_seconds,
    ${secondsSince('a.state_change')} as state_seconds, ${secondsSince('a.xact_start')} as transaction_seconds,
    coalesce(a.wait_event_type = 'Lock', false) as waits_on_lock
  from pg_stat_activity a where ${isClient('a')} and a.pid <> pg_backend_pid() and (${where})
  order by a.backend_start nulls last, a.pid limit ${MOST_ROWS}) r`;
}
