/** The statement that ends sessions: each is checked again in the moment in which it is ended. */
import { z } from 'zod';
import { isClient, sinceOf } from './activity.ts';
import { APPLICATION } from './network-session.ts';

/** Those that `$1` lists as {pid, start}: the same pid with another start is another session. */
export const LISTED = `exists (select from json_to_recordset($1::json) as l(pid int, start timestamptz)
  where l.pid = a.pid and l.start = a.backend_start)`;

/** Handrail's own sessions and Patroni's: who would end them would be blind, or set off a failover. */
const NOT_OURS = `a.application_name <> '${APPLICATION}' and a.application_name not ilike 'patroni%'`;

const IDLE = `a.state = 'idle' and a.xact_start is null`;

/**
 * One refusal ends the whole statement after others have been ended already, so those that this role may not end are
 * left out: a superuser's, and everybody's without pg_signal_backend or the session's own role (facts, 42501).
 */
const MAY = `((select rolsuper from pg_roles where rolname = current_user)
  or not coalesce((select rolsuper from pg_roles r where r.oid = a.usesysid), false)
    and (pg_has_role(current_user, 'pg_signal_backend', 'usage') or pg_has_role(current_user, a.usesysid, 'usage')))`;

const CAN_BE_ENDED = `${NOT_OURS} and ${MAY}`;

/** The listed ones that this role may end. */
export const MAY_BE_ENDED = `select coalesce(json_agg(${sinceOf('a', 'backend_start')}), '[]')
  from pg_stat_activity a where ${LISTED} and ${CAN_BE_ENDED}`;

/** `busy`: also what works or is in a transaction. Gives the sessions that a signal was sent to. */
export function endStatement(busy: boolean): string {
  return `with meant as materialized (select a.pid, ${sinceOf('a', 'backend_start')} as session from pg_stat_activity a
    where ${isClient('a')} and a.pid <> pg_backend_pid() and ${LISTED} and ${CAN_BE_ENDED}${busy ? '' : ` and ${IDLE}`})
  select coalesce(json_agg(session) filter (where sent), '[]') from (select session, pg_terminate_backend(pid) as sent from meant) done`;
}

/** The listed ones that are still there. */
export const STILL_THERE = `select coalesce(json_agg(${sinceOf('a', 'backend_start')}), '[]')
  from pg_stat_activity a where ${LISTED}`;

export const sessions = z.array(z.string());
