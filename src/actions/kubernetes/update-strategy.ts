/** `k8s.update-strategy`: how a workload replaces its pods, and how far its last rollout is. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { commandFor, kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { isRolledOut, readLive, restartedAt, strategyOf } from './live-workload.ts';
import { GET_WORKLOAD } from './rights.ts';
import { workloadKind } from './workload-object.ts';

export const updateStrategy = reading({
  name: 'k8s.update-strategy',
  version: 1,
  params: z.object({ workload: z.string().min(1), kind: workloadKind.default('deployment') }),
  output: z.object({
    /** `RollingUpdate`, `Recreate` or `OnDelete`; of a DeploymentConfig `Rolling`, `Recreate` or `Custom`. */
    type: z.string(),
    /** Of a StatefulSet: members below this number keep their template. */
    partition: z.int(),
    max_unavailable: z.string().optional(),
    max_surge: z.string().optional(),
    /** A paused Deployment rolls nothing out. */
    paused: z.boolean(),
    desired: z.int(),
    ready: z.int(),
    /** Pods of the newest template. */
    updated: z.int(),
    /** The newest template runs in every pod, all are ready, none of an older one is left. */
    complete: z.boolean(),
    /** When `kubectl rollout restart`, or Handrail, last asked for new pods; empty when never. */
    restarted_at: z.string(),
  }),
  rights: { kubernetes: [...GET_WORKLOAD], postgres: [] },
  byHand: (params, namespace) => {
    const kind = word(params.kind, 'deployment');
    const name = word(params.workload, '<workload>');
    return [
      commandFor(params.kind, namespace, `rollout status ${kind}/${name} --watch=false`),
      kubectl(namespace, `get ${kind} ${name} -o jsonpath='{.spec.strategy}{.spec.updateStrategy}{"\\n"}'`),
    ];
  },
  async run(call) {
    const { workload, kind } = call.params;
    const live = await readLive(await connect(call), call.namespace, workload, kind);
    const { type = 'RollingUpdate', rollingUpdate, rollingParams = {} } = strategyOf(live);
    const { partition = 0, maxUnavailable, maxSurge } = rollingUpdate ?? rollingParams;
    return {
      type,
      partition,
      ...(maxUnavailable === undefined ? {} : { max_unavailable: String(maxUnavailable) }),
      ...(maxSurge === undefined ? {} : { max_surge: String(maxSurge) }),
      paused: live.spec?.paused ?? false,
      desired: live.spec?.replicas ?? 1,
      ready: live.status?.readyReplicas ?? 0,
      updated: live.status?.updatedReplicas ?? 0,
      complete: isRolledOut(live),
      restarted_at: restartedAt(live) ?? '',
    };
  },
});
