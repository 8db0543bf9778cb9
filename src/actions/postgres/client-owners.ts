/** Whose a client's address is: a pod of the current rollout, of an earlier one, of nobody any more, or outside. */
import type { V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { Call } from '../action.ts';
import { contactFor } from '../kubernetes/contact.ts';
import { right } from '../kubernetes/rights.ts';
import { askedOptionally, note } from '../kubernetes/status-error.ts';
import { isOver, nameOf } from '../kubernetes/workload-pods.ts';
import { around, isIn, isPrivate, networks } from './addresses.ts';
import type { FoundServer } from './find-server.ts';

export const KINDS = [
  'current deployment',
  'previous deployment',
  'no such pod',
  'outside the cluster',
  'in the database pod',
  'unknown',
] as const;
export type Kind = (typeof KINDS)[number];

export interface ClientOwner {
  readonly kind: Kind;
  /** For people: `deployment web`, `10.1.2.3 (no pod has it)`. */
  readonly owner: string;
  /** Deployment or StatefulSet; only where a pod of it has this address. */
  readonly workload?: string;
  readonly isDeployment?: boolean;
  readonly pod?: string;
  /** No pod of this namespace has it, and those of others cannot be seen: it may be nobody's. */
  readonly maybeNobody?: boolean;
}

/** What the join reads beside the pods of the namespace; each is left out where its right is missing. */
export const SEE_OWNERS = [
  right('apps', 'replicasets', ['list'], { optional: true }),
  right('', 'pods', ['list'], { optional: true, scope: 'cluster' }),
  right('', 'nodes', ['list'], { optional: true, scope: 'cluster' }),
] as const;

export interface Surroundings {
  readonly sets: readonly V1ReplicaSet[] | undefined;
  /** Pods of every namespace may be asked for. */
  readonly everywhere: boolean;
  readonly nodes: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  /** Networks of pods; undefined when the nodes do not say them, or may not be seen. */
  readonly podNetworks: readonly string[] | undefined;
}

export async function surroundings(
  { cluster }: FoundServer,
  call: Pick<Call, 'reach' | 'namespace'>,
  unknowns: string[],
): Promise<Surroundings> {
  const { namespace } = call;
  const ask = contactFor(call);
  // Each by itself: in which order the answers come must not show.
  const [ofSets, ofPods, ofNodes]: [string[], string[], string[]] = [[], [], []];
  const [sets, one, nodes] = await Promise.all([
    askedOptionally('ReplicaSets', cluster.apps.listNamespacedReplicaSet({ namespace }), ofSets),
    // Whether it may be asked: the answer itself may be thousands of pods, of which few are of interest.
    askedOptionally(
      'pods of other namespaces',
      cluster.core.listPodForAllNamespaces({ limit: 1 }),
      ofPods,
      ask,
    ),
    askedOptionally('nodes', cluster.core.listNode(), ofNodes, ask),
  ]);
  for (const line of [...ofSets, ...ofPods, ...ofNodes]) note(unknowns, line);
  const cidrs = (nodes?.items ?? []).flatMap(
    ({ spec }) => spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : []),
  );
  return {
    sets: sets?.items,
    everywhere: one !== undefined,
    nodes: (nodes?.items ?? []).map((node) => ({
      name: node.metadata?.name ?? '',
      addresses: (node.status?.addresses ?? []).map(({ address }) => address),
    })),
    podNetworks: cidrs.length > 0 ? cidrs : undefined,
  };
}

/** The owner of each of these addresses; null is the socket in the server's own pod. */
export async function ownersOfClients(
  addresses: readonly (string | null)[],
  found: FoundServer,
  around: Surroundings,
  namespace: string,
  unknowns: string[],
): Promise<ReadonlyMap<string | null, ClientOwner>> {
  const owners = new Map<string | null, ClientOwner>();
  for (const address of new Set(addresses)) {
    owners.set(address, await ownerOf(address, found, around, namespace, unknowns));
  }
  return owners;
}

async function ownerOf(
  address: string | null,
  found: FoundServer,
  seen: Surroundings,
  namespace: string,
  unknowns: string[],
): Promise<ClientOwner> {
  const here = found.pods.filter((pod) => address !== null && ipsOf(pod).includes(address));
  const alive = here.filter((pod) => !isOver(pod));
  const own = found.pods.find((pod) => nameOf(pod) === found.pod?.name);
  if (address === null || address === '127.0.0.1' || address === '::1') {
    return inServer(own);
  }
  const node = seen.nodes.find((one) => one.addresses.includes(address));
  if (node || alive.length > 1 || alive.some((pod) => pod.spec?.hostNetwork)) {
    const names = alive.map(nameOf);
    const which = node ? `node ${node.name}` : 'a node';
    return {
      kind: 'unknown',
      owner: `${address}, ${which} itself${names.length > 0 ? ` (${names.join(', ')})` : ''}: the pod behind it cannot be told`,
    };
  }
  const pod = alive[0];
  if (pod) return nameOf(pod) === nameOf(own ?? {}) ? inServer(own) : ofPod(pod, seen.sets);
  return await ofNobodyHere(address, { found, seen, namespace, over: here[0], unknowns });
}

