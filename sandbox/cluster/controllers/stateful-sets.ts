/** StatefulSets: numbered pods with their volumes, in order, each at its revision. */
import { resourceOf } from '../api/resources.ts';
import type { Store } from '../api/store.ts';
import { type Pod, sameJson, type Workload } from '../api/wire.ts';
import {
  CONTROLLERS,
  CONTROLLERS_STATUS,
  createPod,
  endPod,
  hasEnded,
  isOwnedBy,
  isReady,
  ownedPods,
  ownerOf,
} from './owned-pods.ts';
import { templateHash } from './template-hash.ts';

const REVISION = 'controller-revision-hash';
const resource = resourceOf('StatefulSet');
const revisions = resourceOf('ControllerRevision');

export function runStatefulSets(store: Store): void {
  for (const set of store.list<Workload>('StatefulSet')) {
    if (set.metadata.deletionTimestamp !== undefined) continue;
    const revision = revisionOf(store, set);
    if (order(store, set, revision)) update(store, set, revision);
    report(store, set, revision);
  }
}

function ordinalOf(pod: Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
}

/** Keeps each template as a ControllerRevision: how it was before. */
function revisionOf(store: Store, set: Workload): string {
  const { name, namespace = 'default' } = set.metadata;
  const revision = `${name}-${templateHash(set.spec.template)}`;
  if (!store.get(revisions, namespace, revision)) {
    const others = store.list('ControllerRevision', namespace).filter((one) => isOwnedBy(one, set));
    const labels = { ...set.spec.template.metadata?.labels };
    const data = { spec: { template: { ...set.spec.template, $patch: 'replace' } } };
    store.create(
      revisions,
      {
        metadata: { name: revision, namespace, labels, ownerReferences: [ownerOf(set)] },
        data,
        revision: others.length + 1,
      },
      CONTROLLERS,
    );
  }
  return revision;
}

/** Makes missing pods and ends surplus ones. True when all are there, and in order also ready: an update may go on. */
function order(store: Store, set: Workload, revision: string): boolean {
  const pods = ownedPods(store, set);
  const parallel = set.spec.podManagementPolicy === 'Parallel';
  for (let ordinal = 0; ordinal < set.spec.replicas; ordinal++) {
    const pod = pods.find((one) => ordinalOf(one) === ordinal);
    if (pod && hasEnded(pod)) {
      endPod(store, set, pod);
      if (!parallel) return false;
    } else if (!pod) {
      make(store, set, ordinal, versionFor(set, ordinal, revision));
      if (!parallel) return false;
    } else if (!parallel && !isReady(pod)) return false;
  }
  const surplus = pods
    .filter((pod) => ordinalOf(pod) >= set.spec.replicas)
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  for (const pod of parallel ? surplus : surplus.slice(0, 1)) endPod(store, set, pod);
  return surplus.length === 0;
}

function currentOf(set: Workload): string | undefined {
  const current = set.status['currentRevision'];
  return typeof current === 'string' ? current : undefined;
}

/** Below the partition a pod is made as before. */
function versionFor(set: Workload, ordinal: number, revision: string): string {
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const current = currentOf(set) ?? revision;
  return ordinal < partition ? current : revision;
}

function make(store: Store, set: Workload, ordinal: number, revision: string): void {
  const name = `${set.metadata.name}-${ordinal}`;
  const volumes = (set.spec.volumeClaimTemplates ?? []).map((claim) => {
    const claimName = `${claim.metadata.name}-${name}`;
    makeClaim(store, set, claimName, claim);
    return { name: claim.metadata.name ?? '', persistentVolumeClaim: { claimName } };
  });
  const kept = store.get(revisions, set.metadata.namespace, revision) as
    | { data?: { spec?: { template?: Workload['spec']['template'] } } }
    | undefined;
  const { $patch: _patch, ...template } = (kept?.data?.spec?.template ??
    set.spec.template) as Workload['spec']['template'] & { $patch?: string };
  const labels = {
    [REVISION]: revision,
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
  };
  createPod(
    store,
    set,
    template,
    { name, labels },
    {
      hostname: name,
      subdomain: set.spec.serviceName ?? '',
      volumes: [...(template.spec.volumes ?? []), ...volumes],
    },
  );
}

function makeClaim(
  store: Store,
  set: Workload,
  name: string,
  template: NonNullable<Workload['spec']['volumeClaimTemplates']>[number],
): void {
  const claims = resourceOf('PersistentVolumeClaim');
  const namespace = set.metadata.namespace ?? 'default';
  if (store.get(claims, namespace, name)) return;
  const labels = set.spec.selector.matchLabels ?? {};
  store.create(
    claims,
    { metadata: { name, namespace, labels }, spec: template['spec'], status: { phase: 'Pending' } },
    CONTROLLERS,
  );
}

/** One pod at a time from the highest number down; the next when the last is ready. */
function update(store: Store, set: Workload, revision: string): void {
  if (set.spec.updateStrategy?.type === 'OnDelete') return;
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const pods = ownedPods(store, set).sort((a, b) => ordinalOf(b) - ordinalOf(a));
  for (const pod of pods) {
    if (ordinalOf(pod) < partition) return;
    if (pod.metadata.labels?.[REVISION] !== revision) return endPod(store, set, pod);
    if (!isReady(pod)) return;
  }
}

function report(store: Store, set: Workload, revision: string): void {
  const { namespace, name } = set.metadata;
  const pods = ownedPods(store, set).filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const live = store.get<Workload>(resource, namespace, name);
  if (!live) return;
  const ready = pods.filter(isReady).length;
  const before = currentOf(live) ?? revision;
  const updated = pods.filter((pod) => pod.metadata.labels?.[REVISION] === revision).length;
  const done = updated === set.spec.replicas && ready === set.spec.replicas;
  const currentRevision = done || pods.length === 0 ? revision : before;
  const current = pods.filter((pod) => pod.metadata.labels?.[REVISION] === currentRevision).length;
  const status = {
    observedGeneration: live.metadata.generation ?? 1,
    replicas: pods.length,
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : { availableReplicas: 0 }),
    ...(current > 0 ? { currentReplicas: current } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    currentRevision,
    updateRevision: revision,
    collisionCount: 0,
  };
  if (sameJson(status, live.status)) return;
  store.update<Workload>(resource, { namespace, name }, CONTROLLERS_STATUS, (copy) => {
    copy.status = status;
  });
}
