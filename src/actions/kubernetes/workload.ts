/** `k8s.workload`: how a workload is: pods, restarts, image, nodes, and what the cluster complains about. */
import type { V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Call } from '../action.ts';
import { reading } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import type { Cluster } from './client.ts';
import { connect } from './client.ts';
import { noteClocks, timeIn } from './clock.ts';
import { contactFor } from './contact.ts';
import { eventLine, isAbout, warningsSince } from './events.ts';
import { managedBy, ownersOf } from './owners.ts';
import { GET_NODES, GET_WORKLOAD, LIST_AUTOSCALERS, LIST_EVENTS, LIST_PODS } from './rights.ts';
import { selectorText } from './selector.ts';
import { askedOptionally, note } from './status-error.ts';
import { readWorkload, type Workload, workloadKind } from './workload-object.ts';
import {
  containerStatuses,
  digestOf,
  isOver,
  isReady,
  mainContainer,
  nameOf,
  podsOf,
  restartsOf,
  troubleOf,
} from './workload-pods.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const workload = reading({
  name: 'k8s.workload',
  version: 1,
  params: z.object({ workload: z.string().min(1), kind: workloadKind.default('deployment') }),
  output: z.object({
    desired: z.int(),
    ready: z.int(),
    restarts: z.int(),
    image: z.string(),
    digest: z.string().optional(),
    not_ready: z.array(z.string()),
    /** Reasons for which pods wait, such as CrashLoopBackOff. */
    waiting: z.array(z.string()),
    nodes: z.array(z.string()),
    /** Nodes of these pods that are younger than 24 hours. */
    new_nodes: z.array(z.string()),
    /** Warning events of the last hour about the workload, its ReplicaSets and its pods. */
    warnings: z.array(z.string()),
    pods: z.array(
      z.object({
        name: z.string(),
        ready: z.boolean(),
        restarts: z.int(),
        node: z.string(),
        reason: z.string().optional(),
        exit_code: z.int().optional(),
      }),
    ),
    /** Pods that run without a restart and are not ready: that points at something they depend on. */
    alive_not_ready: z.int(),
    managed_by: z.string().optional(),
    unknowns: z.array(z.string()),
  }),
  rights: {
    kubernetes: [...GET_WORKLOAD, LIST_PODS, LIST_EVENTS, LIST_AUTOSCALERS, GET_NODES],
    postgres: [],
  },
  byHand: (params, namespace) => {
    const kind = word(params.kind, 'deployment');
    const name = word(params.workload, '<workload>');
    return [
      kubectl(namespace, `get ${kind} ${name} -o wide`),
      kubectl(namespace, `describe ${kind} ${name}`),
      kubectl(namespace, 'get pods -o wide'),
      kubectl(namespace, 'get events --field-selector type=Warning --sort-by .lastTimestamp'),
    ];
  },

  async run(call) {
    const cluster = await connect(call);
    const { namespace } = call;
    const unknowns: string[] = [];
    const object = await readWorkload(cluster, namespace, call.params.workload, call.params.kind);
    const now = timeIn(cluster, call);
    noteClocks(cluster, unknowns);
    const [all, owners, warnings] = await Promise.all([
      podsOf(cluster, object),
      ownersOf(cluster, object, unknowns),
      warningsSince(cluster, namespace, new Date(now.getTime() - HOUR_MS), unknowns),
    ]);
    const pods = all.filter((pod) => pod.status?.phase !== 'Succeeded');
    const nodes = [...new Set(pods.map((pod) => pod.spec?.nodeName ?? '').filter((n) => n !== ''))].sort();
    const alive = pods.filter(isAliveNotReady);
    const mine = warnings.filter((event) => isAbout(event.involvedObject, object, all));
    return {
      desired: object.desired,
      ready: pods.filter(isReady).length,
      restarts: pods.reduce((sum, pod) => sum + restartsOf(pod), 0),
      image: object.template.spec?.containers[0]?.image ?? '',
      ...imageDigest(object, pods, unknowns),
      not_ready: pods.filter((pod) => !isReady(pod)).map(nameOf),
      waiting: waitingReasons(pods),
      nodes,
      new_nodes: await youngNodes(call, cluster, nodes, new Date(now.getTime() - DAY_MS), unknowns),
      warnings: mine.slice(0, 20).map(eventLine),
      pods: pods.map(onePod),
      alive_not_ready: alive.length,
      ...managedBy(owners),
      unknowns:
        selectorText(object.selector) === '' ? [...unknowns, 'the workload has no selector'] : unknowns,
    };
  },
});

function onePod(pod: V1Pod) {
  const trouble = troubleOf(pod);
  return {
    name: nameOf(pod),
    ready: isReady(pod),
    restarts: restartsOf(pod),
    node: pod.spec?.nodeName ?? '',
    ...(trouble.reason === undefined ? {} : { reason: trouble.reason }),
    ...(trouble.exitCode === undefined ? {} : { exit_code: trouble.exitCode }),
  };
}

function isAliveNotReady(pod: V1Pod): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  const running = statuses.length > 0 && statuses.every((status) => status.state?.running);
  return (
    running && !isReady(pod) && !isOver(pod) && !pod.metadata?.deletionTimestamp && restartsOf(pod) === 0
  );
}

function waitingReasons(pods: readonly V1Pod[]): string[] {
  const reasons = pods.flatMap((pod) => [
    ...containerStatuses(pod).map((status) => status.state?.waiting?.reason),
    ...(pod.status?.conditions ?? [])
      .filter((c) => c.type === 'PodScheduled' && c.status === 'False')
      .map((c) => c.reason),
  ]);
  return [...new Set(reasons.filter((reason) => reason !== undefined))].sort();
}

/** Of the pods whose template names the image that the workload names now: during a rollout others name another. */
function imageDigest(object: Workload, all: readonly V1Pod[], unknowns: string[]): { digest?: string } {
  const image = object.template.spec?.containers[0]?.image;
  const same = all.filter((pod) => pod.spec?.containers.some((one) => one.image === image));
  // Some clusters rewrite the names of images: then none has it.
  const pods = same.length > 0 ? same : all;
  const digests = pods.map((pod) =>
    digestOf(pod.status?.containerStatuses?.find((status) => status.name === mainContainer(pod))),
  );
  const distinct = [...new Set(digests.filter((digest) => digest !== undefined))];
  if (distinct.length > 1) note(unknowns, `its pods run ${distinct.length} different images of that name`);
  return distinct.length === 1 && distinct[0] ? { digest: distinct[0] } : {};
}

async function youngNodes(
  call: Pick<Call, 'reach' | 'namespace'>,
  cluster: Cluster,
  names: readonly string[],
  since: Date,
  unknowns: string[],
): Promise<string[]> {
  const young: string[] = [];
  for (const name of names) {
    const reading = cluster.core.readNode({ name });
    const node = await askedOptionally('nodes', reading, unknowns, contactFor(call));
    if (!node) continue;
    if (new Date(node.metadata?.creationTimestamp ?? 0) >= since) young.push(name);
    const down = node.status?.conditions?.find((c) => c.type === 'Ready' && c.status !== 'True');
    if (down) note(unknowns, `node ${name} is not ready: what its pods really do cannot be seen`);
  }
  return young;
}
