/** Scheduling, volumes, Jobs, leaving namespaces and the removal of what nobody owns any more. */
import { collect, DEPENDENTS } from '../api/deleting.ts';
import { RESOURCES, resourceOf } from '../api/resources.ts';
import type { By, Store } from '../api/store.ts';
import { type Condition, type Pod, type PodTemplate, sameJson, type Wire, wireTime } from '../api/wire.ts';
import { tell } from '../events.ts';
import { CONTROLLERS, CONTROLLERS_STATUS, createPod, hasEnded, ownedPods } from './owned-pods.ts';

interface Node extends Wire {
  spec?: { unschedulable?: boolean };
  status?: { conditions?: Condition[] };
}

const SCHEDULER: By = { manager: 'kube-scheduler', operation: 'Update' };
const pods = resourceOf('Pod');

/** Gives each pod the ready node with the fewest pods that its selector allows. */
export function schedule(store: Store): void {
  const waiting = store
    .list<Pod>('Pod')
    .filter((pod) => !pod.spec.nodeName && pod.metadata.deletionTimestamp === undefined);
  for (const pod of waiting) {
    const { namespace, name } = pod.metadata;
    const wanted = Object.entries(pod.spec.nodeSelector ?? {});
    const fit = store
      .list<Node>('Node')
      .filter(
        (node) =>
          !node.spec?.unschedulable &&
          node.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
      )
      .filter((node) => wanted.every(([key, value]) => node.metadata.labels?.[key] === value));
    const load = (node: Node) =>
      store.list<Pod>('Pod').filter((one) => one.spec.nodeName === node.metadata.name).length;
    const node = fit.map((one) => ({ one, load: load(one) })).sort((a, b) => a.load - b.load)[0]?.one;
    if (!node) {
      if (pod.status.conditions?.some((one) => one.type === 'PodScheduled')) continue;
      const message = `0/${store.list('Node').length} nodes are available.`;
      store.update<Pod>(pods, { namespace, name }, { ...SCHEDULER, subresource: 'status' }, (copy) => {
        copy.status.conditions = [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message,
            lastTransitionTime: wireTime(store.now()),
          },
        ];
      });
      tell(store, {
        about: pod,
        type: 'Warning',
        reason: 'FailedScheduling',
        message,
        from: 'default-scheduler',
      });
      continue;
    }
    store.update<Pod>(pods, { namespace, name }, SCHEDULER, (copy) => {
      copy.spec.nodeName = node.metadata.name;
    });
    const message = `Successfully assigned ${namespace}/${name} to ${node.metadata.name}`;
    tell(store, { about: pod, type: 'Normal', reason: 'Scheduled', message, from: 'default-scheduler' });
  }
}

/** Every claim gets a volume of the size it asks for. */
export function bindVolumes(store: Store): void {
  for (const claim of store.list('PersistentVolumeClaim')) {
    if ((claim['status'] as { phase?: string } | undefined)?.phase === 'Bound') continue;
    const { namespace = 'default', name, uid } = claim.metadata;
    const spec = claim['spec'] as {
      resources?: { requests?: { storage?: string } };
      accessModes?: string[];
      storageClassName?: string;
    };
    const storage = spec.resources?.requests?.storage ?? '1Gi';
    const volume = `pvc-${uid}`;
    const accessModes = spec.accessModes ?? ['ReadWriteOnce'];
    const storageClassName = spec.storageClassName ?? 'standard';
    store.create(
      resourceOf('PersistentVolume'),
      {
        metadata: { name: volume },
        spec: {
          capacity: { storage },
          accessModes,
          storageClassName,
          persistentVolumeReclaimPolicy: 'Delete',
          claimRef: { kind: 'PersistentVolumeClaim', namespace, name, uid },
        },
        status: { phase: 'Bound' },
      },
      CONTROLLERS,
    );
    store.update(resourceOf('PersistentVolumeClaim'), { namespace, name }, CONTROLLERS, (copy) => {
      copy['spec'] = { ...(copy['spec'] as object), volumeName: volume, storageClassName };
      copy['status'] = { phase: 'Bound', accessModes, capacity: { storage } };
    });
  }
}

interface Job extends Wire {
  spec: { template: PodTemplate; completions?: number; backoffLimit?: number; suspend?: boolean };
  status: {
    succeeded?: number;
    failed?: number;
    active?: number;
    conditions?: Condition[];
    [field: string]: unknown;
  };
}

/** One pod at a time until enough have succeeded or too many have failed. */
export function runJobs(store: Store): void {
  for (const job of store.list<Job>('Job')) {
    if (job.status.conditions?.some((one) => one.status === 'True') || job.spec.suspend) continue;
    const own = ownedPods(store, job);
    const succeeded = own.filter((pod) => pod.status.phase === 'Succeeded').length;
    const failed = own.filter((pod) => pod.status.phase === 'Failed').length;
    const active = own.filter((pod) => !hasEnded(pod)).length;
    const now = wireTime(store.now());
    const complete = succeeded >= (job.spec.completions ?? 1);
    const over = failed > (job.spec.backoffLimit ?? 6);
    if (!complete && !over && active === 0) {
      const { name, uid } = job.metadata;
      createPod(store, job, job.spec.template, {
        generateName: `${name}-`,
        labels: { 'job-name': name, 'controller-uid': uid },
      });
      continue;
    }
    const ended = complete
      ? { type: 'Complete', reason: 'CompletionsReached' }
      : { type: 'Failed', reason: 'BackoffLimitExceeded' };
    const status = {
      startTime: job.status['startTime'] ?? job.metadata.creationTimestamp,
      ...(succeeded > 0 ? { succeeded } : {}),
      ...(failed > 0 ? { failed } : {}),
      ...(active > 0 ? { active } : {}),
      ...(complete ? { completionTime: now } : {}),
      ...(complete || over ? { conditions: [{ ...ended, status: 'True', lastTransitionTime: now }] } : {}),
    };
    if (sameJson(status, job.status)) continue;
    const { namespace, name } = job.metadata;
    store.update<Job>(resourceOf('Job'), { namespace, name }, CONTROLLERS_STATUS, (copy) => {
      copy.status = status;
    });
  }
}

/** Deletes what an owner left behind, and the content of namespaces that leave. */
export function collectGarbage(store: Store): void {
  const alive = new Set(RESOURCES.flatMap((resource) => store.list(resource)).map((one) => one.metadata.uid));
  for (const kind of DEPENDENTS) {
    for (const one of store.list(kind)) {
      const owners = one.metadata.ownerReferences ?? [];
      if (owners.length > 0 && owners.every((owner) => !alive.has(owner.uid)))
        collect(store, resourceOf(kind), one, CONTROLLERS);
    }
  }
  for (const namespace of store.list('Namespace').filter((one) => one.metadata.deletionTimestamp)) {
    const { name } = namespace.metadata;
    for (const resource of RESOURCES.filter((one) => one.namespaced)) {
      for (const one of store.list(resource, name)) store.remove(resource, name, one.metadata.name);
    }
    store.remove(resourceOf('Namespace'), undefined, name);
  }
}
