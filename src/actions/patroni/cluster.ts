/** `patroni.cluster`: does the cluster have one leader, and do all its members follow it? */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { describeMember, disagreements } from './member-words.ts';
import { isLeader, isRunning, type Member, type Observed, observe } from './observe.ts';
import { FIND_AND_ASK, whichCluster } from './which-cluster.ts';

/**
 * Leaders are counted from what each member says of itself, never from the listing: a killed leader stays listed for
 * 20 s, and one whose Patroni died stays a primary that no listing shows (facts). A member that vanished from the
 * listing is the symptom, so the listing is compared with the StatefulSet's replicas.
 */
export const cluster = reading({
  name: 'patroni.cluster',
  version: 1,
  params: whichCluster,
  output: z.object({
    /** Members that answered. */
    reachable: z.int(),
    /** Members that there should be: the StatefulSet's replicas. */
    expected: z.int(),
    /** Members that Patroni lists; without a listing those that answered. */
    members: z.int(),
    leaders: z.int(),
    leader: z.string().optional(),
    /** Members that say they do not run, or do not answer and are not ready. */
    not_running: z.array(z.string()),
    /** Expected members that Patroni does not list; without a listing those that have no pod. */
    missing: z.array(z.string()),
    /** Different timelines among the members that run. */
    timelines: z.int(),
    /** Of the slowest member that runs: written by the leader and not applied by it. */
    max_lag_bytes: z.int().meta({ format: 'bytes' }),
    paused: z.boolean(),
    statefulset: z.string(),
    unknowns: z.array(z.string()),
    /** One line for each member. */
    words: z.array(z.string()),
  }),
  rights: FIND_AND_ASK,
  byHand: (p, namespace) => [
    ...(p.service && !p.statefulset
      ? [kubectl(namespace, `get service ${word(p.service, '<service>')} -o jsonpath='{.spec.selector}'`)]
      : []),
    kubectl(namespace, `get statefulset ${word(p.statefulset, '<statefulset>')}`),
    kubectl(namespace, `exec ${word(p.statefulset, '<statefulset>')}-0 -- patronictl list`),
    kubectl(
      namespace,
      `exec ${word(p.statefulset, '<statefulset>')}-0 -- curl -s http://localhost:8008/patroni`,
    ),
  ],
  async run(call) {
    const seen = await observe(call);
    const leaders = seen.members.filter(isLeader);
    const only = leaders[0];
    return {
      reachable: seen.members.filter((member) => member.own).length,
      expected: seen.replicas,
      members: seen.listing?.members.length ?? seen.members.filter((member) => member.own).length,
      leaders: leaders.length,
      ...(only && leaders.length === 1 ? { leader: only.name } : {}),
      not_running: seen.members.filter(doesNotRun).map((member) => member.name),
      missing: missingOf(seen),
      timelines: new Set(seen.members.filter(isRunning).flatMap((member) => member.timeline ?? [])).size,
      max_lag_bytes: largestLag(seen.members),
      paused: seen.listing?.pause === true || seen.members.some((member) => member.own?.pause === true),
      statefulset: seen.statefulset,
      unknowns: [...seen.unknowns, ...disagreements(seen)],
      words: seen.members.map(describeMember),
    };
  },
});

/** A silent member whose pod is ready may only be out of our reach: that is an unknown, not a fact. */
function doesNotRun(member: Member): boolean {
  return member.own ? !isRunning(member) : !member.ready;
}

function missingOf(seen: Observed): string[] {
  return seen.members
    .filter((member) => (seen.listing ? !member.listed : !member.pod))
    .map((member) => member.name);
}

function largestLag(members: readonly Member[]): number {
  const lags = members.filter(isRunning).flatMap((member) => member.lag ?? []);
  return Number(lags.reduce((most, lag) => (lag > most ? lag : most), 0n));
}
