/** Deployments, StatefulSets and OpenShift's DeploymentConfigs behind one shape: read, name, replicas, selector, template. */
import type {
  V1Deployment,
  V1LabelSelector,
  V1ObjectMeta,
  V1PodTemplateSpec,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import { type Cluster, FIELD_MANAGER } from './client.ts';
import { DEPLOYMENT_CONFIG, type KubeObject, listObjects, mergeObject, readObject } from './objects.ts';
import { asked, askedIfThere, askedOfApi, askedOptionally } from './status-error.ts';

/** What every cluster has. */
export const appsKind = z.enum(['deployment', 'statefulset']);
export type AppsKind = z.output<typeof appsKind>;
export const workloadKind = z.enum([...appsKind.options, 'deploymentconfig']);
export type WorkloadKind = z.output<typeof workloadKind>;

export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DeploymentConfig';
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
    case 'deploymentconfig':
      return fromDeploymentConfig(
        await askedOfApi('DeploymentConfigs', doing, readObject(cluster, DEPLOYMENT_CONFIG, namespace, name)),
      );
  }
}

/** Undefined when there is no such object. */
export async function readWorkloadIfThere(
  cluster: Cluster,
  namespace: string,
  name: string,
  kind: WorkloadKind,
  doing: string,
): Promise<Workload | undefined> {
  const at = { name, namespace };
  switch (kind) {
    case 'deployment':
      return await askedIfThere(doing, cluster.apps.readNamespacedDeployment(at).then(fromDeployment));
    case 'statefulset':
      return await askedIfThere(doing, cluster.apps.readNamespacedStatefulSet(at).then(fromStatefulSet));
    case 'deploymentconfig':
      return await askedIfThere(
        doing,
        readObject<DeploymentConfig>(cluster, DEPLOYMENT_CONFIG, namespace, name).then(fromDeploymentConfig),
      );
  }
}

/** A JSON merge patch of the object itself. Throws what `asked` of status-error.ts turns into words. */
export async function patchWorkload(
  cluster: Cluster,
  kind: WorkloadKind,
  at: { readonly namespace: string; readonly name: string; readonly dryRun: boolean },
  body: object,
): Promise<Workload> {
  const { namespace, name, dryRun } = at;
  const request = {
    name,
    namespace,
    body,
    fieldManager: FIELD_MANAGER,
    ...(dryRun ? { dryRun: 'All' } : {}),
  };
  switch (kind) {
    case 'deployment':
      return fromDeployment(await cluster.apps.patchNamespacedDeployment(request, cluster.mergePatch));
    case 'statefulset':
      return fromStatefulSet(await cluster.apps.patchNamespacedStatefulSet(request, cluster.mergePatch));
    case 'deploymentconfig':
      return fromDeploymentConfig(
        await mergeObject(cluster, DEPLOYMENT_CONFIG, namespace, name, body, { dryRun }),
      );
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
    `There is no Deployment and no StatefulSet named ${name} in ${namespace}. "kubectl -n ${namespace} get deployments,statefulsets" lists them. An OpenShift DeploymentConfig is looked at with kind: deploymentconfig.`,
    { nothingHappened: true },
  );
}

/**
 * Every Deployment and StatefulSet of the namespace; with `unknowns` its DeploymentConfigs too, or a line there that says
 * why they cannot be seen.
 */
export async function listWorkloads(
  cluster: Cluster,
  namespace: string,
  unknowns?: string[],
): Promise<Workload[]> {
  const [deployments, sets, configs] = await Promise.all([
    asked(`listing deployments in ${namespace}`, cluster.apps.listNamespacedDeployment({ namespace })),
    asked(`listing statefulsets in ${namespace}`, cluster.apps.listNamespacedStatefulSet({ namespace })),
    unknowns &&
      askedOptionally(
        'DeploymentConfigs',
        listObjects<DeploymentConfig>(cluster, DEPLOYMENT_CONFIG, namespace),
        unknowns,
      ),
  ]);
  return [
    ...deployments.items.map(fromDeployment),
    ...sets.items.map(fromStatefulSet),
    ...(configs ?? []).map(fromDeploymentConfig),
  ];
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

/** As the API server writes it; its selector is a plain map of labels. */
interface DeploymentConfig extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: Readonly<Record<string, string>>;
    readonly template?: V1PodTemplateSpec;
  };
  readonly status?: { readonly readyReplicas?: number };
}

function fromDeploymentConfig(object: DeploymentConfig): Workload {
  const { spec = {}, status = {} } = object;
  return {
    kind: 'DeploymentConfig',
    ...common(object.metadata),
    desired: spec.replicas ?? 0,
    ready: status.readyReplicas ?? 0,
    selector: { matchLabels: { ...spec.selector } },
    template: spec.template ?? {},
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
