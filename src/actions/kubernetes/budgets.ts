/** PodDisruptionBudgets that name the pods of a workload: how many of them may be missing at this moment. */
import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import type { Cluster } from './client.ts';
import type { LiveWorkload } from './live-workload.ts';
import { type Kind, listObjects } from './objects.ts';
import { matches } from './selector.ts';
import { askedOptionally, statusCode } from './status-error.ts';

const kind = (version: string): Kind => ({
  kind: 'PodDisruptionBudget',
  apiVersion: `policy/${version}`,
  plural: 'poddisruptionbudgets',
});

/** Lines for a plan. A rollout and a deletion are not held back by a budget (only evictions are): people should know. */
export async function budgetNotes(
  cluster: Cluster,
  live: LiveWorkload,
  unknowns: string[],
): Promise<string[]> {
  const namespace = live.metadata.namespace ?? '';
  const list = (version: string) => listObjects<V1PodDisruptionBudget>(cluster, kind(version), namespace);
  // Until 1.21 there is only v1beta1.
  const asked = list('v1').catch((error: unknown) => {
    if (statusCode(error) !== 404) throw error;
    return list('v1beta1');
  });
  const budgets = await askedOptionally('PodDisruptionBudgets', asked, unknowns);
  const labels = live.spec?.template?.metadata?.labels;
  return (budgets ?? []).flatMap((budget) => {
    if (!matches(budget.spec?.selector?.matchLabels ?? {}, labels)) return [];
    const allowed = budget.status?.disruptionsAllowed ?? 0;
    const now = allowed === 0 ? 'allows no pod to be missing now' : `allows ${allowed} to be missing now`;
    return [
      `PodDisruptionBudget ${budget.metadata?.name} ${now}; the cluster does not hold this step back for it.`,
    ];
  });
}
