/** `k8s.replicas`: how many pods a workload is asked to have, and how many answer. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { managedBy, ownersOf } from './owners.ts';
import { GET_WORKLOAD, LIST_AUTOSCALERS } from './rights.ts';
import { readWorkload, workloadKind } from './workload-object.ts';

export const replicas = reading({
  name: 'k8s.replicas',
  version: 1,
  params: z.object({ workload: z.string().min(1), kind: workloadKind.default('deployment') }),
  output: z.object({ desired: z.int(), ready: z.int(), managed_by: z.string().optional() }),
  rights: { kubernetes: [...GET_WORKLOAD, LIST_AUTOSCALERS], postgres: [] },
  byHand: (params, namespace) => [
    kubectl(namespace, `get ${word(params.kind, 'deployment')} ${word(params.workload, '<workload>')}`),
  ],
  async run(call) {
    const cluster = await connect(call);
    const workload = await readWorkload(cluster, call.namespace, call.params.workload, call.params.kind);
    const owners = await ownersOf(cluster, workload, []);
    return { desired: workload.desired, ready: workload.ready, ...managedBy(owners) };
  },
});
