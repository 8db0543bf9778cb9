/** Events of a namespace: what the cluster itself complained about, as lines. */
import type { CoreV1Event } from '@kubernetes/client-node';
import { shortWords } from '../redact/short-words.ts';
import type { Cluster } from './client.ts';
import { askedOptionally } from './status-error.ts';

/** Warning events since `since`, newest first. The cluster keeps events for an hour by default. */
export async function warningsSince(
  cluster: Cluster,
  namespace: string,
  since: Date,
  unknowns: string[],
): Promise<CoreV1Event[]> {
  const list = await askedOptionally(
    'events',
    cluster.core.listNamespacedEvent({ namespace, fieldSelector: 'type=Warning' }),
    unknowns,
  );
  return (list?.items ?? [])
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

/** "12 x Unhealthy, pod web-1: Readiness probe failed …", one line, redacted. */
export function eventLine(event: CoreV1Event): string {
  const count = event.series?.count ?? event.count ?? 1;
  const object = `${(event.involvedObject.kind ?? 'object').toLowerCase()} ${event.involvedObject.name ?? ''}`;
  const short = shortWords(event.message ?? '', 200);
  return `${count > 1 ? `${count} x ` : ''}${event.reason ?? 'Warning'}, ${object}${short ? `: ${short}` : ''}`;
}
