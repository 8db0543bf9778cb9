/** `k8s.pod`: whether a pod of this name is there, which one it is, and how it and its node are. */
import type { V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { type NodeState, nodeOf } from './node-state.ts';
import { POD, readObject } from './objects.ts';
import { GET_NODES, GET_POD } from './rights.ts';
import { askedIfThere } from './status-error.ts';
import { isReady, restartsOf, troubleOf } from './workload-pods.ts';

export const pod = reading({
  name: 'k8s.pod',
  version: 1,
  params: z.object({ pod: z.string().min(1) }),
  output: z.object({
    exists: z.boolean(),
    /** Another one of the same name has another. */
    uid: z.string().optional(),
    phase: z.string().optional(),
    ready: z.boolean(),
    restarts: z.int(),
    /** Its deletion has been asked for and is not done. */
    deleting: z.boolean(),
    reason: z.string().optional(),
    node: z.string().optional(),
    /** `ready`, `not ready`, `gone`, or `unknown` when nobody may look. */
    node_state: z.enum(['ready', 'not ready', 'gone', 'unknown']).optional(),
    unknowns: z.array(z.string()),
  }),
  rights: { kubernetes: [GET_POD, GET_NODES], postgres: [] },
  byHand: (params, namespace) => [
    kubectl(namespace, `get pod ${word(params.pod, '<pod>')} -o wide`),
    'kubectl get nodes',
  ],
  async run(call) {
    const cluster = await connect(call);
    const { pod: name } = call.params;
    const found = await askedIfThere(
      `reading pod ${name} in ${call.namespace}`,
      readObject<V1Pod & { metadata: object }>(cluster, POD, call.namespace, name),
    );
    if (!found) return { exists: false, ready: false, restarts: 0, deleting: false, unknowns: [] };
    const unknowns: string[] = [];
    const node = found.spec?.nodeName;
    const state: NodeState | undefined = node ? await nodeOf(cluster, call, node, unknowns) : undefined;
    const { reason } = troubleOf(found);
    return {
      exists: true,
      uid: found.metadata?.uid ?? '',
      phase: found.status?.phase ?? 'Unknown',
      ready: isReady(found),
      restarts: restartsOf(found),
      deleting: found.metadata?.deletionTimestamp !== undefined,
      ...(reason ? { reason } : {}),
      ...(node && state ? { node, node_state: state } : {}),
      unknowns,
    };
  },
});
