/** `k8s.restart`: replaces the pods of a workload one after another, as `kubectl rollout restart` does. */
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { budgetNotes } from './budgets.ts';
import { commandFor, word } from './by-hand.ts';
import { connect } from './client.ts';
import { GUARD, lookForTrace, notAsPlanned, patchGuarded, tryPatch } from './guarded-write.ts';
import {
  isOnDelete,
  kindOf,
  type LiveWorkload,
  RESTARTED_AT,
  readLive,
  restartedAt,
  rollsOutByHand,
  strategyOf,
  targetOf,
} from './live-workload.ts';
import { ownerNotes } from './owners.ts';
import { LIST_BUDGETS, PATCH_WORKLOAD } from './rights.ts';
import { workloadKind } from './workload-object.ts';

const planValues = z.object({
  /** When it was restarted before; empty when never. A verification waits until it is another one. */
  before: z.string(),
  pods: z.int(),
});

export const restart = changing({
  name: 'k8s.restart',
  version: 1,
  params: z.object({ workload: z.string().min(1), kind: workloadKind.default('deployment') }),
  output: z.object({ restarted_at: z.string() }),
  planValues,
  capturesBefore: false,
  rights: { kubernetes: [...PATCH_WORKLOAD, LIST_BUDGETS], postgres: [] },
  guard: GUARD,
  byHand: (params, namespace) => {
    const { kind } = params;
    const what = `${word(kind, 'deployment')}/${word(params.workload, '<workload>')}`;
    const verb = kind === 'deploymentconfig' ? 'latest' : 'restart';
    return [
      commandFor(kind, namespace, `rollout ${verb} ${what}`),
      commandFor(kind, namespace, `rollout status ${what} --timeout=300s`),
    ];
  },

  async plan(call) {
    const { workload, kind } = call.params;
    const cluster = await connect(call);
    const live = await readLive(cluster, call.namespace, workload, kind);
    mustRollOut(live);
    const unknowns: string[] = [];
    const budgets = await budgetNotes(cluster, live, unknowns);
    await tryPatch(cluster, kindOf(kind), live, 'restart', stamp(call.now()));
    const before = restartedAt(live) ?? '';
    return {
      target: targetOf(kindOf(kind), live),
      changes: [{ field: 'restarted', before: before || 'never', after: 'when this is confirmed' }],
      values: { before, pods: live.spec?.replicas ?? 1 },
      notes: [...howNotes(live), ...budgets, ...ownerNotes(live, 'template')],
      unknowns,
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const { workload, kind } = call.params;
    const written = await patchGuarded<LiveWorkload>(await connect(call), call, {
      of: kindOf(kind),
      name: workload,
      doing: 'restarting',
      mustBePlanned: (live) => {
        mustRollOut(live);
        const now = restartedAt(live) ?? '';
        if (now !== values.before)
          throw notAsPlanned(`${kind} ${workload}`, `was restarted at ${now || 'no time'}`);
      },
      change: () => stamp(call.now()),
    });
    return { restarted_at: restartedAt(written) ?? '' };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    const { workload, kind } = call.params;
    const cluster = await connect(call);
    return await lookForTrace<LiveWorkload>(
      cluster,
      call,
      kindOf(kind),
      workload,
      (live) => (restartedAt(live) ?? '') === values.before,
    );
  },
});

function stamp(now: Date): object {
  return { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: now.toISOString() } } } } };
}

/** Throws, in words, for a workload that would take the change and replace no pod. */
export function mustRollOut(live: LiveWorkload): void {
  const name = live.metadata.name ?? '';
  const kind = (live.kind ?? 'Deployment').toLowerCase();
  if (live.spec?.paused) {
    throw new ActionFailed(
      `${live.kind ?? 'Deployment'} ${name} is paused: it takes the change and replaces no pod. Resume it first: ${commandFor(kind, live.metadata.namespace ?? '', `rollout resume ${kind}/${word(name, '')}`)}`,
      { nothingHappened: true },
    );
  }
  if (rollsOutByHand(live)) {
    throw new ActionFailed(
      `DeploymentConfig ${name} has no ConfigChange trigger: it takes the change and replaces no pod. Roll it out by hand: ${commandFor(kind, live.metadata.namespace ?? '', `rollout latest ${kind}/${word(name, '')}`)}`,
      { nothingHappened: true },
    );
  }
  if (isOnDelete(live)) {
    throw new ActionFailed(
      `StatefulSet ${name} replaces a pod only when somebody deletes it (OnDelete). Delete its pods one by one with k8s.delete-pod instead.`,
      { nothingHappened: true },
    );
  }
}

function howNotes(live: LiveWorkload): string[] {
  const { type, rollingUpdate } = strategyOf(live);
  const wanted = live.spec?.replicas ?? 1;
  const ready = live.status?.readyReplicas ?? 0;
  const notes: string[] = [];
  if (wanted === 0) notes.push('It has no pods now: nothing is replaced.');
  if (type === 'Recreate')
    notes.push('All pods end before a new one starts (Recreate): nothing answers meanwhile.');
  const partition = rollingUpdate?.partition ?? 0;
  if (partition > 0) notes.push(`Members below number ${partition} are left as they are (partition).`);
  if (ready < wanted) notes.push(`Only ${ready} of ${wanted} pods are ready now.`);
  return notes;
}
