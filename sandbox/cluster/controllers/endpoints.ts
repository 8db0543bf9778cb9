/** Endpoints and EndpointSlices: the addresses behind each Service that has a selector. */
import { resourceOf } from '../api/resources.ts';
import { selects } from '../api/selectors.ts';
import type { Store } from '../api/store.ts';
import { type Pod, sameJson, type Wire } from '../api/wire.ts';
import { CONTROLLERS, hasEnded, isReady, ownerOf } from './owned-pods.ts';

interface Service extends Wire {
  spec: {
    selector?: Record<string, string>;
    ports?: { name?: string; port: number; protocol?: string; targetPort?: number | string }[];
    type?: string;
  };
}

export function runEndpoints(store: Store): void {
  for (const service of store.list<Service>('Service')) {
    const { selector, type } = service.spec;
    if (!selector || Object.keys(selector).length === 0 || type === 'ExternalName') continue;
    const pods = store
      .list<Pod>('Pod', service.metadata.namespace)
      .filter(
        (pod) =>
          selects({ matchLabels: selector }, pod.metadata.labels) && pod.status.podIP && !hasEnded(pod),
      );
    const subsets = subsetsOf(service, pods);
    keep(store, service, 'Endpoints', service.metadata.name, subsets.length > 0 ? { subsets } : {});
    keep(store, service, 'EndpointSlice', `${service.metadata.name}-slice`, sliceOf(service, pods));
  }
}

function target(pod: Pod) {
  const { name, namespace, uid } = pod.metadata;
  return { kind: 'Pod', name, namespace, uid };
}

function portsOf(service: Service, pods: readonly Pod[]) {
  return (service.spec.ports ?? []).map(({ name, port, protocol = 'TCP', targetPort = port }) => {
    const named = pods
      .flatMap((pod) => pod.spec.containers)
      .flatMap((container) => container.ports ?? [])
      .find((one) => one.name === targetPort);
    return {
      ...(name ? { name } : {}),
      port: typeof targetPort === 'number' ? targetPort : (named?.containerPort ?? port),
      protocol,
    };
  });
}

function subsetsOf(service: Service, pods: readonly Pod[]): unknown[] {
  const address = (pod: Pod) => ({
    ip: pod.status.podIP,
    nodeName: pod.spec.nodeName,
    targetRef: target(pod),
  });
  const ready = pods.filter(isReady).map(address);
  const unready = pods
    .filter((pod) => !isReady(pod) && pod.metadata.deletionTimestamp === undefined)
    .map(address);
  if (ready.length + unready.length === 0) return [];
  return [
    {
      ...(ready.length > 0 ? { addresses: ready } : {}),
      ...(unready.length > 0 ? { notReadyAddresses: unready } : {}),
      ports: portsOf(service, pods),
    },
  ];
}

function sliceOf(service: Service, pods: readonly Pod[]): Record<string, unknown> {
  return {
    addressType: 'IPv4',
    endpoints: pods.map((pod) => ({
      addresses: [pod.status.podIP],
      conditions: {
        ready: isReady(pod),
        serving: isReady(pod),
        terminating: pod.metadata.deletionTimestamp !== undefined,
      },
      nodeName: pod.spec.nodeName,
      targetRef: target(pod),
    })),
    ports: portsOf(service, pods),
  };
}

function keep(
  store: Store,
  service: Service,
  kind: string,
  name: string,
  content: Record<string, unknown>,
): void {
  const resource = resourceOf(kind);
  const { namespace = 'default' } = service.metadata;
  const present = store.get(resource, namespace, name);
  if (!present) {
    const labels =
      kind === 'EndpointSlice'
        ? { 'kubernetes.io/service-name': service.metadata.name }
        : (service.metadata.labels ?? {});
    const owner = kind === 'EndpointSlice' ? { ownerReferences: [ownerOf(service)] } : {};
    store.create(resource, { metadata: { name, namespace, labels, ...owner }, ...content }, CONTROLLERS);
    return;
  }
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...before } = present;
  if (sameJson(before, content)) return;
  store.update(resource, { namespace, name }, CONTROLLERS, (copy) => ({
    apiVersion: copy.apiVersion,
    kind: copy.kind,
    metadata: copy.metadata,
    ...content,
  }));
}
