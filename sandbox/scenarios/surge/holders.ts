/** Who keeps how many connections open, and under which names: pods, those of an earlier rollout, a host outside. */
import type { Pod } from '../../cluster/api/wire.ts';
import type { Holder } from './crowd.ts';
import type { PreviousRollout } from './past.ts';
import type { ApplicationPlan, SurgePlan } from './plan.ts';

/** Sessions of an earlier rollout have this instead of a pod. */
export const STALE = 'earlier rollout';

/** Throws for what is no application of this world. */
export function applicationOf(plan: SurgePlan, name: string): ApplicationPlan {
  const own = plan.applications.find((one) => one.name === name);
  if (!own) throw new Error(`there is no application ${name}`);
  return own;
}

/** `leaking`: uids of the pods of the present rollout that leak. */
export function holderOf(plan: SurgePlan, pod: Pod, leaking: readonly string[]): Holder {
  const name = pod.metadata.labels?.['app'] ?? '';
  const own = applicationOf(plan, name);
  const index = leaking.indexOf(pod.metadata.uid);
  return {
    ...named(own, pod.metadata.name),
    address: pod.status.podIP ?? '',
    pod: pod.metadata.uid,
    keeps: own.pool + (index < 0 ? 0 : shareOf(plan.leaked, index, leaking.length)),
  };
}

export function staleHolders(plan: SurgePlan, { pods }: PreviousRollout): Holder[] {
  if (plan.variant !== 'previous') return [];
  const own = applicationOf(plan, plan.leaker);
  return pods.map(({ name, address }, i) => ({
    ...named(own, name),
    address,
    pod: STALE,
    keeps: shareOf(plan.leaked, i, pods.length),
  }));
}

/** It uses the database of the first application, and belongs to nobody in the cluster. */
export function outsideHolder(plan: SurgePlan): Holder {
  const role = plan.applications[0]?.name ?? '';
  return {
    role,
    database: role,
    application: 'nightly export',
    address: `127.${plan.network + 1}.9.9`,
    pod: undefined,
    keeps: plan.outside,
  };
}

function named(own: ApplicationPlan, pod: string): Pick<Holder, 'role' | 'database' | 'application'> {
  const { name, calls, library } = own;
  return { role: name, database: name, application: calls === 'its pod' ? pod : library };
}

/** Of `all`, shared out evenly; the first has what does not divide. */
function shareOf(all: number, index: number, among: number): number {
  const each = Math.floor(all / among);
  return index === 0 ? all - each * (among - 1) : each;
}
