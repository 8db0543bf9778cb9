/** `postgres.terminate`: ends the sessions that its plan lists, each checked again in the statement that ends it. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { pidAndStart, sinceText } from './activity.ts';
import { psqlByHand } from './by-hand-sql.ts';
import { groupsOf, type OwnedRow } from './client-groups.ts';
import { SEE_OWNERS } from './client-owners.ts';
import { ownedClients } from './connections-by-client.ts';
import { endStatement, LISTED, MAY_BE_ENDED, STILL_THERE, sessions } from './end-sessions.ts';
import { untouched } from './in-pod.ts';
import type { Session } from './session.ts';
import { cannotSee } from './way-fields.ts';
import { mustBeIn, mustGetIn, wayIn } from './way-in.ts';
import { REACH_SERVER, TO_END, whichServer } from './which-server.ts';

const params = whichServer.extend({
  /** As postgres.connections-by-client names them. */
  sessions: z.array(sinceText).min(1, 'at least one session').max(1000),
  /** Also those that work or are in a transaction: what they were doing is rolled back. */
  busy: z.boolean().default(false),
});
type Params = z.output<typeof params>;

const planValues = z.object({ sessions: z.array(z.string()), count: z.int() });

const GONE_WITHIN_MS = 5000;

export const terminate = changing({
  name: 'postgres.terminate',
  version: 1,
  params,
  output: z.object({
    /** Gone. */
    ended: z.int(),
    /** Left alone because they were busy then, or gone before. */
    left: z.int(),
    /** Were told to end and are still there after 5 s. */
    still_ending: z.int(),
  }),
  planValues,
  capturesBefore: false,
  rights: { kubernetes: [...REACH_SERVER, ...SEE_OWNERS], postgres: TO_END },
  guard:
    'PostgreSQL ends only what the plan lists, and looks again while it does so. The statement that ends a session ' +
    'compares its process number and its start (to the microsecond), that it is a client and not one of ours, and, ' +
    'unless busy ones are wanted, that it is idle outside a transaction. A second statement finds none of them.',
  byHand: (p, namespace) => psqlByHand(namespace, p, sqlByHand(p)),

  async plan(call) {
    const way = await wayIn(call);
    try {
      const unknowns = [...way.unknowns];
      const argument = call.params.sessions.map(pidAndStart);
      const listed = await ownedClients(call, way, unknowns, { where: LISTED, argument });
      const got = mustBeIn(way);
      if (!got.identity.sees_all)
        throw untouched(`Nothing can be ended without ${cannotSee(got.identity.role)}.`);
      if (listed.length === 0) {
        throw untouched(
          'None of these connections is there any more: there is nothing to end. Look again who holds them.',
        );
      }
      const mayEnd = await got.session.ask({
        sql: MAY_BE_ENDED,
        argument,
        schema: sessions,
      });
      const ended = listed.filter((row) => row.session !== null && mayEnd.includes(row.session));
      if (ended.length === 0) throw untouched(mayNotEnd(listed, got.identity.role));
      const names = ended.flatMap(({ session }) => session ?? []).toSorted();
      return {
        target: { kind: 'PostgreSQL', namespace: call.namespace, name: got.server.name },
        changes: changesOf(ended),
        values: { sessions: names, count: names.length },
        notes: notesOf(ended, listed.length - ended.length, call.params),
        unknowns,
      };
    } finally {
      way.session?.end();
    }
  },

  async run(call) {
    const { sessions: planned } = planValues.parse(call.plan.values);
    const got = await mustGetIn(call);
    try {
      if (!(await call.stillOurs())) throw untouched('This attempt has been given up, so nothing was ended.');
      if (call.signal.aborted) throw untouched('Out of time before anything was ended.');
      const sent = await got.session.ask({
        sql: endStatement(call.params.busy),
        argument: planned.map(pidAndStart),
        schema: sessions,
      });
      const there = await untilGone(call, got.session, sent);
      return { ended: sent.length - there, left: planned.length - sent.length, still_ending: there };
    } finally {
      got.session.end();
    }
  },

  async happened(call): Promise<Happened> {
    const { sessions: planned } = planValues.parse(call.plan.values);
    try {
      const got = await mustGetIn(call);
      try {
        const there = await remaining(got.session, planned);
        if (there === 0) return 'made';
        return there === planned.length ? 'not made' : 'cannot tell';
      } finally {
        got.session.end();
      }
    } catch (error) {
      if (error instanceof ActionFailed) return 'cannot tell';
      throw error;
    }
  },
});

async function remaining(session: Session, listed: readonly string[]): Promise<number> {
  const there = await session.ask({ sql: STILL_THERE, argument: listed.map(pidAndStart), schema: sessions });
  return there.length;
}

/** How many are still there when all are gone or the time is up. A lost look does not undo what was done. */
async function untilGone(
  call: ChangingCall<Params>,
  session: Session,
  sent: readonly string[],
): Promise<number> {
  const until = performance.now() + GONE_WITHIN_MS;
  let there = sent.length;
  while (there > 0 && performance.now() < until && !call.signal.aborted) {
    there = await remaining(session, sent).catch(() => there);
    if (there > 0) await wait(100, undefined, { signal: call.signal }).catch(() => undefined);
  }
  return there;
}

/** Without times and states, which change while somebody reads: the plan that is confirmed must be the one that is made. */
function changesOf(rows: readonly OwnedRow[]) {
  const timeless = rows.map((row) => ({ ...row, state: '' }));
  return groupsOf(timeless)
    .toSorted((a, b) =>
      JSON.stringify([a.owner, a.user, a.application]) < JSON.stringify([b.owner, b.user, b.application])
        ? -1
        : 1,
    )
    .map(({ count, user, application, kind, owner, database }) => ({
      field: `${count} of ${user} (${application}) in ${database}, ${kind}: ${owner}`,
      before: 'connected',
      after: 'ended',
    }));
}

function notesOf(rows: readonly OwnedRow[], notOurs: number, { busy, sessions: asked }: Params): string[] {
  const working = rows.filter((row) => row.state !== 'idle' || row.in_transaction).length;
  const gone = asked.length - rows.length - notOurs;
  return [
    ...(working > 0 && !busy
      ? [`${working} are busy or in a transaction now: those that still are then are left alone.`]
      : []),
    ...(working > 0 && busy
      ? [`${working} are busy or in a transaction now: what they were doing is rolled back.`]
      : []),
    ...(gone > 0 ? [`${gone} of the ${asked.length} have gone by themselves.`] : []),
    ...(notOurs > 0
      ? [
          `${notOurs} are left out: a superuser's, Handrail's or Patroni's own, or of a role that we may not end.`,
        ]
      : []),
    'Whoever still runs behind one connects again by itself: end the source too.',
  ];
}

function mayNotEnd(rows: readonly OwnedRow[], role: string): string {
  return `${role} may end none of these ${rows.length} connections: they are a superuser's, Handrail's or Patroni's own, or ${role} lacks a right (GRANT pg_signal_backend TO ${role}).`;
}

function sqlByHand(p: Partial<Params>): string {
  const listed = (p.sessions ?? []).map((text) => {
    const { pid, start } = pidAndStart(text);
    return `(${pid}, timestamptz '${start}')`;
  });
  const which = listed.length > 0 ? listed.join(', ') : '(<pid>, <backend_start>)';
  return `select pid, pg_terminate_backend(pid) from pg_stat_activity where (pid, backend_start) in (${which})
    and backend_type = 'client backend' and pid <> pg_backend_pid()${p.busy ? '' : " and state = 'idle' and xact_start is null"}`;
}
