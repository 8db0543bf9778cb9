/** `patroni.member`: one member of a cluster: does it answer, lead or follow, and with which image. */
import { z } from 'zod';
import { sentence } from '../../incidents/sentence.ts';
import { reading } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { databaseContainer } from '../postgres/in-pod.ts';
import { sizeWords } from '../postgres/size-words.ts';
import { walPosition } from './lsn.ts';
import { isLeader, isRunning, type Member, observe } from './observe.ts';
import { isPaused, refused } from './settle.ts';
import { FIND_AND_ASK, whichCluster } from './which-cluster.ts';

export const member = reading({
  name: 'patroni.member',
  version: 1,
  params: whichCluster.extend({ member: z.string().min(1) }),
  output: z.object({
    name: z.string(),
    /** Its Patroni answers; while the cluster is paused its PostgreSQL may be stopped all the same. */
    answers: z.boolean(),
    role: z.string(),
    state: z.string(),
    leads: z.boolean(),
    /** It runs, and is on the timeline of the only leader. */
    follows: z.boolean(),
    leader: z.string().optional(),
    timeline: z.int().optional(),
    /** Written by the leader and not applied by it. */
    lag_bytes: z.int().meta({ format: 'bytes' }).optional(),
    wal_position: z.string().optional(),
    paused: z.boolean(),
    ready: z.boolean(),
    /** Of the container that PostgreSQL runs in; absent when it has no pod. */
    image: z.string().optional(),
    says: z.string(),
    unknowns: z.array(z.string()),
  }),
  rights: FIND_AND_ASK,
  byHand: (p, namespace) => {
    const pod = word(p.member, '<member>');
    return [
      ...(p.service && !p.statefulset
        ? [kubectl(namespace, `get service ${word(p.service, '<service>')} -o jsonpath='{.spec.selector}'`)]
        : []),
      kubectl(namespace, `get statefulset ${word(p.statefulset, '<statefulset>')}`),
      kubectl(namespace, `exec ${pod} -- curl -s http://localhost:8008/patroni`),
      kubectl(namespace, `get pod ${pod} -o jsonpath='{.spec.containers[*].image}{"\\n"}'`),
    ];
  },
  async run(call) {
    const seen = await observe(call);
    const own = seen.members.find((one) => one.name === call.params.member);
    if (!own) {
      const names = seen.members.map((one) => one.name).join(', ');
      throw refused(`${call.params.member} is no member of ${seen.statefulset}. Its members are ${names}.`);
    }
    const leaders = seen.members.filter(isLeader);
    const leader = leaders.length === 1 ? leaders[0] : undefined;
    const leads = isLeader(own);
    const follows =
      !leads && isRunning(own) && own.timeline !== undefined && own.timeline === leader?.timeline;
    const image = imageOf(own);
    const paused = isPaused(seen);
    return {
      name: own.name,
      answers: own.own !== undefined,
      role: own.role,
      state: own.state,
      leads,
      follows,
      ...(leader ? { leader: leader.name } : {}),
      ...(own.timeline === undefined ? {} : { timeline: own.timeline }),
      ...(own.lag === undefined ? {} : { lag_bytes: Number(own.lag) }),
      ...(own.position === undefined ? {} : { wal_position: walPosition(own.position) }),
      paused,
      ready: own.ready,
      ...(image === undefined ? {} : { image }),
      says: sentence(words(own, { leads, follows, leader: leader?.name, paused })),
      unknowns: seen.unknowns,
    };
  },
});

function imageOf({ pod }: Member): string | undefined {
  const name = pod && databaseContainer(pod);
  return pod?.spec?.containers.find((one) => one.name === name)?.image;
}

function words(
  one: Member,
  now: { leads: boolean; follows: boolean; leader: string | undefined; paused: boolean },
): string {
  const paused = now.paused ? '; Patroni is paused' : '';
  if (now.leads) return `${one.name} leads${paused}`;
  const lag = one.lag === undefined ? '' : `, ${sizeWords(one.lag)} behind`;
  if (now.follows) return `${one.name} follows ${now.leader}${lag}${paused}`;
  if (!one.own) return `${one.name} does not answer (${one.state})${paused}`;
  return `${one.name} answers and does not follow: ${one.role}, ${one.state}${paused}`;
}
