/** `k8s.delete-pod`: removes one pod, so that its controller makes another; by force only where its node cannot end it. */
import type { V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { contactFor } from './contact.ts';
import { targetOf } from './live-workload.ts';
import { endingNotes } from './member-pod.ts';
import { type NodeState, nodeOf } from './node-state.ts';
import { deleteObject, type KubeObject, POD, readObject } from './objects.ts';
import { ownerOfPod } from './pod-owner.ts';
import { notThere, ONLY_THIS_ONE, removePlanned, wasRemoved } from './removed.ts';
import { DELETE_POD, GET_NODES, GET_POD } from './rights.ts';
import { asked, askedIfThere } from './status-error.ts';

const params = z.object({
  pod: z.string().min(1),
  /** Takes it out of the cluster's books without waiting for its node: for a node that is gone or does not answer. */
  force: z.boolean().default(false),
  /** Also when its node answers, or nobody here may look whether it does. */
  even_if_node_ready: z.boolean().default(false),
});
type Params = z.output<typeof params>;

const planValues = z.object({ pod: z.string(), uid: z.string(), node: z.string(), force: z.boolean() });

type LivePod = V1Pod & KubeObject;

export const deletePod = changing({
  name: 'k8s.delete-pod',
  version: 1,
  params,
  output: z.object({ deleted: z.boolean() }),
  planValues,
  capturesBefore: false,
  rights: { kubernetes: [GET_POD, DELETE_POD, GET_NODES], postgres: [] },
  guard: ONLY_THIS_ONE,
  byHand: (p, namespace) => {
    const name = word(p.pod, '<pod>');
    const look = kubectl(namespace, `get pod ${name} -o wide`);
    return p.force
      ? [look, 'kubectl get nodes', kubectl(namespace, `delete pod ${name} --force --grace-period=0`)]
      : [look, kubectl(namespace, `delete pod ${name}`)];
  },

  async plan(call) {
    const { pod: name, force } = call.params;
    const cluster = await connect(call);
    const live = await askedIfThere(
      `reading pod ${name} in ${call.namespace}`,
      readObject<LivePod>(cluster, POD, call.namespace, name),
    );
    if (!live) throw notThere(`pod ${name} in ${call.namespace}`);
    const uid = live.metadata.uid ?? '';
    const node = live.spec?.nodeName ?? '';
    const unknowns: string[] = [];
    const state = force && node !== '' ? await nodeOf(cluster, call, node, unknowns) : 'gone';
    const forced = force ? forceNotes(call, node, state) : [];
    await asked(
      `trying (dry run) to delete pod ${name}`,
      deleteObject(cluster, POD, call.namespace, name, { uid, dryRun: true, ...graceOf(force) }),
    );
    const begun = live.metadata.deletionTimestamp;
    return {
      target: { ...targetOf(POD, live), ...ownerOfPod(live) },
      changes: [
        {
          field: `pod ${name}`,
          before: `${begun ? 'ending' : (live.status?.phase ?? 'there')}${node ? ` on ${node}` : ''}`,
          after: force ? 'struck off without waiting for its node' : 'deleted',
        },
      ],
      values: { pod: name, uid, node, force },
      notes: [...forced, ...afterNotes(live), ...(force ? [] : endingNotes(live))],
      unknowns,
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    await removePlanned<LivePod>(await connect(call), call, POD, values.pod, graceOf(values.force));
    return { deleted: true };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    const cluster = await connect(call);
    const found = await wasRemoved(cluster, call, POD, values.pod);
    if (found !== 'made' || !values.force) return found;
    // A pod whose deletion began earlier still stands: the force is what this call adds.
    const live = await askedIfThere(
      `looking for pod ${values.pod}`,
      readObject<LivePod>(cluster, POD, call.namespace, values.pod),
    );
    return live?.metadata.uid === values.uid ? 'not made' : 'made';
  },
});

const graceOf = (force: boolean) => (force ? { graceSeconds: 0 } : {});

/** Refuses, in words, to strike off a pod whose containers may go on running beside their successor. */
function forceNotes(call: Call<Params>, node: string, state: NodeState): string[] {
  const { pod: name, even_if_node_ready: anyway } = call.params;
  if (node === '') return [`${name} has no node yet: nothing runs that could go on.`];
  const danger = `If ${name} still runs there, two of it may write to the same volume.`;
  switch (state) {
    case 'gone':
      return [`Node ${node} is not in the cluster any more.`];
    case 'not ready':
      return [`Node ${node} does not answer. ${danger} Make sure that the machine is off.`];
    case 'ready':
      if (anyway) return [`Node ${node} answers, and it was asked to do it anyway. ${danger}`];
      throw new ActionFailed(
        `Node ${node} answers, so ${name} ends by itself when it is deleted without force. ${danger} Delete it without force, or look on the node why it does not end.`,
        { nothingHappened: true },
      );
    case 'unknown':
      if (anyway) return [`Whether node ${node} answers is not known here. ${danger}`];
      throw new ActionFailed(
        `Whether node ${node} answers cannot be seen here (no right to see nodes). Ask ${contactFor(call)} whether it is off before ${name} is struck off. ${danger}`,
        { nothingHappened: true },
      );
  }
}

function afterNotes(live: LivePod): string[] {
  const { owner } = ownerOfPod(live);
  const name = live.metadata.name;
  if (!owner) return [`Nobody makes ${name} again: it belongs to no workload.`];
  if (owner.kind === 'Job') return [`Job ${owner.name} may make another one, if it has tries left.`];
  return [`${owner.kind} ${owner.name} makes another one.`];
}
