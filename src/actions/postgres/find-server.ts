/** Where a named server is: behind which Service, in which pod, on which port. */
import type { CoreV1EndpointPort, V1Endpoints, V1Pod, V1Service } from '@kubernetes/client-node';
import type { Call } from '../action.ts';
import { type Cluster, connect } from '../kubernetes/client.ts';
import { matches } from '../kubernetes/selector.ts';
import { asked, askedIfThere } from '../kubernetes/status-error.ts';
import { isOver, isReady, nameOf } from '../kubernetes/workload-pods.ts';
import { databaseContainer, untouched } from './in-pod.ts';
import type { NamedServer } from './which-server.ts';

export interface FoundServer {
  readonly cluster: Cluster;
  /** Every pod of the namespace, for who else is who. */
  readonly pods: readonly V1Pod[];
  /** Where it is reached without a pod: an alias for a name outside the cluster, or an address that is no pod's. */
  readonly outside?: { readonly host: string; readonly port: number };
  /** The Service's own address by name, of use only to who runs inside the cluster. */
  readonly inside?: { readonly host: string; readonly port: number };
  readonly pod?: {
    readonly name: string;
    readonly ip: string;
    readonly port: number;
    readonly container: string;
  };
}

const POSTGRES = 5432;

/**
 * Not only ready pods count: a database that takes no more connections often fails its readiness probe for just that.
 * Throws ActionFailed when there is no Service, no StatefulSet and no pod of the name.
 */
export async function findServer(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  named: NamedServer,
): Promise<FoundServer> {
  const cluster = await connect(call);
  const { namespace } = call;
  const { service: name } = named;
  const at = { name: name ?? '', namespace };
  const [{ items: pods }, service, endpoints] = await Promise.all([
    asked(`listing pods in ${namespace}`, cluster.core.listNamespacedPod({ namespace })),
    name === undefined
      ? undefined
      : askedIfThere(`reading service ${name} in ${namespace}`, cluster.core.readNamespacedService(at)),
    name === undefined
      ? undefined
      : askedIfThere(`reading endpoints ${name} in ${namespace}`, cluster.core.readNamespacedEndpoints(at)),
  ]);
  const alive = pods.filter((pod) => !isOver(pod));
  const own = service ? behindService(service, endpoints, alive) : {};
  const pod = own.pod ?? podOfSet(named.statefulset, alive);
  if (!service && !pod) {
    throw untouched(
      `There is no Service and no StatefulSet with pods named ${named.name} in ${namespace}. "kubectl -n ${namespace} get services,statefulsets" lists them.`,
    );
  }
  const port = own.port ?? portOf(pod, undefined);
  const ip = pod?.status?.podIP;
  return {
    cluster,
    pods,
    ...(own.outside ? { outside: own.outside } : {}),
    ...(service && !own.outside
      ? { inside: { host: `${name}.${namespace}.svc`, port: servicePort(service)?.port ?? POSTGRES } }
      : {}),
    ...(pod ? { pod: { name: nameOf(pod), ip: ip ?? '', port, container: databaseContainer(pod) } } : {}),
  };
}

interface Behind {
  readonly pod?: V1Pod;
  readonly port?: number;
  readonly outside?: { readonly host: string; readonly port: number };
}

function behindService(
  service: V1Service,
  endpoints: V1Endpoints | undefined,
  pods: readonly V1Pod[],
): Behind {
  const { externalName, type, selector = {} } = service.spec ?? {};
  const wanted = servicePort(service);
  if (type === 'ExternalName' && externalName) {
    return { outside: { host: externalName, port: wanted?.port ?? POSTGRES } };
  }
  const subsets = endpoints?.subsets ?? [];
  const addresses = [
    ...subsets.flatMap((one) => (one.addresses ?? []).map((address) => ({ address, ports: one.ports }))),
    ...subsets.flatMap((one) =>
      (one.notReadyAddresses ?? []).map((address) => ({ address, ports: one.ports })),
    ),
  ];
  for (const { address, ports } of addresses) {
    const pod = pods.find(
      (one) => nameOf(one) === address.targetRef?.name || (one.status?.podIP === address.ip && address.ip),
    );
    const port = endpointPort(ports, wanted?.name);
    if (pod) return { pod, ...(port === undefined ? {} : { port }) };
  }
  const first = addresses[0];
  if (first) {
    const host = first.address.ip;
    return { outside: { host, port: endpointPort(first.ports, wanted?.name) ?? wanted?.port ?? POSTGRES } };
  }
  const selected = pods.filter((pod) => matches(selector, pod.metadata?.labels)).sort(readyFirst);
  const pod = selected[0];
  return pod ? { pod, port: portOf(pod, wanted?.targetPort) } : {};
}

/** Of a cluster the one whose labels say that it leads, else a ready one. */
function podOfSet(name: string | undefined, pods: readonly V1Pod[]): V1Pod | undefined {
  const own = pods.filter((pod) =>
    pod.metadata?.ownerReferences?.some((owner) => owner.kind === 'StatefulSet' && owner.name === name),
  );
  const leads = (pod: V1Pod) =>
    Object.entries(pod.metadata?.labels ?? {}).some(
      ([key, value]) => /(^|[/.-])(role|spilo-role)$/.test(key) && /^(master|primary|leader)$/.test(value),
    );
  return own.find(leads) ?? own.toSorted(readyFirst)[0];
}

function readyFirst(a: V1Pod, b: V1Pod): number {
  return (
    Number(isReady(b)) - Number(isReady(a)) || nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true })
  );
}

function servicePort(service: V1Service) {
  const ports = service.spec?.ports ?? [];
  return (
    ports.find((one) => one.port === POSTGRES) ??
    ports.find((one) => /^(pg|postgres|postgresql|db|tcp-postgresql)$/.test(one.name ?? '')) ??
    ports[0]
  );
}

function endpointPort(ports: readonly CoreV1EndpointPort[] | undefined, name: string | undefined) {
  return (ports?.find((one) => one.name === name) ?? ports?.[0])?.port;
}

function portOf(pod: V1Pod | undefined, target: number | string | undefined): number {
  if (typeof target === 'number') return target;
  const ports = (pod?.spec?.containers ?? []).flatMap((one) => one.ports ?? []);
  const named = ports.find((one) => one.name === target && target !== undefined);
  return (
    named?.containerPort ??
    ports.find((one) => /^(pg|postgres|postgresql)$/.test(one.name ?? ''))?.containerPort ??
    POSTGRES
  );
}
