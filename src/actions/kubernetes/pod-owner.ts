/** What a pod is part of, for its plan: what its controlling owner reference says, never what its name looks like. */
import type { V1Pod } from '@kubernetes/client-node';
import type { Plan } from '../../incidents/plan.ts';

/** `{ owner }` for a plan's target; empty for a pod that nobody controls. */
export function ownerOfPod(pod: V1Pod): Pick<Plan['target'], 'owner'> {
  const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller === true);
  return owner ? { owner: { kind: owner.kind, name: owner.name } } : {};
}
