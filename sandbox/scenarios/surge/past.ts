/** What had happened in the world before the scenario begins, each thing at its own time. */
import { resourceOf } from '../../cluster/api/resources.ts';
import { type Pod, wireTime } from '../../cluster/api/wire.ts';
import { nodeManifest } from '../../cluster/beginning.ts';
import type { Past } from '../../cluster/world.ts';
import { applicationObjects, databaseObjects } from './objects.ts';
import type { SurgePlan } from './plan.ts';

/** Minutes before the start. */
const AGO = { rollout: 95, full: 18 } as const;

export const NODES = ['worker-1', 'worker-2', 'worker-3'] as const;

/** The rollout of the leaking application that ended when the present one began. */
export interface PreviousRollout {
  readonly set: string;
  readonly pods: readonly { readonly name: string; readonly address: string }[];
}

/** `full` is called at the moment from which nobody is let in any more. */
export function makePast(plan: SurgePlan, past: Past, now: Date, full: () => void): PreviousRollout {
  const { namespace, leaker } = plan;
  const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  const days = (count: number) => before(count * 1440);
  past.at(days(400), () => {
    past.apply({ kind: 'Namespace', metadata: { name: namespace } }, 'kubectl-create');
    NODES.forEach((name, i) => {
      const cidr = `127.${plan.network}.${i}.0/24`;
      const spec = { podCIDR: cidr, podCIDRs: [cidr] };
      past.apply({ ...nodeManifest(name, days(400)), spec }, 'kubelet');
    });
    past.apply(
      { kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
      'kube-controller-manager',
    );
  });
  past.at(days(390), () => {
    for (const manifest of databaseObjects(plan)) past.apply(manifest);
  });
  const builds = new Map(plan.applications.map(({ name }, i) => [name, 210 + 7 * i]));
  past.at(days(12), () => {
    for (const one of plan.applications)
      for (const manifest of applicationObjects(plan, one, builds.get(one.name) ?? 1)) past.apply(manifest);
  });
  const old = past.store.list<Pod>('Pod', namespace).filter((pod) => pod.metadata.labels?.['app'] === leaker);
  past.at(before(AGO.rollout), () => {
    const own = plan.applications.find(({ name }) => name === leaker);
    if (own)
      for (const manifest of applicationObjects(plan, own, (builds.get(leaker) ?? 1) + 1))
        past.apply(manifest);
  });
  if (plan.variant === 'previous' && plan.remains === 'evicted pods')
    past.at(before(AGO.rollout - 1), () => {
      for (const pod of old) evicted(past, pod);
    });
  if (plan.variant !== 'no fault') past.at(before(AGO.full), full);
  past.at(before(1), () => {});
  return {
    set: old[0]?.metadata.ownerReferences?.[0]?.name ?? '',
    pods: old.map((pod) => ({ name: pod.metadata.name, address: pod.status.podIP ?? '' })),
  };
}

/** A pod that its node has thrown out stays listed, with its last address, until somebody deletes it. */
function evicted(past: Past, pod: Pod): void {
  const { name, labels, ownerReferences } = pod.metadata;
  past.store.create(
    resourceOf('Pod'),
    {
      metadata: {
        name,
        namespace: pod.metadata.namespace ?? 'default',
        ...(labels ? { labels } : {}),
        ...(ownerReferences ? { ownerReferences } : {}),
      },
      spec: pod.spec,
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory.',
        podIP: pod.status.podIP,
        podIPs: pod.status.podIPs,
        startTime: wireTime(past.store.now()),
      },
    },
    { manager: 'kubelet', operation: 'Update' },
  );
}
