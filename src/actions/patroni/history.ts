/** `patroni.history`: which timelines there were, who began each, and since when the present leader leads. */
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import { reading } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { ask } from './ask.ts';
import { walPosition } from './lsn.ts';
import { observe } from './observe.ts';
import { FIND_AND_ASK, whichCluster } from './which-cluster.ts';

/** `[timeline, position, reason, time?, new leader?]` of timelines that were left (facts: patroni-postgres, 2). */
const shape = z.array(
  z
    .tuple([z.int(), z.int()], z.unknown())
    .transform(([timeline, position, reason, at, leader]) => ({ timeline, position, reason, at, leader })),
);

/** What Patroni's store remembers: a member's own timeline may have another past, see `patroni.wal-positions`. */
export const history = reading({
  name: 'patroni.history',
  version: 1,
  params: whichCluster,
  output: z.object({
    /** How often a timeline was left: failovers and switchovers, the newest last. */
    changes: z.int(),
    /** The timeline that the store says is written now. */
    timeline: z.int(),
    last_change_at: z.string().optional(),
    last_leader: z.string().optional(),
    lines: z.array(z.string()),
    unknowns: z.array(z.string()),
  }),
  rights: FIND_AND_ASK,
  byHand: (p, namespace) => [
    kubectl(namespace, `exec ${word(p.statefulset, '<statefulset>')}-0 -- patronictl history`),
    kubectl(
      namespace,
      `exec ${word(p.statefulset, '<statefulset>')}-0 -- curl -s http://localhost:8008/history`,
    ),
    ...(p.service && !p.statefulset
      ? [kubectl(namespace, `get service ${word(p.service, '<service>')} -o jsonpath='{.spec.selector}'`)]
      : []),
  ],
  async run(call) {
    const seen = await observe(call);
    const asked = seen.members.flatMap(({ own, pod }) =>
      own && pod ? [ask(call, pod, '/history', shape)] : [],
    );
    const answers = await Promise.all(asked);
    const good = answers.find((answer) => answer.ok);
    if (!good?.ok) {
      const why = answers.flatMap((answer) => (answer.ok ? [] : [answer.why]))[0];
      throw new ActionFailed(
        `No member of ${seen.statefulset} says its history${why ? ` (${why})` : ''}: its store (etcd or the Kubernetes API) may hang, or no member answers.`,
      );
    }
    const last = good.value.at(-1);
    return {
      changes: good.value.length,
      timeline: (last?.timeline ?? 0) + 1,
      ...(typeof last?.at === 'string' ? { last_change_at: last.at } : {}),
      ...(typeof last?.leader === 'string' ? { last_leader: last.leader } : {}),
      lines: good.value.map(({ timeline, position, at, leader }) =>
        [
          `timeline ${timeline} was left at ${walPosition(BigInt(position))}`,
          ...(typeof at === 'string' ? [at] : []),
          ...(typeof leader === 'string' ? [`then ${leader} led`] : []),
        ].join(', '),
      ),
      unknowns: seen.unknowns,
    };
  },
});
