/** Takes a snapshot of a namespace: every kind at once, and what may not be read is said instead of passed over. */
import type { V1Pod } from '@kubernetes/client-node';
import { PATRONI } from '../../../incidents/baseline/diff.ts';
import { machinerysOwn, type Traits } from '../../../incidents/baseline/left-out.ts';
import {
  DIGESTS,
  type NotChecked,
  type Snapshot,
  type SnapshotObject,
} from '../../../incidents/baseline/snapshot.ts';
import type { Call } from '../../action.ts';
import { type Cluster, connect } from '../client.ts';
import { contactFor } from '../contact.ts';
import {
  CLAIM,
  CONFIG_MAP,
  DEPLOYMENT,
  DEPLOYMENT_CONFIG,
  type Kind,
  type KubeObject,
  listObjects,
  POD,
  ROLE_BINDING,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
  STATEFUL_SET,
} from '../objects.ts';
import {
  LIST_AUTOSCALERS,
  LIST_CLAIMS,
  LIST_DEPLOYMENTS,
  LIST_PODS,
  LIST_SERVICES,
  LIST_STATEFULSETS,
  right,
} from '../rights.ts';
import { inWords, statusCode } from '../status-error.ts';
import {
  autoscalerIn,
  claimIn,
  configMapIn,
  roleBindingIn,
  secretIn,
  serviceAccountIn,
  serviceIn,
} from './others.ts';
import { patroniElsewhere, patroniIn } from './patroni.ts';
import { type LiveWorkload, workloadIn } from './workloads.ts';

/** The oldest version that every server from 1.20 on serves, with all that a snapshot keeps. */
const AUTOSCALER: Kind = {
  kind: 'HorizontalPodAutoscaler',
  apiVersion: 'autoscaling/v1',
  plural: 'horizontalpodautoscalers',
};
const ENDPOINTS: Kind = { kind: 'Endpoints', apiVersion: 'v1', plural: 'endpoints' };

/** Each may be missing: what it would show is then not checked. */
export const SNAPSHOT_RIGHTS = [
  LIST_DEPLOYMENTS,
  LIST_STATEFULSETS,
  right('apps.openshift.io', 'deploymentconfigs', ['list']),
  LIST_PODS,
  LIST_SERVICES,
  right('', 'configmaps', ['list']),
  right('', 'secrets', ['list']),
  right('', 'endpoints', ['list']),
  right('', 'serviceaccounts', ['list']),
  LIST_CLAIMS,
  LIST_AUTOSCALERS,
  right('rbac.authorization.k8s.io', 'rolebindings', ['list']),
].map((one) => ({ ...one, optional: true }));

/**
 * `key`: of the hashes that stand for values; only snapshots with the same key can be compared. Throws ActionFailed
 * when the cluster does not answer at all or not as it should.
 */
