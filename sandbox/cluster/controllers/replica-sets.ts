/** ReplicaSets: as many pods as asked for. */
import { resourceOf } from '../api/resources.ts';
import type { Store } from '../api/store.ts';
import { sameJson, type Workload } from '../api/wire.ts';
import { CONTROLLERS_STATUS, createPod, endPod, hasEnded, isReady, ownedPods } from './owned-pods.ts';

const resource = resourceOf('ReplicaSet');

export function runReplicaSets(store: Store): void {
  for (const set of store.list<Workload>('ReplicaSet')) {
    if (set.metadata.deletionTimestamp !== undefined) continue;
    const pods = ownedPods(store, set).filter((pod) => !hasEnded(pod));
    const staying = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const missing = set.spec.replicas - staying.length;
    for (let i = 0; i < missing; i++) {
      createPod(store, set, set.spec.template, { generateName: `${set.metadata.name}-` });
    }
    if (missing < 0) {
      // Pods that are not ready go first, then the youngest.
      const worst = [...staying].sort(
        (a, b) =>
          Number(isReady(a)) - Number(isReady(b)) ||
          b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp),
      );
      for (const pod of worst.slice(0, -missing)) endPod(store, set, pod);
    }
    report(store, set);
  }
}

function report(store: Store, set: Workload): void {
  const pods = ownedPods(store, set).filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && !hasEnded(pod),
  );
  const ready = pods.filter(isReady).length;
  const status = {
    replicas: pods.length,
    ...(pods.length > 0 ? { fullyLabeledReplicas: pods.length } : {}),
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    observedGeneration: set.metadata.generation ?? 1,
  };
  if (sameJson(status, set.status)) return;
  const { namespace, name } = set.metadata;
  store.update<Workload>(resource, { namespace, name }, CONTROLLERS_STATUS, (copy) => {
    copy.status = status;
  });
}
