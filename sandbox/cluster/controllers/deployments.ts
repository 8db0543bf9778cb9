/** Deployments: one ReplicaSet per template, rolled from the old to the new. */
import { resourceOf } from '../api/resources.ts';
import type { Store } from '../api/store.ts';
import { sameJson, type Workload, wireTime } from '../api/wire.ts';
import { tell } from '../events.ts';
import { CONTROLLERS, CONTROLLERS_STATUS, condition, isOwnedBy, ownedPods, ownerOf } from './owned-pods.ts';
import { templateHash } from './template-hash.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const deployments = resourceOf('Deployment');
const sets = resourceOf('ReplicaSet');

export function runDeployments(store: Store): void {
  for (const deployment of store.list<Workload>('Deployment')) {
    if (deployment.metadata.deletionTimestamp !== undefined) continue;
    const present = ownSet(store, deployment);
    if (present) roll(store, deployment, present);
    report(store, deployment, present);
  }
}

function allSets(store: Store, deployment: Workload): Workload[] {
  return store
    .list<Workload>('ReplicaSet', deployment.metadata.namespace)
    .filter((set) => isOwnedBy(set, deployment))
    .sort((a, b) => revisionOf(a) - revisionOf(b));
}

function revisionOf(object: Workload): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0);
}

/** The ReplicaSet of the present template; made when absent, with the next revision's number. */
function ownSet(store: Store, deployment: Workload): Workload | undefined {
  const { template, paused, selector } = deployment.spec;
  const { name, namespace = 'default' } = deployment.metadata;
  const hash = templateHash(template);
  const all = allSets(store, deployment);
  const found = all.find((set) => set.metadata.labels?.['pod-template-hash'] === hash);
  if (paused && !found) return undefined;
  const newest = all.at(-1);
  const revision = found === newest && found ? revisionOf(found) : (newest ? revisionOf(newest) : 0) + 1;
  const annotations = { [REVISION]: String(revision) };
  if (revisionOf(deployment) !== revision) {
    store.update(deployments, { namespace, name }, CONTROLLERS, (copy) => {
      copy.metadata.annotations = { ...copy.metadata.annotations, ...annotations };
    });
  }
  if (found) {
    if (revisionOf(found) === revision) return found;
    return store.update(sets, { namespace, name: found.metadata.name }, CONTROLLERS, (copy) => {
      copy.metadata.annotations = { ...copy.metadata.annotations, ...annotations };
    });
  }
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash };
  return store.create<Workload>(
    sets,
    {
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        labels,
        annotations,
        ownerReferences: [ownerOf(deployment)],
      },
      spec: {
        replicas: 0,
        selector: { ...selector, matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
      status: { replicas: 0 },
    },
    CONTROLLERS,
  );
}

/** One step of the rollout; the next follows when pods have become ready or gone. */
function roll(store: Store, deployment: Workload, present: Workload): void {
  const { replicas, strategy } = deployment.spec;
  const old = allSets(store, deployment).filter(
    (set) => set.metadata.uid !== present.metadata.uid && set.spec.replicas > 0,
  );
  if (old.length === 0) return resize(store, deployment, present, replicas);
  if (strategy?.type === 'Recreate') {
    for (const set of old) resize(store, deployment, set, 0);
    if (old.every((set) => ownedPods(store, set).length === 0)) resize(store, deployment, present, replicas);
    return;
  }
  const surge = share(strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
  const missing = share(strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
  const total = [present, ...old].reduce((sum, set) => sum + set.spec.replicas, 0);
  const room = replicas + surge - total;
  const grown = Math.min(replicas, present.spec.replicas + Math.max(room, 0));
  if (grown !== present.spec.replicas) return resize(store, deployment, present, grown);
  const available = (set: Workload) => Number(set.status['availableReplicas'] ?? 0);
  const notYet = present.spec.replicas - available(present);
  let spare = total - Math.max(replicas - (surge === 0 && missing === 0 ? 1 : missing), 0) - notYet;
  for (const set of old) {
    // What does not work is let go first, whatever is spare.
    const broken = Math.min(set.spec.replicas - available(set), Math.max(spare, 0));
    const less = Math.min(Math.max(spare, broken), set.spec.replicas);
    if (less <= 0) continue;
    resize(store, deployment, set, set.spec.replicas - less);
    spare -= less;
  }
}

function share(value: number | string, of: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) / 100) * of);
}

function resize(store: Store, deployment: Workload, set: Workload, replicas: number): void {
  if (set.spec.replicas === replicas) return;
  const { namespace, name } = set.metadata;
  const way = replicas > set.spec.replicas ? 'up' : 'down';
  const message = `Scaled ${way} replica set ${name} ${way === 'up' ? '' : `from ${set.spec.replicas} `}to ${replicas}`;
  store.update<Workload>(sets, { namespace, name }, CONTROLLERS, (copy) => {
    copy.spec.replicas = replicas;
  });
  tell(store, {
    about: deployment,
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message,
    from: 'deployment-controller',
  });
}

function report(store: Store, deployment: Workload, present: Workload | undefined): void {
  const all = allSets(store, deployment);
  const sum = (field: string) => all.reduce((total, set) => total + Number(set.status[field] ?? 0), 0);
  const [replicas, ready, available] = [sum('replicas'), sum('readyReplicas'), sum('availableReplicas')];
  const updated = Number(
    (present && all.find((set) => set.metadata.uid === present.metadata.uid))?.status['replicas'] ?? 0,
  );
  const wanted = deployment.spec.replicas;
  const { namespace, name } = deployment.metadata;
  const live = store.get<Workload>(deployments, namespace, name);
  if (!live) return;
  const now = wireTime(store.now());
  const enough =
    available >=
    wanted - share(deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', wanted, Math.floor);
  const complete = updated === wanted && available === wanted && replicas === wanted;
  const set = `ReplicaSet "${present?.metadata.name ?? ''}"`;
  const status = {
    observedGeneration: live.metadata.generation ?? 1,
    ...(replicas > 0 ? { replicas } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(wanted > available ? { unavailableReplicas: wanted - available } : {}),
    conditions: [
      condition(
        live.status.conditions,
        enough
          ? {
              type: 'Available',
              status: 'True',
              reason: 'MinimumReplicasAvailable',
              message: 'Deployment has minimum availability.',
            }
          : {
              type: 'Available',
              status: 'False',
              reason: 'MinimumReplicasUnavailable',
              message: 'Deployment does not have minimum availability.',
            },
        now,
      ),
      condition(
        live.status.conditions,
        complete
          ? {
              type: 'Progressing',
              status: 'True',
              reason: 'NewReplicaSetAvailable',
              message: `${set} has successfully progressed.`,
            }
          : {
              type: 'Progressing',
              status: 'True',
              reason: 'ReplicaSetUpdated',
              message: `${set} is progressing.`,
            },
        now,
      ),
    ],
  };
  if (sameJson(status, live.status)) return;
  store.update<Workload>(deployments, { namespace, name }, CONTROLLERS_STATUS, (copy) => {
    copy.status = status;
  });
}
