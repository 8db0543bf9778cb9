/** What the platform person does by hand: lets the account pull the newer image, and gives it to the members. */
import { setTimeout as pause } from 'node:timers/promises';
import { resourceOf } from '../../cluster/api/resources.ts';
import type { Pod } from '../../cluster/api/wire.ts';
import { type PidpWorld, setImage } from './world.ts';

const PATIENCE_MS = 120_000;

/**
 * The StatefulSet replaces its members one by one; the one that is ahead leads, all others follow it. Resolves when
 * that is so. Does nothing in a world without a fault. Throws when it does not come to that within two minutes.
 */
export async function repair(world: PidpWorld): Promise<void> {
  const { plan, cluster } = world;
  if (plan.variant === 'no fault') return;
  const at = { namespace: plan.namespace, name: plan.used.name };
  cluster.store.update(
    resourceOf('ServiceAccount'),
    at,
    { manager: 'kubectl-patch', operation: 'Update' },
    (copy) => {
      copy['imagePullSecrets'] = [{ name: 'platform-artifacts' }];
    },
  );
  setImage(world, plan.images.working, 'kubectl-set');
  const until = performance.now() + PATIENCE_MS;
  while (!isHealed(world)) {
    if (performance.now() > until) throw new Error(`${plan.used.name} did not come up within two minutes`);
    await pause(20);
  }
}

function isHealed({ plan, cluster, patroni }: PidpWorld): boolean {
  const played = patroni.get(plan.used.name);
  if (!played?.leader || !played.members.every((member) => member.up)) return false;
  return plan.used.members.every(({ name }) => {
    const pod = cluster.store.get<Pod>('Pod', plan.namespace, name);
    const isNew = pod?.spec.containers[0]?.image === plan.images.working;
    return isNew && pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
  });
}
