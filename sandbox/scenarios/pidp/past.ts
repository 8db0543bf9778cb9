/** What had happened in the world before the scenario begins, each thing at its own time. */

import { resourceOf } from '../../cluster/api/resources.ts';
import { type Pod, type Wire, type Workload, wireTime } from '../../cluster/api/wire.ts';
import { nodeManifest } from '../../cluster/beginning.ts';
import type { Past } from '../../cluster/world.ts';
import type { HandChange } from '../scenario.ts';
import { applicationObjects, imageObjects } from './application-objects.ts';
import { databaseObjects, patroniState } from './database-objects.ts';
import { type PidpPlan, roleLabelOf } from './plan.ts';

export interface Turns {
  /** Patroni elects for the first time. */
  lead(): void;
  /** From now on the image does not start. */
  breaks(at: Date): void;
  look(): void;
}

/** Minutes before the start. */
const AGO = { upgrade: 125, joined: 120, moved: 105, binding: 25, probes: 15 } as const;

/** What people had done by hand in the hours before; told to nobody but the objects themselves. */
export function handChanges(plan: PidpPlan): HandChange[] {
  if (plan.variant === 'no fault') return [];
  return [
    {
      who: 'a responder',
      what: `RoleBinding on-call-admin in ${plan.namespace}: another responder may do everything`,
      atMinutes: -AGO.binding,
    },
    {
      who: 'a responder',
      what: `readiness probe of ${plan.api}: timeout from 1 s to 30 s`,
      atMinutes: -AGO.probes,
    },
  ];
}

export function makePast(plan: PidpPlan, past: Past, now: Date, turns: Turns): void {
  const { namespace, tools, used, unused } = plan;
  const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  const days = (count: number) => before(count * 1440);
  past.at(days(820), () => {
    for (const name of [namespace, tools])
      past.apply({ kind: 'Namespace', metadata: { name } }, 'openshift-apiserver');
    for (const name of ['app-01', 'app-02', 'app-03'])
      past.apply(nodeManifest(name, days(820), 'v1.30.4'), 'kubelet');
    past.apply(
      { kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
      'kube-controller-manager',
    );
  });
  past.at(days(730), () => {
    for (const manifest of imageObjects(plan, wireTime(days(730))))
      past.apply(manifest, 'openshift-apiserver');
    for (const cluster of [used, unused])
      for (const manifest of databaseObjects(plan, cluster)) past.apply(manifest);
  });
  past.at(days(729), () => {
    for (const cluster of [used, unused]) {
      const leader = cluster.members[cluster.leader];
      const state = patroniState(plan, cluster, leader?.name ?? '', leader?.position ?? 0, cluster.timeline);
      for (const manifest of state) past.apply(manifest, 'Patroni');
    }
    turns.lead();
  });
  past.at(days(9), () => {
    for (const manifest of applicationObjects(plan)) past.apply(manifest, 'helm');
  });
  past.at(before(AGO.upgrade), () => {
    past.apply(nodeManifest('app-02', days(820), 'v1.31.0'), 'kubelet');
    upgraded(past, 'app-02');
  });
  past.at(before(AGO.joined), () =>
    past.apply(nodeManifest('app-04', before(AGO.joined), 'v1.31.0'), 'kubelet'),
  );
  if (plan.variant === 'no fault') return;
  const kept = new Map<string, string | undefined>();

  past.at(before(AGO.moved), () => {
    turns.breaks(before(AGO.moved));
    for (const member of used.members.filter((one) => one.crashed)) {
      const role = past.store.get<Pod>('Pod', namespace, member.name)?.metadata.labels?.[
        roleLabelOf(used.style)
      ];
      past.store.remove(resourceOf('Pod'), namespace, member.name);
      kept.set(member.name, role);
    }
  });
  past.at(before(AGO.moved - 1), () => {
    // Patroni wrote the role onto the pods; what is said of a pod that crashes is old.
    for (const [name, role] of kept)
      if (plan.roleLabelKept && role) relabel(past, namespace, name, roleLabelOf(used.style), role);
    turns.look();
  });
  past.at(before(AGO.binding), () =>
    past.apply(
      {
        kind: 'RoleBinding',
        metadata: { name: 'on-call-admin', namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'responder-2@example.org' }],
      },
      'kubectl-create',
    ),
  );
  past.at(before(AGO.probes), () => slowerProbes(past, plan));
  past.at(before(1), () => turns.look());
}

function upgraded(past: Past, name: string): void {
  past.store.update(
    resourceOf('Node'),
    { name },
    { manager: 'kubelet', operation: 'Update', subresource: 'status' },
    (copy) => {
      const status = copy['status'] as { nodeInfo: Record<string, string> };
      status.nodeInfo['kubeletVersion'] = 'v1.31.0';
    },
  );
}

function relabel(past: Past, namespace: string, name: string, key: string, role: string): void {
  past.store.update(
    resourceOf('Pod'),
    { namespace, name },
    { manager: 'Patroni', operation: 'Update' },
    (copy: Wire) => {
      copy.metadata.labels = { ...copy.metadata.labels, [key]: role };
    },
  );
}

function slowerProbes(past: Past, plan: PidpPlan): void {
  const at = { namespace: plan.namespace, name: plan.api };
  past.store.update<Workload>(
    resourceOf('Deployment'),
    at,
    { manager: 'kubectl-edit', operation: 'Update' },
    (copy) => {
      for (const container of copy.spec.template.spec.containers) {
        const probe = container['readinessProbe'] as Record<string, unknown> | undefined;
        if (probe) probe['timeoutSeconds'] = 30;
      }
    },
  );
}
