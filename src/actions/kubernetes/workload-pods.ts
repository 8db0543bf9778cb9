/** Pods of a workload, and what one pod's status says: ready, restarts, why it waits, how it last ended. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { Cluster } from './client.ts';
import { selectorText } from './selector.ts';
import { asked } from './status-error.ts';
import type { Workload } from './workload-object.ts';

/** Pods that the workload owns, by name; a look-alike with the same labels and another owner is left out. */
export async function podsOf(cluster: Cluster, workload: Workload): Promise<V1Pod[]> {
  const labelSelector = selectorText(workload.selector);
  if (labelSelector === '') return [];
  const { items } = await asked(
    `listing pods of ${workload.name} in ${workload.namespace}`,
    cluster.core.listNamespacedPod({ namespace: workload.namespace, labelSelector }),
  );
  return items.filter((pod) => ownedBy(pod, workload)).sort(byName);
}

function ownedBy(pod: V1Pod, workload: Workload): boolean {
  const owner = pod.metadata?.ownerReferences?.find((reference) => reference.controller);
  if (!owner) return false;
  if (workload.kind === 'StatefulSet') return owner.uid === workload.uid;
  // A Deployment owns through a ReplicaSet named after it plus the template's hash, a DeploymentConfig through a
  // ReplicationController named after it plus the number of its rollout.
  const between = workload.kind === 'Deployment' ? 'ReplicaSet' : 'ReplicationController';
  return owner.kind === between && owner.name.replace(/-[^-]+$/, '') === workload.name;
}

export function byName(a: V1Pod, b: V1Pod): number {
  return nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true });
}

export function nameOf(pod: V1Pod): string {
  return pod.metadata?.name ?? '';
}

/** The pod answers: its condition Ready is true and it is not being deleted. */
export function isReady(pod: V1Pod): boolean {
  return (
    !pod.metadata?.deletionTimestamp &&
    (pod.status?.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True')
  );
}

/** Done, and not counted by any workload. */
export function isOver(pod: V1Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** The container that kubectl takes by default: the one an annotation names, else the first. */
export function mainContainer(pod: V1Pod): string {
  const named = pod.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  return named ?? pod.spec?.containers[0]?.name ?? '';
}

export function containerStatuses(pod: V1Pod): V1ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

export function restartsOf(pod: V1Pod): number {
  return containerStatuses(pod).reduce((sum, status) => sum + status.restartCount, 0);
}

export interface Trouble {
  readonly reason?: string;
  readonly exitCode?: number;
}

/**
 * Why a pod is not well: the reason it waits (CrashLoopBackOff, ImagePullBackOff), how a container last ended, why it
 * was not scheduled or was evicted. Empty for a pod that never had trouble.
 */
export function troubleOf(pod: V1Pod): Trouble {
  const statuses = containerStatuses(pod);
  const waiting = statuses.map((s) => s.state?.waiting?.reason).find((r) => r && !STARTING.has(r));
  const ended = statuses
    .map((s) => s.state?.terminated ?? s.lastState?.terminated)
    .find((t) => t && t.exitCode !== 0);
  const unscheduled = pod.status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  const reason = waiting ?? ended?.reason ?? pod.status?.reason ?? unscheduled?.reason;
  return {
    ...(reason ? { reason } : {}),
    ...(ended ? { exitCode: ended.exitCode } : {}),
  };
}

const STARTING = new Set(['ContainerCreating', 'PodInitializing']);

/** `sha256:…` of the image that a container really runs, when the kubelet says it. */
export function digestOf(status: V1ContainerStatus | undefined): string | undefined {
  return /sha256:[0-9a-f]{64}/.exec(status?.imageID ?? '')?.[0];
}
