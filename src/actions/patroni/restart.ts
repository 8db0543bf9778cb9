/** `patroni.restart`: restarts PostgreSQL of one member through its Patroni. */
import { z } from 'zod';
import type { Plan } from '../../incidents/plan.ts';
import type { Call, ChangingCall, Happened, Rights } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { mustBeOurs, notTooLate } from '../kubernetes/guarded-write.ts';
import { EXEC } from '../kubernetes/rights.ts';
import { answerWords, insideRest, json, refusedBy } from './inside-rest.ts';
import { observe } from './observe.ts';
import { isLeaderRole, isRunningState, own as ownShape } from './rest-shapes.ts';
import { memberNamed, outdated, podTarget, refused, until } from './settle.ts';
import { FIND_AND_ASK, whichCluster } from './which-cluster.ts';

const params = whichCluster.extend({
  member: z.string().min(1),
  /** Only when a changed setting waits for it; Patroni itself checks that. */
  only_if_pending: z.boolean().default(false),
});
type Params = z.output<typeof params>;

const planValues = z.object({
  member: z.string(),
  role: z.enum(['leader', 'replica']),
  /** When the server that will be ended was started, as it says itself; `not running` when it does not run. */
  started: z.string(),
});

const { needed: _ofOnePod, ...exec } = EXEC;
const RIGHTS: Rights = { kubernetes: [...FIND_AND_ASK.kubernetes, exec], postgres: [] };

const shape = ownShape.extend({ postmaster_start_time: z.string().nullish() });

export const restart = changing({
  name: 'patroni.restart',
  version: 1,
  params,
  output: z.object({ member: z.string(), started: z.string() }),
  planValues,
  capturesBefore: false,
  rights: RIGHTS,
  guard:
    'Patroni restarts it only while it has the role that the plan names (and, if asked, only when a restart is pending). ' +
    'Just before it, the start time of the server is compared with the plan: a second request finds a newer server.',
  byHand: (p, namespace) => {
    const member = word(p.member, '<member>');
    const body = p.only_if_pending ? '{"restart_pending":true}' : '{}';
    return [
      ...(p.service && !p.statefulset
        ? [kubectl(namespace, `get service ${word(p.service, '<service>')} -o jsonpath='{.spec.selector}'`)]
        : []),
      kubectl(namespace, `get statefulset ${word(p.statefulset, '<statefulset>')}`),
      kubectl(namespace, `exec ${member} -- patronictl restart '<cluster>' ${member} --force`),
      kubectl(
        namespace,
        `exec ${member} -- sh -c 'curl -s -u "$PATRONI_RESTAPI_USERNAME:$PATRONI_RESTAPI_PASSWORD" -d "$1" http://localhost:8008/restart' sh '${body}'`,
      ),
    ];
  },
  plan: planRestart,
  run: runRestart,
  happened: lookForRestart,
});

/** What the member says of itself, asked inside its pod: the same way that the request takes. */
async function look(call: Call<Params>) {
  const seen = await observe(call);
  const member = memberNamed(seen, call.params.member);
  const answer = await insideRest(call, member.pod, { method: 'GET', path: '/patroni', seconds: 8 });
  const said = shape.safeParse(json(answer.body));
  if (!said.success) {
    throw refused(`What ${member.name} answers is not what Patroni answers (${answerWords(answer)}).`);
  }
  const role = isLeaderRole(said.data.role) ? ('leader' as const) : ('replica' as const);
  const started = isRunningState(said.data.state)
    ? (said.data.postmaster_start_time ?? 'unknown')
    : 'not running';
  return { seen, member, own: said.data, role, started };
}

async function planRestart(call: Call<Params>): Promise<Plan & { values: z.output<typeof planValues> }> {
  const { seen, member, own, role, started } = await look(call);
  return {
    target: podTarget(member, call.namespace),
    changes: [{ field: 'PostgreSQL', before: words(started), after: 'restarted' }],
    values: { member: member.name, role, started },
    notes: [
      ...(role === 'leader'
        ? [
            'It is the leader: writes stop and connections end until it is back. If it does not come back in time, another member is promoted.',
          ]
        : ['Its connections end until it is back.']),
      ...(own.pending_restart ? [] : ['No changed setting waits for a restart.']),
    ],
    unknowns: seen.unknowns,
  };
}

function words(started: string): string {
  return started === 'not running' ? started : `running since ${started}`;
}

async function runRestart(call: ChangingCall<Params>) {
  const planned = planValues.parse(call.plan.values);
  const live = await look(call).catch((error: unknown) => {
    throw error instanceof ActionFailed ? refused(error.says) : error;
  });
  const { member, own } = live;
  if (member.pod.metadata?.uid !== call.plan.target.uid) {
    throw outdated(`Pod ${member.name} was replaced by a new one since the plan.`);
  }
  if (live.role !== planned.role) throw outdated(`${member.name} is ${live.role} now, not ${planned.role}.`);
  if (live.started !== planned.started)
    throw outdated(`PostgreSQL of ${member.name} is ${words(live.started)}.`);
  await mustBeOurs(call);
  notTooLate(call, member.name);
  const isOld = Number.parseInt(own.patroni?.version ?? '3', 10) < 3;
  const leads = isOld ? 'master' : 'primary';
  const answer = await insideRest(call, member.pod, {
    method: 'POST',
    path: '/restart',
    body: {
      // A server that does not run has no role that Patroni could compare.
      ...(planned.started === 'not running' ? {} : { role: planned.role === 'leader' ? leads : 'replica' }),
      ...(call.params.only_if_pending ? { restart_pending: true } : {}),
    },
    system: own.database_system_identifier ?? undefined,
    seconds: 120,
  });
  const problem = refusedBy(answer, 'the restart');
  if (problem) throw problem;
  if (answer.code === 503 && /conditions are not satisfied/.test(answer.body)) {
    throw new ActionFailed(
      `Patroni did not restart ${member.name}: ${call.params.only_if_pending ? 'no restart is pending, or ' : ''}its role is not ${planned.role} any more.`,
      { nothingHappened: true, planChanged: true },
    );
  }
  const started = await until(call, 60, async () => newStart(call, planned.started));
  if (started === undefined) {
    throw new ActionFailed(
      `Patroni answered "${answerWords(answer)}", and PostgreSQL of ${member.name} does not run anew yet. Look at its log.`,
    );
  }
  return { member: member.name, started };
}

async function newStart(call: ChangingCall<Params>, before: string): Promise<string | undefined> {
  const { started } = await look(call);
  return started !== before && started !== 'not running' ? started : undefined;
}

/** A server that was started later is the trace; one that Patroni is restarting says so. */
async function lookForRestart(call: ChangingCall<Params>): Promise<Happened> {
  const planned = planValues.parse(call.plan.values);
  const { own, started } = await look(call);
  if (/^(restarting|stopping|starting)/.test(own.state)) return 'still running';
  if (started === planned.started) return 'not made';
  return started === 'not running' ? 'cannot tell' : 'made';
}
