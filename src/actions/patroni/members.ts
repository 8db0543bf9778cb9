/** Finds the pods that should be the members of a Patroni cluster: from a Service or a StatefulSet to all its pods. */
import type { V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { type Cluster, connect } from '../kubernetes/client.ts';
import { labelsText, withoutRole } from '../kubernetes/selector.ts';
import { asked, askedIfThere, askedOptionally, note } from '../kubernetes/status-error.ts';
import { fromStatefulSet } from '../kubernetes/workload-object.ts';
import { byName, nameOf, podsOf } from '../kubernetes/workload-pods.ts';
import { onlyCluster } from './which-cluster.ts';

export interface Members {
  /** Name of the StatefulSet; of several, as one operator makes one for each member, joined by commas. */
  readonly statefulset: string;
  /** How many members there should be: the replicas that are asked for. */
  readonly replicas: number;
  /** Every member that should exist and every pod that does, by name. */
  readonly expected: readonly { readonly name: string; readonly pod?: V1Pod }[];
  readonly unknowns: string[];
}

type Named = { readonly service?: string | undefined; readonly statefulset?: string | undefined };

/**
 * Throws ActionFailed when nothing is named and handrail.yaml names no single Patroni cluster for the namespace, or
 * when no StatefulSet is behind the name. A Service that selects only the leader leads to all members all the same.
 */
export async function findMembers(
  call: Pick<Call<Named>, 'params' | 'reach' | 'signal' | 'namespace'>,
): Promise<Members> {
  const cluster = await connect(call);
  const unknowns: string[] = [];
  const named = nameOrOnly(call);
  const sets =
    named.statefulset === undefined
      ? await setsBehind(cluster, call.namespace, named.service, unknowns)
      : [await readSet(cluster, call.namespace, named.statefulset)];
  const expected = await Promise.all(sets.map((set) => membersOf(cluster, set)));
  return {
    statefulset: sets.map(setName).join(', '),
    replicas: sets.reduce((sum, set) => sum + (set.spec?.replicas ?? 0), 0),
    expected: expected.flat(),
    unknowns,
  };
}

async function membersOf(cluster: Cluster, set: V1StatefulSet): Promise<{ name: string; pod?: V1Pod }[]> {
  const pods = await podsOf(cluster, fromStatefulSet(set));
  const first = set.spec?.ordinals?.start ?? 0;
  const names = Array.from(
    { length: set.spec?.replicas ?? 0 },
    (_, index) => `${setName(set)}-${first + index}`,
  );
  return [...new Set([...names, ...pods.map(nameOf)])].map((name) => {
    const pod = pods.find((candidate) => nameOf(candidate) === name);
    return pod ? { name, pod } : { name };
  });
}

function setName(set: V1StatefulSet): string {
  return set.metadata?.name ?? '';
}

function nameOrOnly(
  call: Pick<Call<Named>, 'params' | 'reach' | 'namespace'>,
): { statefulset: string; service?: undefined } | { statefulset?: undefined; service: string } {
  if (call.params.statefulset) return { statefulset: call.params.statefulset };
  if (call.params.service) return { service: call.params.service };
  const known = call.reach.catalog.systems
    .filter((system) => system.namespace === call.namespace)
    .flatMap((system) => system.databases);
  const only = onlyCluster(known);
  if (only) return only;
  const names = new Set(
    known.filter(({ kind }) => kind === 'patroni').map(({ statefulset, service }) => statefulset ?? service),
  );
  throw new ActionFailed(
    `Which Patroni cluster of ${call.namespace}? Name its Service or its StatefulSet.${
      names.size > 1 ? ` handrail.yaml knows ${[...names].join(', ')}.` : ''
    }`,
  );
}

async function readSet(cluster: Cluster, namespace: string, name: string): Promise<V1StatefulSet> {
  const doing = `reading statefulset ${name} in ${namespace}`;
  return await asked(doing, cluster.apps.readNamespacedStatefulSet({ name, namespace }));
}

async function setsBehind(
  cluster: Cluster,
  namespace: string,
  name: string,
  unknowns: string[],
): Promise<V1StatefulSet[]> {
  const [service, { items: sets }] = await Promise.all([
    askedIfThere(
      `reading service ${name} in ${namespace}`,
      cluster.core.readNamespacedService({ name, namespace }),
    ),
    asked(`listing statefulsets in ${namespace}`, cluster.apps.listNamespacedStatefulSet({ namespace })),
  ]);
  if (!service) {
    const same = sets.filter((set) => setName(set) === name);
    if (same.length > 0) return same;
    throw new ActionFailed(`There is no Service and no StatefulSet named ${name} in ${namespace}.`);
  }
  const selector = service.spec?.selector ?? {};
  const wide = withoutRole(selector);
  const pods = Object.keys(wide).length > 0 ? await selected(cluster, namespace, wide) : [];
  const owners = new Set(
    pods.flatMap((pod) => pod.metadata?.ownerReferences ?? []).map((owner) => owner.uid),
  );
  let found = sets.filter((set) => owners.has(set.metadata?.uid ?? ''));
  if (Object.keys(selector).length > 0) noteNobodySelected(name, selector, pods, unknowns);
  if (found.length === 0) found = await setsOfEndpoints(cluster, namespace, name, sets, unknowns);
  if (found.length === 0) found = sets.filter((set) => setName(set) === name);
  // A set at 0 replicas has no pods to be found by: its template carries the labels.
  if (found.length === 0 && Object.keys(wide).length > 0) {
    found = sets.filter((set) =>
      Object.entries(wide).every(([key, value]) => set.spec?.template?.metadata?.labels?.[key] === value),
    );
  }
  if (found.length === 0) {
    throw new ActionFailed(
      `No StatefulSet is behind Service ${name} in ${namespace}${
        Object.keys(selector).length > 0 ? ` (it selects ${labelsText(selector)})` : ''
      }. Name the StatefulSet.`,
    );
  }
  return found;
}

async function selected(
  cluster: Cluster,
  namespace: string,
  labels: Record<string, string>,
): Promise<V1Pod[]> {
  const { items } = await asked(
    `listing pods with ${labelsText(labels)} in ${namespace}`,
    cluster.core.listNamespacedPod({ namespace, labelSelector: labelsText(labels) }),
  );
  return items.sort(byName);
}

/** Patroni 4 labels its leader `role=primary`; a Service that selects `role=master` then leads nowhere. */
function noteNobodySelected(
  name: string,
  selector: Record<string, string>,
  pods: readonly V1Pod[],
  unknowns: string[],
): void {
  const chosen = pods.filter((pod) =>
    Object.entries(selector).every(([key, value]) => pod.metadata?.labels?.[key] === value),
  );
  if (chosen.length > 0) return;
  note(unknowns, `no pod carries the labels that Service ${name} selects (${labelsText(selector)})`);
}

/** A Service without selector, whose endpoints Patroni writes itself. */
async function setsOfEndpoints(
  cluster: Cluster,
  namespace: string,
  name: string,
  sets: readonly V1StatefulSet[],
  unknowns: string[],
): Promise<V1StatefulSet[]> {
  const endpoints = await askedOptionally(
    `the endpoints of ${name}`,
    cluster.core.readNamespacedEndpoints({ name, namespace }),
    unknowns,
  );
  const names = (endpoints?.subsets ?? [])
    .flatMap((subset) => [...(subset.addresses ?? []), ...(subset.notReadyAddresses ?? [])])
    .flatMap((address) => (address.targetRef?.kind === 'Pod' ? [address.targetRef.name ?? ''] : []));
  return sets.filter((set) => names.some((pod) => pod.replace(/-\d+$/, '') === setName(set)));
}
