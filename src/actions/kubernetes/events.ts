/** Events of a namespace: what the cluster itself complained about, as lines. */
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { shortWords } from '../redact/short-words.ts';
import type { Cluster } from './client.ts';
import { askedOptionally } from './status-error.ts';
import type { Workload } from './workload-object.ts';
import { nameOf } from './workload-pods.ts';

/** Warning events since `since`, newest first. The cluster keeps events for an hour by default. */
export async function warningsSince(
  cluster: Cluster,
  namespace: string,
  since: Date,
  unknowns: string[],
): Promise<CoreV1Event[]> {
  const list = await askedOptionally('events', warningsIn(cluster, namespace), unknowns);
  return newestFirst(list?.items ?? [], since);
}

/** Throws what `asked` of status-error.ts turns into words. */
export function warningsIn(cluster: Cluster, namespace: string): Promise<{ items: CoreV1Event[] }> {
  return cluster.core.listNamespacedEvent({ namespace, fieldSelector: 'type=Warning' });
}

export function newestFirst(events: readonly CoreV1Event[], since: Date): CoreV1Event[] {
  return events
    .filter((event) => timeOf(event) >= since)
    .sort((a, b) => timeOf(b).getTime() - timeOf(a).getTime());
}

export function timeOf(event: CoreV1Event): Date {
  return new Date(
    event.series?.lastObservedTime ??
      event.lastTimestamp ??
      event.eventTime ??
      event.metadata.creationTimestamp ??
      0,
  );
}

/** How often it happened. */
export function countOf(event: CoreV1Event): number {
  return event.series?.count ?? event.count ?? 1;
}

/** "pod web-1" */
export function objectOf({ involvedObject: { kind = 'object', name = '' } }: CoreV1Event): string {
  return `${kind.toLowerCase()} ${name}`;
}

/** "12 x Unhealthy, pod web-1: Readiness probe failed …", one line, redacted. */
export function eventLine(event: CoreV1Event): string {
  const count = countOf(event);
  const object = objectOf(event);
  const short = shortWords(event.message ?? '', 200);
  return `${count > 1 ? `${count} x ` : ''}${event.reason ?? 'Warning'}, ${object}${short ? `: ${short}` : ''}`;
}

/** Whether an event is about the workload, what it owns, or one of its pods, those that are gone too. */
export function isAbout(
  involved: { kind?: string; name?: string },
  object: Workload,
  pods: readonly V1Pod[],
): boolean {
  const name = involved.name ?? '';
  if (involved.kind === object.kind) return name === object.name;
  if (involved.kind === 'ReplicaSet' || involved.kind === 'ReplicationController') {
    const mine = involved.kind === 'ReplicaSet' ? 'Deployment' : 'DeploymentConfig';
    return object.kind === mine && name.replace(/-[^-]+$/, '') === object.name;
  }
  if (involved.kind !== 'Pod') return false;
  if (pods.some((pod) => nameOf(pod) === name)) return true;
  // Pods that are gone by now; their names start with the workload's.
  const tail = name.startsWith(`${object.name}-`) ? name.slice(object.name.length + 1) : '';
  return GONE[object.kind].test(tail);
}

/** How the names of its pods go on. A DeploymentConfig's rollout has a pod of its own (`-deploy`). */
const GONE: Readonly<Record<Workload['kind'], RegExp>> = {
  Deployment: /^[a-z0-9]{6,10}-[a-z0-9]{5}$/,
  StatefulSet: /^\d+$/,
  DeploymentConfig: /^\d+-([a-z0-9]{5}|deploy)$/,
};
