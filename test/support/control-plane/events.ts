// Events of the pretend kubelet: one object per pod, container and reason, counted as a kubelet does.
import { type CoreV1Api, PatchStrategy, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';

export interface Happening {
  readonly pod: V1Pod;
  readonly container: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** Writes events from one node. A refused event is dropped, as a kubelet drops it: pods and namespaces go away. */
export function eventWriter(api: CoreV1Api, node: string): (happening: Happening) => Promise<void> {
  const counts = new Map<string, { name: string; count: number }>();
  let serial = 0;
  return async ({ pod, container, type, reason, message }) => {
    const namespace = pod.metadata?.namespace ?? 'default';
    const key = JSON.stringify([pod.metadata?.uid, container, reason, message]);
    const now = new Date();
    const seen = counts.get(key);
    try {
      if (seen) {
        seen.count += 1;
        const body = { count: seen.count, lastTimestamp: now.toISOString() };
        await api.patchNamespacedEvent({ namespace, name: seen.name, body }, mergePatch);
        return;
      }
      serial += 1;
      const name = `${pod.metadata?.name}.${now.getTime().toString(16)}${serial.toString(16).padStart(4, '0')}`;
      counts.set(key, { name, count: 1 });
      await api.createNamespacedEvent({
        namespace,
        body: {
          metadata: { name, namespace },
          involvedObject: {
            apiVersion: 'v1',
            kind: 'Pod',
            name: pod.metadata?.name ?? '',
            namespace,
            uid: pod.metadata?.uid ?? '',
            fieldPath: `spec.containers{${container}}`,
          },
          type,
          reason,
          message,
          count: 1,
          firstTimestamp: now,
          lastTimestamp: now,
          source: { component: 'kubelet', host: node },
        },
      });
    } catch {
      // See above.
    }
  };
}
