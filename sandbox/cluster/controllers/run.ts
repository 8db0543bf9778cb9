/** Runs all controllers over the store until nothing changes any more. */
import type { Store } from '../api/store.ts';
import type { Kubelet } from '../pods/kubelet.ts';
import { runDeployments } from './deployments.ts';
import { runEndpoints } from './endpoints.ts';
import { bindVolumes, collectGarbage, runJobs, schedule } from './housekeeping.ts';
import { runReplicaSets } from './replica-sets.ts';
import { runStatefulSets } from './stateful-sets.ts';

/** More rounds than any change needs: a world that never settles is our fault and must be seen. */
const MOST_ROUNDS = 200;

/** Until all is as asked for; what takes time (a container's start) calls for another run later. */
export function runControllers(store: Store, kubelet: Kubelet): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = store.newest;
    runDeployments(store);
    runReplicaSets(store);
    runStatefulSets(store);
    runJobs(store);
    bindVolumes(store);
    schedule(store);
    kubelet.sync();
    const waited = kubelet.settle();
    runEndpoints(store);
    collectGarbage(store);
    if (!waited && store.newest === before) return;
  }
  throw new Error('the stand-in cluster does not come to rest');
}
