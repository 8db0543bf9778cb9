/** `k8s.set-update-strategy`: whether a StatefulSet replaces its members itself or waits until somebody deletes them. */
import { z } from 'zod';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { GUARD, lookForTrace, notAsPlanned, patchGuarded, tryPatch } from './guarded-write.ts';
import { type LiveWorkload, readLive, strategyOf, targetOf } from './live-workload.ts';
import { STATEFUL_SET } from './objects.ts';
import { ownerNotes } from './owners.ts';
import { LIST_PODS, PATCH_NAMED_SET } from './rights.ts';
import { sinceThen } from './taken-back.ts';
import { fromStatefulSet } from './workload-object.ts';
import { nameOf, podsOf } from './workload-pods.ts';

const type = z.enum(['RollingUpdate', 'OnDelete']);
type Type = z.output<typeof type>;

const planValues = z.object({
  before: z.string(),
  partition_before: z.int(),
  after: type,
  partition: z.int(),
});

export const setUpdateStrategy = changing({
  name: 'k8s.set-update-strategy',
  version: 1,
  params: z.object({
    statefulset: z.string().min(1),
    type,
    /** Of RollingUpdate: members below this number keep their template. */
    partition: z.int().min(0).max(1000).default(0),
    /** Only of an undo: what the change that is taken back had set. Where it is another one now, the plan says so. */
    undoes: z.object({ type, partition: z.int().min(0).max(1000) }).optional(),
  }),
  output: z.object({ type: z.string() }),
  planValues,
  capturesBefore: true,
  rights: { kubernetes: [PATCH_NAMED_SET, LIST_PODS], postgres: [] },
  guard: GUARD,
  byHand: (params, namespace) => {
    const set = word(params.statefulset, '<statefulset>');
    const patch = patchFor(params.type ?? 'RollingUpdate', params.partition ?? 0);
    return [
      kubectl(namespace, `patch statefulset ${set} --type=merge -p ${word(patch, '<patch>')}`),
      kubectl(namespace, `get statefulset ${set} -o jsonpath='{.spec.updateStrategy}{"\\n"}'`),
    ];
  },

  async plan(call) {
    const { statefulset, type: after, partition, undoes } = call.params;
    const cluster = await connect(call);
    const live = await readLive(cluster, call.namespace, statefulset, 'statefulset');
    const before = present(live);
    const pods = await podsOf(cluster, fromStatefulSet(live as never));
    await tryPatch(cluster, STATEFUL_SET, live, 'set the update strategy of', patchFor(after, partition));
    const old = pods.filter((pod) => {
      const ordinal = Number(/-(\d+)$/.exec(nameOf(pod))?.[1]);
      const runs = pod.metadata?.labels?.['controller-revision-hash'];
      return runs !== live.status?.updateRevision && ordinal >= partition;
    });
    const moves =
      after === 'RollingUpdate' && old.length > 0
        ? [
            `The cluster then replaces ${old.map(nameOf).join(', ')} at once, one after another: they run an older template.`,
          ]
        : [];
    return {
      target: targetOf(STATEFUL_SET, live),
      changes: [
        { field: 'update strategy', before: inWords(before), after: inWords({ type: after, partition }) },
      ],
      values: { before: before.type, partition_before: before.partition, after, partition },
      notes: [
        ...sinceThen(`the update strategy of ${statefulset}`, {
          before: inWords({ type: after, partition }),
          set: undoes && inWords(undoes),
          now: inWords(before),
        }),
        ...moves,
        ...ownerNotes(live, 'strategy'),
      ],
      unknowns: [],
      undo: { statefulset, ...before, undoes: { type: after, partition } },
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const { statefulset } = call.params;
    const written = await patchGuarded<LiveWorkload>(await connect(call), call, {
      of: STATEFUL_SET,
      name: statefulset,
      doing: 'setting the update strategy of',
      mustBePlanned: (live) => {
        if (!asBefore(live, values))
          throw notAsPlanned(`StatefulSet ${statefulset}`, `has the strategy ${inWords(present(live))} now`);
      },
      change: () => patchFor(values.after, values.partition),
    });
    return { type: present(written).type };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    const cluster = await connect(call);
    return await lookForTrace<LiveWorkload>(cluster, call, STATEFUL_SET, call.params.statefulset, (live) =>
      asBefore(live, values),
    );
  },
});

function present(live: LiveWorkload): { type: Type; partition: number } {
  const { type: now, rollingUpdate } = strategyOf(live);
  return {
    type: now === 'OnDelete' ? 'OnDelete' : 'RollingUpdate',
    partition: rollingUpdate?.partition ?? 0,
  };
}

function asBefore(live: LiveWorkload, values: z.output<typeof planValues>): boolean {
  const now = present(live);
  return now.type === values.before && now.partition === values.partition_before;
}

function inWords(one: { type: string; partition: number }): string {
  return one.type === 'RollingUpdate' && one.partition > 0
    ? `RollingUpdate from member ${one.partition}`
    : one.type;
}

function patchFor(wanted: Type, partition: number): object {
  const rollingUpdate = wanted === 'OnDelete' ? null : { partition };
  return { spec: { updateStrategy: { type: wanted, rollingUpdate } } };
}