export async function takeSnapshot(
  call: Pick<Call, 'reach' | 'signal' | 'namespace' | 'now'>,
  key: string,
): Promise<Snapshot> {
  const cluster = await connect(call);
  const takenAt = call.now().getTime();
  const notChecked: NotChecked[] = [];
  const all = <T extends KubeObject>(of: Kind, what = of.kind) =>
    listed<T>(cluster, call, of, what, notChecked);
  const [
    deployments,
    sets,
    configs,
    pods,
    services,
    maps,
    secrets,
    endpoints,
    accounts,
    claims,
    scalers,
    bindings,
  ] = await Promise.all([
    all<LiveWorkload>(DEPLOYMENT),
    all<LiveWorkload>(STATEFUL_SET),
    all<LiveWorkload>(DEPLOYMENT_CONFIG),
    all<V1Pod & KubeObject>(POD, DIGESTS),
    all<Parameters<typeof serviceIn>[0]>(SERVICE),
    all<Parameters<typeof configMapIn>[0]>(CONFIG_MAP),
    all<Parameters<typeof secretIn>[0] & { type?: string }>(SECRET),
    all(ENDPOINTS),
    all<Parameters<typeof serviceAccountIn>[0]>(SERVICE_ACCOUNT),
    all<Parameters<typeof claimIn>[0]>(CLAIM),
    all<Parameters<typeof autoscalerIn>[0]>(AUTOSCALER),
    all<Parameters<typeof roleBindingIn>[0]>(ROLE_BINDING),
  ]);
  const leftOut: { kind: string; name: string; why: string }[] = [];
  const objects: SnapshotObject[] = [];
  const keep = <T extends KubeObject>(
    kind: string,
    items: readonly T[] | undefined,
    read: (item: T, key: string) => SnapshotObject,
  ) => {
    for (const item of items ?? []) {
      const why = machinerysOwn(traitsOf(kind, item));
      if (why === undefined) objects.push(read(item, key));
      else leftOut.push({ kind, name: item.metadata.name ?? '', why });
    }
  };
  for (const [kind, items] of [
    ['Deployment', deployments],
    ['StatefulSet', sets],
    ['DeploymentConfig', configs],
  ] as const)
    keep(kind, items, (item) => workloadIn(kind, item, pods, key));
  keep('Service', services, serviceIn);
  keep('ConfigMap', maps, configMapIn);
  keep('Secret', secrets, secretIn);
  keep('ServiceAccount', accounts, serviceAccountIn);
  keep('PersistentVolumeClaim', claims, claimIn);
  keep('HorizontalPodAutoscaler', scalers, autoscalerIn);
  keep('RoleBinding', bindings, roleBindingIn);
  const patroni = patroniIn([...(endpoints ?? []), ...(maps ?? [])], key);
  objects.push(...patroni);
  // Its settings stand in one of the two: with a cluster found in the one, the other is not needed.
  const unread = notChecked.find(({ kind }) => kind === ENDPOINTS.kind || kind === CONFIG_MAP.kind);
  if (patroni.length > 0 || !unread) notChecked.push(...patroniElsewhere(sets ?? [], patroni));
  else notChecked.push({ kind: PATRONI, why: unread.why });
  return {
    format: 1,
    namespace: call.namespace,
    takenAt,
    objects: objects.sort(byName),
    leftOut: leftOut.sort(byName),
    // Endpoints are only looked at for Patroni's settings.
    notChecked: notChecked
      .filter(({ kind }) => kind !== ENDPOINTS.kind)
      .sort((a, b) => (a.kind < b.kind ? -1 : 1)),
  };
}

/** Undefined, with a line in `notChecked`, when the right is missing; nothing at all where the API has no such kind. */
async function listed<T extends KubeObject>(
  cluster: Cluster,
  call: Pick<Call, 'reach' | 'namespace'>,
  of: Kind,
  kind: string,
  notChecked: NotChecked[],
): Promise<T[] | undefined> {
  try {
    return await listObjects<T>(cluster, of, call.namespace);
  } catch (error) {
    const code = statusCode(error);
    if (code === 404) return [];
    if (code !== 403) throw inWords(error, `listing ${of.plural} in ${call.namespace}`);
    notChecked.push({ kind, why: `no right to list ${of.plural}: ask ${contactFor(call)}` });
    return undefined;
  }
}

function traitsOf(
  kind: string,
  object: KubeObject & { readonly type?: unknown; readonly data?: unknown; readonly binaryData?: unknown },
): Traits {
  const { name = '', labels = {}, annotations = {} } = object.metadata;
  const { type, data, binaryData } = object;
  const empty = [data, binaryData].every((part) => Object.keys(part ?? {}).length === 0);
  return { kind, name, labels, annotations, empty, ...(typeof type === 'string' ? { type } : {}) };
}

function byName(a: { kind: string; name: string }, b: { kind: string; name: string }): number {
  const [one, other] = [`${a.kind} ${a.name}`, `${b.kind} ${b.name}`];
  return one < other ? -1 : one > other ? 1 : 0;
}
