/** Who else sets a workload's fields, and will put them back: Helm, Argo CD, Flux, an operator, an autoscaler. */
import type { Cluster } from './client.ts';
import { askedOptionally } from './status-error.ts';
import type { Workload } from './workload-object.ts';

export interface Owner {
  /** "Helm release web", for people. */
  readonly name: string;
  /** What it does with a field that somebody else changed. */
  readonly effect: string;
}

/** Owners named by labels, annotations, owner references and autoscalers; without the right to list these, says so. */
export async function ownersOf(cluster: Cluster, workload: Workload, unknowns: string[]): Promise<Owner[]> {
  const scalers = await askedOptionally(
    'HorizontalPodAutoscalers',
    cluster.autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace: workload.namespace }),
    unknowns,
  );
  const owners = [...declaredOwners(workload)];
  for (const scaler of scalers?.items ?? []) {
    const target = scaler.spec?.scaleTargetRef;
    if (target?.kind !== workload.kind || target.name !== workload.name) continue;
    owners.push({
      name: `HorizontalPodAutoscaler ${scaler.metadata?.name ?? ''} (${scaler.spec?.minReplicas ?? 1} to ${scaler.spec?.maxReplicas ?? '?'})`,
      effect: 'sets the number of replicas itself, within its limits; it leaves a workload at 0 alone',
    });
  }
  return owners;
}

/** Owners that the object itself names. `what` they may put back: "number", "image". */
export function declaredOwners(object: Pick<Workload, 'metadata'>, what = 'number'): Owner[] {
  const labels = object.metadata.labels ?? {};
  const annotations = object.metadata.annotations ?? {};
  const owners: Owner[] = [];
  const tracked =
    annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  if (tracked) {
    owners.push({
      name: `Argo CD application ${tracked}`,
      effect: `may put its own ${what} back within minutes if self-heal is on`,
    });
  }
  const flux = labels['helm.toolkit.fluxcd.io/name'] ?? labels['kustomize.toolkit.fluxcd.io/name'];
  if (flux) {
    owners.push({ name: `Flux ${flux}`, effect: `may put its own ${what} back at its next reconciliation` });
  }
  const release = annotations['meta.helm.sh/release-name'];
  if (release || labels['app.kubernetes.io/managed-by'] === 'Helm') {
    owners.push({
      name: release ? `Helm release ${release}` : 'Helm',
      effect: `puts its own ${what} back at the next upgrade, if the chart sets one`,
    });
  }
  const controller = object.metadata.ownerReferences?.find((reference) => reference.controller);
  if (controller) {
    owners.push({
      name: `${controller.kind} ${controller.name}`,
      effect: `is the operator of this workload and may put its own ${what} back at once`,
    });
  }
  return owners;
}

/** Output field `managed_by`: absent when nobody else is known. */
export function managedBy(owners: readonly Owner[]): { managed_by?: string } {
  return owners.length > 0 ? { managed_by: owners.map((owner) => owner.name).join('; ') } : {};
}

/** The same owners as lines for a plan. */
export function ownerNotes(object: Pick<Workload, 'metadata'>, what: string): string[] {
  return declaredOwners(object, what).map((owner) => `${owner.name} ${owner.effect}.`);
}
