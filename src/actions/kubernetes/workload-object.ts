/** Deployments and StatefulSets behind one shape: read, name, replicas, selector, template. */
import type {
  V1Deployment,
  V1LabelSelector,
  V1ObjectMeta,
  V1PodTemplateSpec,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import type { Cluster } from './client.ts';
import { asked, askedIfThere } from './status-error.ts';

export const workloadKind = z.enum(['deployment', 'statefulset']);
export type WorkloadKind = z.output<typeof workloadKind>;

export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly metadata: V1ObjectMeta;
  /** What is asked for. A missing value reads as 0: the scale sub-resource leaves a 0 out (measured). */
  readonly desired: number;
  readonly ready: number;
  readonly selector: V1LabelSelector;
  readonly template: V1PodTemplateSpec;
}

/** Throws ActionFailed in words when the workload is not there or cannot be read. */
export async function readWorkload(
  cluster: Cluster,
  namespace: string,
  name: string,
  kind: WorkloadKind,
): Promise<Workload> {
  const doing = `reading ${kind} ${name} in ${namespace}`;
  switch (kind) {
    case 'deployment':
      return fromDeployment(await asked(doing, cluster.apps.readNamespacedDeployment({ name, namespace })));
    case 'statefulset':
      return fromStatefulSet(await asked(doing, cluster.apps.readNamespacedStatefulSet({ name, namespace })));
  }
}

/** The workload of this name, whichever kind it is; a Deployment first. */
export async function findWorkload(cluster: Cluster, namespace: string, name: string): Promise<Workload> {
  const doing = `looking for a workload ${name} in ${namespace}`;
  const deployment = await askedIfThere(doing, cluster.apps.readNamespacedDeployment({ name, namespace }));
  if (deployment) return fromDeployment(deployment);
  const set = await askedIfThere(doing, cluster.apps.readNamespacedStatefulSet({ name, namespace }));
  if (set) return fromStatefulSet(set);
  throw new ActionFailed(
    `There is no Deployment and no StatefulSet named ${name} in ${namespace}. "kubectl -n ${namespace} get deployments,statefulsets" lists them.`,
    { nothingHappened: true },
  );
}

/** Every Deployment and StatefulSet of the namespace. */
export async function listWorkloads(cluster: Cluster, namespace: string): Promise<Workload[]> {
  const [deployments, sets] = await Promise.all([
    asked(`listing deployments in ${namespace}`, cluster.apps.listNamespacedDeployment({ namespace })),
    asked(`listing statefulsets in ${namespace}`, cluster.apps.listNamespacedStatefulSet({ namespace })),
  ]);
  return [...deployments.items.map(fromDeployment), ...sets.items.map(fromStatefulSet)];
}

export function fromDeployment(object: V1Deployment): Workload {
  return {
    kind: 'Deployment',
    ...common(object.metadata),
    desired: object.spec?.replicas ?? 0,
    ready: object.status?.readyReplicas ?? 0,
    selector: object.spec?.selector ?? {},
    template: object.spec?.template ?? {},
  };
}

export function fromStatefulSet(object: V1StatefulSet): Workload {
  return {
    kind: 'StatefulSet',
    ...common(object.metadata),
    desired: object.spec?.replicas ?? 0,
    ready: object.status?.readyReplicas ?? 0,
    selector: object.spec?.selector ?? {},
    template: object.spec?.template ?? {},
  };
}

function common(metadata: V1ObjectMeta | undefined) {
  return {
    name: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    metadata: metadata ?? {},
  };
}
