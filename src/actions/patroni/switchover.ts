/** `patroni.switchover`: lets another member lead, when nothing can be lost by it. */
import { z } from 'zod';
import type { Plan } from '../../incidents/plan.ts';
import type { Call, ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { mustBeOurs, notTooLate } from '../kubernetes/guarded-write.ts';
import { sizeWords } from '../postgres/size-words.ts';
import { answerWords, insideRest, type RestAnswer, refusedBy } from './inside-rest.ts';
import { isLeader, isRunning, type Member, type Observed, observe } from './observe.ts';
import { type Reading, readCluster } from './read-cluster.ts';
import { holdersOfAll } from './safe-to-change.ts';
import {
  isPaused,
  memberNamed,
  onlyLeader,
  outdated,
  patroniName,
  refused,
  setTarget,
  until,
} from './settle.ts';
import { READ_POSITIONS } from './wal-positions.ts';
import { whichCluster } from './which-cluster.ts';

const params = whichCluster.extend({
  /** Who leads next. */
  candidate: z.string().min(1),
  /** Who the one that wrote the step believes to lead now; refused when another does. */
  leader: z.string().min(1).optional(),
});
type Params = z.output<typeof params>;

const planValues = z.object({ leader: z.string(), candidate: z.string(), timeline: z.int() });

export const switchover = changing({
  name: 'patroni.switchover',
  version: 1,
  params,
  output: z.object({
    leader: z.string(),
    timeline: z.int(),
    /** Members that follow the new leader on its timeline. */
    following: z.array(z.string()),
    /** Members that did not within a minute. */
    not_following: z.array(z.string()),
  }),
  planValues,
  capturesBefore: true,
  rights: READ_POSITIONS,
  guard:
    'Patroni switches only away from the leader that the plan names: a second request finds another one leading and is ' +
    'refused (412). Just before it, the leader and its timeline are compared with the plan, and the data of all members ' +
    'is compared again.',
  byHand: (p, namespace) => {
    const [candidate, leader] = [word(p.candidate, '<candidate>'), word(p.leader, '<leader>')];
    const pod = p.leader ? leader : `${word(p.statefulset, '<statefulset>')}-0`;
    return [
      ...(p.service && !p.statefulset
        ? [kubectl(namespace, `get service ${word(p.service, '<service>')} -o jsonpath='{.spec.selector}'`)]
        : []),
      kubectl(namespace, `get statefulset ${word(p.statefulset, '<statefulset>')}`),
      kubectl(namespace, `exec ${pod} -- patronictl list`),
      kubectl(
        namespace,
        `exec ${pod} -- patronictl switchover --leader ${leader} --candidate ${candidate} --force`,
      ),
      kubectl(
        namespace,
        `exec ${pod} -- sh -c 'curl -s -u "$PATRONI_RESTAPI_USERNAME:$PATRONI_RESTAPI_PASSWORD" -d "{\\"leader\\":\\"$1\\",\\"candidate\\":\\"$2\\"}" http://localhost:8008/switchover' sh ${leader} ${candidate}`,
      ),
    ];
  },
  plan: planSwitchover,
  run: runSwitchover,
  happened: lookForSwitchover,
});

async function planSwitchover(call: Call<Params>): Promise<Plan & { values: z.output<typeof planValues> }> {
  const reading = await readCluster(call);
  const { observed } = reading;
  const { leader, candidate } = mayBeSwitched(call.params, reading);
  if (leader.timeline === undefined) throw refused(`${leader.name} does not say which timeline it writes.`);
  // The way that the request will take: proved before anybody confirms.
  await insideRest(call, leader.pod, { method: 'GET', path: '/patroni', seconds: 8 });
  const { service, statefulset } = call.params;
  return {
    target: setTarget(observed, call.namespace),
    changes: [{ field: 'leader', before: leader.name, after: candidate.name }],
    values: { leader: leader.name, candidate: candidate.name, timeline: leader.timeline },
    notes: [
      'Writes stop for some seconds; open connections to the leader end.',
      ...((candidate.lag ?? 0n) > 0n
        ? [`${candidate.name} still has to apply ${sizeWords(candidate.lag ?? 0n)}.`]
        : []),
      ...(isPaused(observed)
        ? ['Patroni is paused: afterwards a member that does not follow is not started by it.']
        : []),
    ],
    unknowns: [...reading.unknowns],
    undo: {
      ...(service === undefined ? {} : { service }),
      ...(statefulset === undefined ? {} : { statefulset }),
      leader: candidate.name,
      candidate: leader.name,
    },
  };
}

/** A follower says something every 10 s by default (wal_receiver_status_interval). Two clocks are in this: both ways. */
const SILENT_SECONDS = 25;

/** Throws in words, with nothing changed, when it must not be. */
function mayBeSwitched(given: Params, reading: Reading) {
  const { observed } = reading;
  const holders = holdersOfAll(reading, 'A switchover');
  const leader = onlyLeader(observed);
  const candidate = memberNamed(observed, given.candidate);
  if (given.leader !== undefined && leader.name !== given.leader && patroniName(leader) !== given.leader)
    throw outdated(`${leader.name} leads now, not ${given.leader}.`);
  if (candidate.name === leader.name) throw refused(`${leader.name} leads already.`);
  if (!isRunning(candidate))
    throw refused(`${candidate.name} does not run (${candidate.state}): it cannot lead.`);
  if (!holders.includes(leader.name)) {
    throw refused(
      `Not done: ${holders.join(' and ')} has data that the leader ${leader.name} does not have. Let a person decide.`,
    );
  }
  const wal = reading.members.find(({ name }) => name === leader.name)?.wal;
  const followers = typeof wal === 'object' ? (wal.followers ?? []) : [];
  // A member that does not answer its leader keeps the old one in "stopping" with nobody to write to (facts, 3d).
  const deaf = observed.members.filter(
    (member) => member.name !== leader.name && !isFollowing(member, followers),
  );
  if (deaf.length > 0) {
    throw refused(
      `Not done: ${deaf.map(({ name }) => name).join(' and ')} does not receive from ${leader.name} (or has said nothing for ${SILENT_SECONDS} s, or its clock differs by that). A switchover now could leave nobody to write to: the old leader waits for it to answer. Repair it first.`,
    );
  }
  return { leader, candidate };
}

function isFollowing(
  member: Member,
  followers: readonly { name: string; state: string; silentSeconds?: number }[],
): boolean {
  const row = followers.find(({ name }) => name === member.name || name === patroniName(member));
  return row?.state === 'streaming' && Math.abs(row.silentSeconds ?? SILENT_SECONDS + 1) <= SILENT_SECONDS;
}

async function runSwitchover(call: ChangingCall<Params>) {
  const planned = planValues.parse(call.plan.values);
  const reading = await readCluster(call).catch((error: unknown) => {
    throw error instanceof ActionFailed ? refused(error.says) : error;
  });
  const { leader, candidate } = mayBeSwitched({ ...call.params, leader: planned.leader }, reading);
  if (leader.timeline !== planned.timeline)
    throw outdated(
      `The leader changed since the plan: timeline ${leader.timeline}, not ${planned.timeline}.`,
    );
  await mustBeOurs(call);
  notTooLate(call, 'the leader');
  call.progress(`Patroni is asked to let ${candidate.name} lead.`);
  const answer = await insideRest(call, leader.pod, {
    method: 'POST',
    path: '/switchover',
    body: { leader: patroniName(leader), candidate: patroniName(candidate) },
    system: leader.own?.database_system_identifier ?? undefined,
    // Patroni itself waits up to 20 s, or two loops.
    seconds: 60,
  });
  const problem = refusedBy(answer, 'the switchover');
  if (problem) throw problem;
  return await settled(call, planned, answer);
}

/** A 503 does not mean that nothing happened: it is looked at until one leads (facts, 3d). */
async function settled(call: ChangingCall<Params>, planned: z.output<typeof planValues>, answer: RestAnswer) {
  const isDone = answer.code === 200;
  // "failed": its request is gone from the store. "status unknown": it may still be carried out.
  const isGone = answer.code === 503 && /switchover failed/i.test(answer.body);
  const next = await until(call, isDone ? 60 : isGone ? 6 : 45, (seen) => {
    const leader = seen.members.find(isLeader);
    return leader && leader.name !== planned.leader && (leader.timeline ?? 0) > planned.timeline
      ? { leader: leader.name, timeline: leader.timeline ?? 0 }
      : undefined;
  });
  if (!next) {
    const seen = await observe(call);
    if (!isDone && isStill(seen, planned)) {
      throw new ActionFailed(
        `Patroni did not switch (${answerWords(answer)}): ${planned.leader} still leads on timeline ${planned.timeline}. Look at the log of ${planned.candidate}.`,
        { nothingHappened: isGone },
      );
    }
    throw new ActionFailed(
      `Patroni answered "${answerWords(answer)}", and no new leader is there yet. It may still come: look at the cluster, do not ask again.`,
    );
  }
  if (next.leader !== planned.candidate)
    throw new ActionFailed(`${next.leader} leads now, not ${planned.candidate}: Patroni chose another one.`);
  call.progress(`${next.leader} leads; waiting for the others to follow.`);
  const others = (seen: Observed) => seen.members.filter(({ name }) => name !== next.leader);
  const follows = (member: Member) => isRunning(member) && member.timeline === next.timeline;
  let last: readonly Member[] = [];
  await until(call, 60, (seen) => {
    last = others(seen);
    return last.every(follows) ? true : undefined;
  });
  return {
    ...next,
    following: last.filter(follows).map(({ name }) => name),
    not_following: last.filter((member) => !follows(member)).map(({ name }) => name),
  };
}

function isStill(seen: Observed, planned: { leader: string; timeline: number }): boolean {
  const leaders = seen.members.filter(isLeader);
  return (
    leaders.length === 1 && leaders[0]?.name === planned.leader && leaders[0].timeline === planned.timeline
  );
}

/**
 * The new leader on a later timeline is the trace. A request that is under way is done within a loop or given up, so the
 * old leader is watched that long before "not made".
 */
async function lookForSwitchover(call: ChangingCall<Params>): Promise<Happened> {
  const planned = planValues.parse(call.plan.values);
  const isMade = (seen: Observed): true | undefined => {
    const leader = seen.members.find(isLeader);
    return leader?.name === planned.candidate && (leader.timeline ?? 0) > planned.timeline ? true : undefined;
  };
  if (await until(call, 12, isMade)) return 'made';
  const seen = await observe(call);
  if (isMade(seen)) return 'made';
  if (isStill(seen, planned)) return 'not made';
  const old = seen.members.find(({ name }) => name === planned.leader);
  return old?.own?.state === 'stopping' ? 'still running' : 'cannot tell';
}
