/** `patroni.reinitialize`: throws a replica's data away and copies the leader's, when nobody else needs what it has. */
import { z } from 'zod';
import type { Plan } from '../../incidents/plan.ts';
import type { Call, ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { mustBeOurs, notTooLate } from '../kubernetes/guarded-write.ts';
import { sizeWords } from '../postgres/size-words.ts';
import { followCopy, identityOf } from './data-copy.ts';
import { answerWords, insideRest, refusedBy } from './inside-rest.ts';
import { observe } from './observe.ts';
import { type Reading, readCluster } from './read-cluster.ts';
import { holdersOfAll } from './safe-to-change.ts';
import { memberNamed, onlyLeader, outdated, podTarget, refused, until } from './settle.ts';
import { READ_POSITIONS } from './wal-positions.ts';
import { whichCluster } from './which-cluster.ts';

const params = whichCluster.extend({ member: z.string().min(1) });
type Params = z.output<typeof params>;

const planValues = z.object({
  member: z.string(),
  leader: z.string(),
  timeline: z.int(),
  /** What tells its data directory from one that was made later. */
  data_directory: z.string(),
});

export const reinitialize = changing({
  name: 'patroni.reinitialize',
  version: 1,
  params,
  output: z.object({ member: z.string(), leader: z.string(), timeline: z.int() }),
  planValues,
  capturesBefore: false,
  rights: READ_POSITIONS,
  guard:
    'Patroni itself refuses on the leader, without a leader, and while it is already under way (503). Just before it, ' +
    'the leader, its timeline and the data directory are compared with the plan, and the data of all members is compared again.',
  byHand: (p, namespace) => {
    const member = word(p.member, '<member>');
    return [
      ...(p.service && !p.statefulset
        ? [kubectl(namespace, `get service ${word(p.service, '<service>')} -o jsonpath='{.spec.selector}'`)]
        : []),
      kubectl(namespace, `get statefulset ${word(p.statefulset, '<statefulset>')}`),
      kubectl(namespace, `exec ${member} -- patronictl list`),
      kubectl(namespace, `exec ${member} -- patronictl reinit '<cluster>' ${member} --force`),
      kubectl(
        namespace,
        `exec ${member} -- sh -c 'curl -s -u "$PATRONI_RESTAPI_USERNAME:$PATRONI_RESTAPI_PASSWORD" -X POST http://localhost:8008/reinitialize'`,
      ),
    ];
  },
  plan: planCopy,
  run: runCopy,
  happened: lookForCopy,
});

async function planCopy(call: Call<Params>): Promise<Plan & { values: z.output<typeof planValues> }> {
  const reading = await readCluster(call);
  const { leader, member } = mayBeCopied(call.params, reading);
  if (leader.timeline === undefined) throw refused(`${leader.name} does not say which timeline it writes.`);
  await insideRest(call, member.pod, { method: 'GET', path: '/patroni', seconds: 8 });
  const identity = await identityOf(call, member.pod);
  if (identity === undefined) throw refused(`${member.name} has no data directory that can be seen.`);
  return {
    target: podTarget(member, call.namespace),
    changes: [
      {
        field: `data of ${member.name}`,
        before: aheadWords(reading, member.name),
        after: `a new copy of ${leader.name}`,
      },
    ],
    values: { member: member.name, leader: leader.name, timeline: leader.timeline, data_directory: identity },
    notes: [
      `Everything in the data directory of ${member.name} is deleted. ${leader.name} has all of it.`,
      'Until it is done there is one member less to fail over to. The copy begins with a checkpoint: minutes on a busy leader.',
    ],
    unknowns: [...reading.unknowns],
  };
}

function aheadWords(reading: Reading, name: string): string {
  const ends = reading.members.flatMap(({ wal }) =>
    typeof wal === 'object' ? wal.lines.map(({ position }) => position) : [],
  );
  const most = ends.reduce((a, b) => (a > b ? a : b), 0n);
  const wal = reading.members.find((one) => one.name === name)?.wal;
  const own = typeof wal === 'object' ? wal.lines[0]?.position : undefined;
  if (own === undefined || own === most) return 'as it is';
  return `${sizeWords(most - own)} behind`;
}

/** Throws in words, with nothing changed, when it must not be. */
function mayBeCopied(given: Params, reading: Reading) {
  const holders = holdersOfAll(reading, 'Reinitialising');
  const { observed } = reading;
  const leader = onlyLeader(observed);
  const member = memberNamed(observed, given.member);
  if (member.name === leader.name)
    throw refused(`${member.name} is the leader: it is what others are copied from.`);
  if (!holders.includes(leader.name)) {
    throw refused(
      `Not done: ${holders.join(' and ')} has data that the leader ${leader.name} does not have. Let a person decide.`,
    );
  }
  return { leader, member };
}

async function runCopy(call: ChangingCall<Params>) {
  const planned = planValues.parse(call.plan.values);
  const reading = await readCluster(call).catch((error: unknown) => {
    throw error instanceof ActionFailed ? refused(error.says) : error;
  });
  const { leader, member } = mayBeCopied(call.params, reading);
  if (member.pod.metadata?.uid !== call.plan.target.uid)
    throw outdated(`Pod ${member.name} was replaced by a new one since the plan.`);
  if (leader.name !== planned.leader || leader.timeline !== planned.timeline)
    throw outdated(
      `${leader.name} leads now on timeline ${leader.timeline}, not ${planned.leader} on ${planned.timeline}.`,
    );
  if ((await identityOf(call, member.pod)) !== planned.data_directory)
    throw outdated(`The data directory of ${member.name} is another one than when it was planned.`);
  await mustBeOurs(call);
  notTooLate(call, member.name);
  const answer = await insideRest(call, member.pod, {
    method: 'POST',
    path: '/reinitialize',
    body: {},
    system: leader.own?.database_system_identifier ?? undefined,
    seconds: 30,
  });
  const problem = refusedBy(answer, 'to reinitialise');
  if (problem) throw problem;
  if (answer.code === 503) {
    throw new ActionFailed(`Patroni did not reinitialise ${member.name}: ${answerWords(answer)}.`, {
      nothingHappened: /already in progress|I am the leader|has no leader/i.test(answer.body),
    });
  }
  const timeline = await followCopy(call, { member: member.name, leader, before: planned.data_directory });
  return { member: member.name, leader: leader.name, timeline };
}

/** A data directory that was made later is the trace. It is emptied within a loop of the request, or not at all. */
async function lookForCopy(call: ChangingCall<Params>): Promise<Happened> {
  const planned = planValues.parse(call.plan.values);
  const changed = await until(call, 12, async (seen) => {
    const member = memberNamed(seen, planned.member);
    const identity = await identityOf(call, member.pod);
    return identity === planned.data_directory ? undefined : { identity, member };
  });
  if (!changed) {
    const { members } = await observe(call);
    return members.some(({ name, own }) => name === planned.member && own) ? 'not made' : 'cannot tell';
  }
  const state = changed.member.own?.state ?? '';
  return changed.identity === undefined || /creating|starting/.test(state) ? 'still running' : 'made';
}
