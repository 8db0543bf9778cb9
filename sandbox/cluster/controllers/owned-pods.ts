/** Pods of a workload: found by owner, made from its template. */
import { resourceOf } from '../api/resources.ts';
import type { By, Store } from '../api/store.ts';
import type { Condition, Metadata, OwnerReference, Pod, PodTemplate, Wire } from '../api/wire.ts';
import { tell } from '../events.ts';

export const CONTROLLERS: By = { manager: 'kube-controller-manager', operation: 'Update' };
export const CONTROLLERS_STATUS: By = { ...CONTROLLERS, subresource: 'status' };

export function ownerOf(owner: Wire): OwnerReference {
  const { name, uid } = owner.metadata;
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function isOwnedBy(object: Wire, owner: Wire): boolean {
  return (
    object.metadata.ownerReferences?.some((one) => one.controller && one.uid === owner.metadata.uid) ?? false
  );
}

export function ownedPods(store: Store, owner: Wire): Pod[] {
  return store.list<Pod>('Pod', owner.metadata.namespace).filter((pod) => isOwnedBy(pod, owner));
}

export function isReady(pod: Pod): boolean {
  const ready = pod.status.conditions?.find((one) => one.type === 'Ready');
  return ready?.status === 'True' && pod.metadata.deletionTimestamp === undefined;
}

export function hasEnded(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

export function createPod(
  store: Store,
  owner: Wire,
  template: PodTemplate,
  metadata: Partial<Metadata>,
  extra: Partial<Pod['spec']> = {},
): void {
  const pod = store.create<Pod>(
    resourceOf('Pod'),
    {
      metadata: {
        namespace: owner.metadata.namespace ?? 'default',
        ownerReferences: [ownerOf(owner)],
        ...metadata,
        labels: { ...template.metadata?.labels, ...metadata.labels },
        ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
      },
      spec: { ...template.spec, ...extra },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    },
    CONTROLLERS,
  );
  const said =
    owner.kind === 'StatefulSet'
      ? `create Pod ${pod.metadata.name} in StatefulSet ${owner.metadata.name} successful`
      : `Created pod: ${pod.metadata.name}`;
  tell(store, {
    about: owner,
    type: 'Normal',
    reason: 'SuccessfulCreate',
    message: said,
    from: controllerOf(owner),
  });
}

/** Asks a pod to end, with its own grace period. */
export function endPod(store: Store, owner: Wire, pod: Pod): void {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  const { namespace, name } = pod.metadata;
  if (!pod.spec.nodeName || hasEnded(pod)) store.remove(resourceOf('Pod'), namespace, name);
  else markDeleted(store, pod);
  const said =
    owner.kind === 'StatefulSet'
      ? `delete Pod ${name} in StatefulSet ${owner.metadata.name} successful`
      : `Deleted pod: ${name}`;
  tell(store, {
    about: owner,
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message: said,
    from: controllerOf(owner),
  });
}

function markDeleted(store: Store, pod: Pod): void {
  const grace = pod.spec.terminationGracePeriodSeconds ?? 30;
  const { namespace, name } = pod.metadata;
  store.update(resourceOf('Pod'), { namespace, name }, CONTROLLERS, (copy) => {
    copy.metadata.deletionTimestamp = new Date(store.now().getTime() + grace * 1000)
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    copy.metadata.deletionGracePeriodSeconds = grace;
  });
}

function controllerOf(owner: Wire): string {
  return `${owner.kind.toLowerCase()}-controller`;
}

/** A condition that keeps the time of its last change. */
export function condition(
  before: readonly Condition[] | undefined,
  next: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): Condition {
  const same = before?.find((one) => one.type === next.type && one.status === next.status);
  const said = same?.message === next.message && same?.reason === next.reason;
  return {
    ...next,
    lastTransitionTime: same?.lastTransitionTime ?? now,
    lastUpdateTime: said ? (same?.lastUpdateTime ?? now) : now,
  };
}