function inServer(pod: V1Pod | undefined): ClientOwner {
  const pooler = pod && poolerIn(pod);
  if (pooler) {
    return {
      kind: 'unknown',
      owner: `${pooler} in the database's pod: a pooler, its own clients are not seen here`,
    };
  }
  return { kind: 'in the database pod', owner: "the database's own pod" };
}

/** Behind one of these every client has the pooler's address. */
const POOLER = /pg-?bouncer|pg-?pool|pgcat|odyssey|supavisor|pgagroal/i;

function poolerIn(pod: V1Pod): string | undefined {
  const container = (pod.spec?.containers ?? []).find(
    (one) => POOLER.test(one.name) || POOLER.test(one.image?.split('/').at(-1) ?? ''),
  );
  return container?.name;
}

function ofPod(pod: V1Pod, sets: readonly V1ReplicaSet[] | undefined): ClientOwner {
  const name = nameOf(pod);
  const controller = pod.metadata?.ownerReferences?.find((reference) => reference.controller);
  const set = sets?.find(({ metadata }) => metadata?.uid === controller?.uid);
  const deployment = set?.metadata?.ownerReferences?.find(
    (one) => one.controller && one.kind === 'Deployment',
  )?.name;
  const workload = controller?.kind === 'StatefulSet' ? controller.name : deployment;
  const pooler = poolerIn(pod);
  if (pooler) {
    return {
      kind: 'unknown',
      owner: `pooler ${workload ?? name}: its own clients are not seen here`,
      pod: name,
    };
  }
  const owner =
    controller?.kind === 'StatefulSet'
      ? `statefulset ${controller.name}`
      : deployment
        ? `deployment ${deployment}`
        : `pod ${name}`;
  const known = {
    pod: name,
    ...(workload === undefined ? {} : { workload }),
    ...(deployment === undefined ? {} : { isDeployment: true }),
  };
  if (controller?.kind === 'ReplicaSet' && !set) return { kind: 'unknown', owner: `pod ${name}`, ...known };
  if (set && deployment && sets && isEarlier(set, deployment, sets)) {
    return { kind: 'previous deployment', owner: `an earlier rollout of ${owner} (pod ${name})`, ...known };
  }
  return { kind: 'current deployment', owner, ...known };
}

/** Another ReplicaSet of the Deployment has a higher revision; a rollback gives an old one a new number. */
function isEarlier(set: V1ReplicaSet, deployment: string, sets: readonly V1ReplicaSet[]): boolean {
  const revision = (one: V1ReplicaSet) =>
    Number(one.metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  const kin = sets.filter((one) =>
    one.metadata?.ownerReferences?.some(
      (o) => o.controller && o.kind === 'Deployment' && o.name === deployment,
    ),
  );
  return kin.some((one) => revision(one) > revision(set));
}

async function ofNobodyHere(
  address: string,
  at: {
    found: FoundServer;
    seen: Surroundings;
    namespace: string;
    over: V1Pod | undefined;
    unknowns: string[];
  },
): Promise<ClientOwner> {
  const { found, seen, namespace, over, unknowns } = at;
  if (seen.everywhere) {
    const { items } = (await askedOptionally(
      'pods of other namespaces',
      found.cluster.core.listPodForAllNamespaces({ fieldSelector: `status.podIP=${address}` }),
      unknowns,
    )) ?? { items: [] };
    const other = items.find((pod) => !isOver(pod) && pod.metadata?.namespace !== namespace);
    if (other) {
      return {
        kind: 'unknown',
        owner: `pod ${nameOf(other)} of namespace ${other.metadata?.namespace}`,
        pod: nameOf(other),
      };
    }
  }
  const was = over ? ` (it was ${nameOf(over)}, which has ended)` : '';
  const guessed = found.pods.flatMap(ipsOf).flatMap((ip) => around(ip) ?? []);
  const isPods = over !== undefined || isIn(networks(seen.podNetworks ?? guessed), address);
  if (isPods) {
    if (seen.everywhere) return { kind: 'no such pod', owner: `${address}, which no pod has${was}` };
    return {
      kind: 'unknown',
      owner: `${address}, which no pod of ${namespace} has${was}`,
      maybeNobody: true,
    };
  }
  if (seen.podNetworks || !isPrivate(address))
    return { kind: 'outside the cluster', owner: `${address}, outside the cluster` };
  note(unknowns, 'which addresses are outside the cluster: the nodes do not say which are those of pods');
  return { kind: 'unknown', owner: address, ...(seen.everywhere ? {} : { maybeNobody: true }) };
}

function ipsOf(pod: V1Pod): string[] {
  const { podIP, podIPs } = pod.status ?? {};
  return [...new Set([...(podIP ? [podIP] : []), ...(podIPs ?? []).flatMap(({ ip }) => (ip ? [ip] : []))])];
}
