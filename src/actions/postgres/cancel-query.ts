/** `postgres.cancel-query`: ends one running statement and leaves its session. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { readableSeconds } from '../../runbooks/duration.ts';
import type { ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { isClient, pidAndStart, secondsSince, sinceText } from './activity.ts';
import { psqlByHand } from './by-hand-sql.ts';
import { untouched } from './in-pod.ts';
import { statementKind } from './query-words.ts';
import type { Session } from './session.ts';
import { cannotSee } from './way-fields.ts';
import { mustGetIn } from './way-in.ts';
import { REACH_SERVER, TO_END, whichServer } from './which-server.ts';

const params = whichServer.extend({
  /** As postgres.long-queries and postgres.locks name it: process number and start of the statement. */
  query: sinceText,
});
type Params = z.output<typeof params>;

const planValues = z.object({ query: z.string() });

const THIS = `a.pid = ($1::json->>'pid')::int and a.query_start = ($1::json->>'start')::timestamptz and a.state = 'active'
  and ${isClient('a')} and a.pid <> pg_backend_pid()`;

const running = z.object({
  user: z.string(),
  application: z.string(),
  database: z.string(),
  seconds: z.int(),
  text: z.string(),
  in_transaction_before: z.boolean(),
});

/** Null when it does not run any more. */
const LOOK = `select (select json_build_object('user', coalesce(a.usename, '-'), 'application', coalesce(a.application_name, ''), 'database', coalesce(a.datname, '-'),
  'seconds', ${secondsSince('a.query_start')}, 'text', left(coalesce(a.query, ''), 200), 'in_transaction_before', a.xact_start < a.query_start)
  from pg_stat_activity a where ${THIS})`;

/** The row is found and the signal is sent by one statement; null when there is no such row. */
const CANCEL = `with meant as materialized (select a.pid from pg_stat_activity a where ${THIS})
  select (select to_json(pg_cancel_backend(pid)) from meant)`;

const GONE_WITHIN_MS = 5000;

export const cancelQuery = changing({
  name: 'postgres.cancel-query',
  version: 1,
  params,
  output: z.object({
    /** It has ended. A statement that was cancelled is rolled back, which takes as long as it has to. */
    ended: z.boolean(),
  }),
  planValues,
  capturesBefore: false,
  rights: { kubernetes: REACH_SERVER, postgres: TO_END },
  guard:
    'PostgreSQL cancels only this statement, and looks again while it does so. The statement that cancels compares the ' +
    'process number and the start of the statement (to the microsecond) in the moment of the signal: a later statement of that session is left alone.',
  byHand: (p, namespace) => {
    const { pid, start } = p.query ? pidAndStart(p.query) : { pid: '<pid>', start: '<query_start>' };
    return psqlByHand(
      namespace,
      p,
      `select pg_cancel_backend(pid) from pg_stat_activity where pid = ${pid} and query_start = '${start}' and state = 'active'`,
    );
  },

  async plan(call) {
    const got = await mustGetIn(call);
    try {
      const { sees_all: seesAll, role } = got.identity;
      if (!seesAll) throw untouched(`Nothing can be cancelled without ${cannotSee(role)}.`);
      const found = await look(got.session, call.params.query);
      if (!found)
        throw untouched('This statement does not run any more: there is nothing to cancel. Look again.');
      const { user, application, database, seconds, text } = found;
      return {
        target: { kind: 'PostgreSQL', namespace: call.namespace, name: got.server.name },
        changes: [
          {
            field: `${statementKind(text)} of ${user} (${application || 'no name'}) in ${database}, process ${pidAndStart(call.params.query).pid}`,
            before: 'running',
            after: 'cancelled',
          },
        ],
        values: { query: call.params.query },
        notes: [
          `It has run for ${readableSeconds(seconds)}. What it did is rolled back; its session stays.`,
          ...(found.in_transaction_before
            ? ['Its transaction has failed then, and holds its locks until the client ends it.']
            : []),
        ],
        unknowns: [...got.unknowns],
      };
    } finally {
      got.session.end();
    }
  },

  async run(call) {
    const { query } = planValues.parse(call.plan.values);
    const got = await mustGetIn(call);
    try {
      if (!(await call.stillOurs()))
        throw untouched('This attempt has been given up, so nothing was cancelled.');
      if (call.signal.aborted) throw untouched('Out of time before anything was cancelled.');
      await got.session.ask({ sql: CANCEL, argument: pidAndStart(query), schema: z.boolean().nullable() });
      return { ended: await untilEnded(call, got.session, query) };
    } finally {
      got.session.end();
    }
  },

  /** One that has ended may have been cancelled or have come to its end: either way it runs no more. */
  async happened(call): Promise<Happened> {
    const { query } = planValues.parse(call.plan.values);
    try {
      const got = await mustGetIn(call);
      try {
        return (await look(got.session, query)) ? 'not made' : 'made';
      } finally {
        got.session.end();
      }
    } catch (error) {
      if (error instanceof ActionFailed) return 'cannot tell';
      throw error;
    }
  },
});

async function look(session: Session, query: string) {
  return await session.ask({ sql: LOOK, argument: pidAndStart(query), schema: running.nullable() });
}

async function untilEnded(call: ChangingCall<Params>, session: Session, query: string): Promise<boolean> {
  const until = performance.now() + GONE_WITHIN_MS;
  while (performance.now() < until && !call.signal.aborted) {
    if ((await look(session, query).catch(() => true)) === null) return true;
    await wait(100, undefined, { signal: call.signal }).catch(() => undefined);
  }
  return false;
}
