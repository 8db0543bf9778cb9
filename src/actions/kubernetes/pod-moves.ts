/** Pods that started since a time, and from which node to which those of a StatefulSet moved. */
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { timeOf } from './events.ts';
import type { Change } from './rollouts.ts';
import { nameOf } from './workload-pods.ts';

/**
 * One line per pod of a StatefulSet, whose name stays; one line per ReplicaSet for the others. The node before is
 * known only as long as the cluster keeps the event of its scheduling (an hour by default).
 */
export function podMoves(pods: readonly V1Pod[], events: readonly CoreV1Event[], since: Date): Change[] {
  const fresh = pods.filter((pod) => startOf(pod) >= since && pod.spec?.nodeName);
  const changes: Change[] = [];
  const groups = Map.groupBy(fresh, (pod) => ownerOf(pod));
  for (const [owner, members] of groups) {
    if (owner.startsWith('ReplicaSet ')) {
      const nodes = [...new Set(members.map((pod) => pod.spec?.nodeName ?? ''))].sort().join(', ');
      const at = new Date(Math.max(...members.map((pod) => startOf(pod).getTime())));
      const name = owner.slice('ReplicaSet '.length);
      changes.push({
        at,
        what: `${members.length} ${members.length === 1 ? 'pod' : 'pods'} of ${name} started on ${nodes}`,
      });
      continue;
    }
    for (const pod of members) {
      const before = nodeBefore(pod, events);
      changes.push({
        at: startOf(pod),
        what: before
          ? `pod ${nameOf(pod)} moved from ${before} to ${pod.spec?.nodeName}`
          : `pod ${nameOf(pod)} started on ${pod.spec?.nodeName}`,
      });
    }
  }
  return changes;
}

function startOf(pod: V1Pod): Date {
  return new Date(pod.metadata?.creationTimestamp ?? 0);
}

function ownerOf(pod: V1Pod): string {
  const owner = pod.metadata?.ownerReferences?.find((reference) => reference.controller);
  return owner ? `${owner.kind} ${owner.name}` : `Pod ${nameOf(pod)}`;
}

function nodeBefore(pod: V1Pod, events: readonly CoreV1Event[]): string | undefined {
  const scheduled = events
    .filter(
      (e) => e.reason === 'Scheduled' && e.involvedObject.name === nameOf(pod) && timeOf(e) <= startOf(pod),
    )
    .filter((e) => e.involvedObject.uid !== pod.metadata?.uid)
    .sort((a, b) => timeOf(b).getTime() - timeOf(a).getTime())[0];
  const node = /assigned \S+ to (\S+)$/.exec(scheduled?.message ?? '')?.[1];
  return node === pod.spec?.nodeName ? undefined : node;
}
