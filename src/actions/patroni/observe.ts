/** Asks every member of a cluster at the same time and puts what they say beside each other. */
import type { V1Pod } from '@kubernetes/client-node';
import type { Call } from '../action.ts';
import { isReady, troubleOf } from '../kubernetes/workload-pods.ts';
import { type Answer, ask } from './ask.ts';
import { findMembers } from './members.ts';
import type { Listed, Listing, Own } from './rest-shapes.ts';
import {
  isLeaderRole,
  isRunningState,
  listing as listingShape,
  own as ownShape,
  roleWord,
} from './rest-shapes.ts';

export interface Member {
  readonly name: string;
  readonly pod?: V1Pod;
  readonly ready: boolean;
  /** What the member says of itself; absent when it does not answer. */
  readonly own?: Own;
  /** Why it does not answer. */
  readonly silent?: string;
  /** What Patroni's listing says of it; up to a TTL older than the truth. */
  readonly listed?: Listed;
  /** leader, replica, …; `unknown` when the member does not answer: a listing is not believed for this. */
  readonly role: string;
  /** Its own word, else why its pod may not answer (CrashLoopBackOff, Pending, no pod), else `no answer`. */
  readonly state: string;
  readonly timeline?: number;
  /** A leader: written up to here. A replica: applied up to here. */
  readonly position?: bigint;
  /** Behind the leader, or without one behind the farthest position that anybody has; never below 0. */
  readonly lag?: bigint;
}

export interface Observed {
  readonly statefulset: string;
  readonly replicas: number;
  readonly members: readonly Member[];
  /** Absent when no member gave one. */
  readonly listing?: Listing;
  readonly unknowns: string[];
}

type Asking = Pick<
  Call<{ service?: string | undefined; statefulset?: string | undefined }>,
  'params' | 'reach' | 'signal' | 'namespace'
>;

/**
 * `/patroni` of each member tells the truth about itself; `/cluster` reads the DCS, hangs when that does, and keeps a
 * dead member for a TTL. Both are asked of all at once, so a hanging one costs one timeout. Throws ActionFailed when
 * the members cannot be found.
 */
export async function observe(call: Asking): Promise<Observed> {
  const found = await findMembers(call);
  const answers = await Promise.all(
    found.expected.map(async (member) => {
      if (member.pod?.status?.podIP === undefined) return { ...member, said: undefined, listed: undefined };
      const [said, listed] = [
        ask(call, member.pod, '/patroni', ownShape),
        ask(call, member.pod, '/cluster', listingShape),
      ];
      return { ...member, said: await said, listed };
    }),
  );
  const listing = await firstListing(answers.flatMap((answer) => (answer.listed ? [answer.listed] : [])));
  const farthest = farthestOf(answers.flatMap(({ said }) => (said?.ok ? [said.value] : [])));
  const members = answers.map((answer) => memberOf(answer, listing, farthest));
  return {
    statefulset: found.statefulset,
    replicas: found.replicas,
    members,
    ...(listing ? { listing } : {}),
    unknowns: found.unknowns,
  };
}

/** The first good one; undefined when all have failed. */
async function firstListing(asked: readonly Promise<Answer<Listing>>[]): Promise<Listing | undefined> {
  const good = asked.map(async (answer) => {
    const got = await answer;
    if (!got.ok) throw new Error(got.why);
    return got.value;
  });
  return await Promise.any(good).catch(() => undefined);
}

function memberOf(
  answer: { name: string; pod?: V1Pod; said: Answer<Own> | undefined },
  listing: Listing | undefined,
  farthest: bigint | undefined,
): Member {
  const { name, pod, said } = answer;
  const own = said?.ok ? said.value : undefined;
  const listed = listing && entryOf(listing, name, pod?.status?.podIP);
  // A replica whose pg_hba lets its own Patroni not ask says null; the listing has it from the DCS (measured).
  const timeline = (own && (own.timeline ?? listed?.timeline)) ?? undefined;
  const position = own ? positionOf(own) : undefined;
  const lag = position === undefined || farthest === undefined ? undefined : farthest - position;
  return {
    name,
    ...(pod ? { pod } : {}),
    ready: pod !== undefined && isReady(pod),
    ...(own ? { own } : {}),
    ...(said && !said.ok ? { silent: said.why } : {}),
    ...(listed ? { listed } : {}),
    role: own ? roleWord(own.role) : 'unknown',
    state: own?.state ?? podState(pod),
    ...(timeline === undefined ? {} : { timeline }),
    ...(position === undefined ? {} : { position }),
    // Members are asked one beside the other, so a replica may have moved on after the leader answered.
    ...(lag === undefined ? {} : { lag: lag > 0n ? lag : 0n }),
  };
}

/** By the pod's name, which members usually have; one that is named otherwise by its address, if nobody shares that. */
function entryOf(listing: Listing, name: string, ip: string | undefined): Listed | undefined {
  const named = listing.members.find((member) => member.name === name);
  if (named || ip === undefined) return named;
  const there = listing.members.filter((member) => member.host === ip);
  return there.length === 1 ? there[0] : undefined;
}

/** On a replica only what is applied counts: `lag` of Patroni hides received WAL that is not (facts, 22 MB). */
function positionOf(said: Own): bigint | undefined {
  const { location, replayed_location: replayed } = said.xlog ?? {};
  const value = isLeaderRole(said.role) ? location : replayed;
  return typeof value === 'number' ? BigInt(value) : undefined;
}

/** The leader's position; without a leader the farthest that anybody has received. */
function farthestOf(all: readonly Own[]): bigint | undefined {
  const written = all.filter((said) => isLeaderRole(said.role)).map((said) => said.xlog?.location);
  const received = all.flatMap((said) => [said.xlog?.received_location, said.xlog?.replayed_location]);
  const known = (written.some((value) => typeof value === 'number') ? written : received).filter(
    (value) => typeof value === 'number',
  );
  return known.length === 0 ? undefined : BigInt(Math.max(...known));
}

/** The state of a member that gives none, and whose pod seems well: that its container runs says nothing of it. */
export const NO_ANSWER = 'no answer';

/** Why a pod that does not answer may not: in the cluster's own words. */
function podState(pod: V1Pod | undefined): string {
  if (!pod) return 'no pod';
  if (pod.metadata?.deletionTimestamp) return 'Terminating';
  const reason = troubleOf(pod).reason;
  if (reason && !isReady(pod)) return reason;
  const { phase = 'unknown' } = pod.status ?? {};
  return phase === 'Running' ? NO_ANSWER : phase;
}

/** It says itself that it runs. */
export function isRunning(member: Member): boolean {
  return member.own !== undefined && isRunningState(member.own.state);
}

export function isLeader(member: Member): boolean {
  return isRunning(member) && member.role === 'leader';
}
