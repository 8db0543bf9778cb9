/** A workload as the API server's own JSON: its template, one container of it, how its rollout stands. */
import type { V1Container, V1ObjectMeta, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { Plan } from '../../incidents/plan.ts';
import { ActionFailed } from '../action.ts';
import type { Cluster } from './client.ts';
import {
  DEPLOYMENT,
  DEPLOYMENT_CONFIG,
  type Kind,
  type KubeObject,
  readObject,
  STATEFUL_SET,
} from './objects.ts';
import { asked, askedOfApi } from './status-error.ts';
import type { WorkloadKind } from './workload-object.ts';

export interface LiveWorkload extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: V1PodTemplateSpec;
    /** Of a DeploymentConfig: what makes it roll out by itself. */
    readonly triggers?: readonly { readonly type?: string }[];
    /** Of a Deployment and of a DeploymentConfig. */
    readonly paused?: boolean;
    readonly strategy?: Strategy;
    /** Of a StatefulSet. */
    readonly updateStrategy?: Strategy;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

export interface Strategy {
  readonly type?: string;
  readonly rollingUpdate?: Rolling;
  /** The same of a DeploymentConfig. */
  readonly rollingParams?: Rolling;
}

interface Rolling {
  readonly partition?: number;
  readonly maxUnavailable?: number | string;
  readonly maxSurge?: number | string;
}

const KINDS: Readonly<Record<WorkloadKind, Kind>> = {
  deployment: DEPLOYMENT,
  statefulset: STATEFUL_SET,
  deploymentconfig: DEPLOYMENT_CONFIG,
};

export function kindOf(kind: WorkloadKind): Kind {
  return KINDS[kind];
}

/** Throws ActionFailed in words when it is not there or cannot be read. */
export async function readLive(
  cluster: Cluster,
  namespace: string,
  name: string,
  kind: WorkloadKind,
): Promise<LiveWorkload> {
  const doing = `reading ${kind} ${name} in ${namespace}`;
  const request = readObject<LiveWorkload>(cluster, kindOf(kind), namespace, name);
  return await (kind === 'deploymentconfig'
    ? askedOfApi('DeploymentConfigs', doing, request)
    : asked(doing, request));
}

/**
 * A DeploymentConfig that rolls out only when somebody asks for it (`oc rollout latest`): a change of its template alone
 * replaces no pod. Without a list of triggers OpenShift takes ConfigChange.
 */
export function rollsOutByHand(live: LiveWorkload): boolean {
  const { triggers } = live.spec ?? {};
  return triggers !== undefined && !triggers.some(({ type }) => type === 'ConfigChange');
}

/** A plan's target. */
export function targetOf(of: Kind, live: { readonly metadata: V1ObjectMeta }): Plan['target'] {
  const { name = '', namespace = '', uid = '' } = live.metadata;
  return { kind: of.kind, namespace, name, uid };
}

export function containersOf(live: LiveWorkload): readonly V1Container[] {
  return live.spec?.template?.spec?.containers ?? [];
}

/** The container of this name; without a name the only one, or the one that an annotation makes the default. */
export function containerOf(live: LiveWorkload, wanted: string | undefined): V1Container {
  const all = containersOf(live);
  const marked = live.spec?.template?.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  const name = wanted ?? marked ?? (all.length === 1 ? all[0]?.name : undefined);
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const names = all.map((one) => one.name).join(', ');
  throw new ActionFailed(
    name === undefined
      ? `${live.metadata.name} has ${all.length} containers (${names}): name the one that is meant.`
      : `${live.metadata.name} has no container ${name}. It has: ${names}.`,
    { nothingHappened: true },
  );
}

/** The merge patch that changes one container of the template. Lists are replaced whole, so it holds all of them. */
export function containerPatch(live: LiveWorkload, name: string, change: Partial<V1Container>): object {
  const containers = containersOf(live).map((one) =>
    one.name === name ? Object.assign({}, one, change) : one,
  );
  return { spec: { template: { spec: { containers } } } };
}

/** Where the annotation is that `kubectl rollout restart` writes. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

export function restartedAt(live: LiveWorkload): string | undefined {
  return live.spec?.template?.metadata?.annotations?.[RESTARTED_AT];
}

export function strategyOf(live: LiveWorkload): Strategy {
  return live.spec?.updateStrategy ?? live.spec?.strategy ?? {};
}

/** Its pods are replaced only when somebody deletes them. */
export function isOnDelete(live: LiveWorkload): boolean {
  return strategyOf(live).type === 'OnDelete';
}

/**
 * The controller has seen the newest template, every pod asked for runs it and is ready, and none of an older one is
 * left: what `kubectl rollout status` waits for. A StatefulSet with OnDelete or a partition is complete only when all
 * of its pods have been replaced.
 */
export function isRolledOut(live: LiveWorkload): boolean {
  const { status = {}, spec = {} } = live;
  const wanted = spec.replicas ?? 1;
  return (
    (status.observedGeneration ?? 0) >= (live.metadata.generation ?? 0) &&
    (status.updatedReplicas ??
      (status.updateRevision !== undefined && sameRevision(live) ? (status.replicas ?? 0) : 0)) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.readyReplicas ?? 0) === wanted
  );
}

/** A StatefulSet's status leaves `updatedReplicas` out when nothing is under way (0 and absent are the same). */
function sameRevision(live: LiveWorkload): boolean {
  return live.status?.currentRevision === live.status?.updateRevision;
}
