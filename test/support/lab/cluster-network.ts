// The Services of a lab as pods reach them: names (in place of CoreDNS) and addresses (in place of kube-proxy).
import {
  CoreV1Api,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  ListWatch,
  type V1Endpoints,
  type V1Service,
  Watch,
} from '@kubernetes/client-node';
import { startNames } from './names.ts';
import { applyRules, type ServiceRule } from './service-rules.ts';

export interface ServicesOptions {
  readonly config: KubeConfig;
  /** This machine's address on the bridge. */
  readonly gateway: string;
  /** Where pods reach the API server: address and port behind the Service `kubernetes`. */
  readonly apiPort: number;
  readonly sandboxes: () => Promise<readonly number[]>;
}

export interface ClusterServices {
  /** Puts the rules into a new sandbox. */
  prepare(sandbox: number): Promise<void>;
  stop(): Promise<void>;
}

/** Follows Services and Endpoints until stopped. */
export async function startServices(options: ServicesOptions): Promise<ClusterServices> {
  const api = options.config.makeApiClient(CoreV1Api);
  let stopped = false;
  let isComplete = false;
  const follow = async <T extends KubernetesObject>(
    path: string,
    list: () => Promise<KubernetesListObject<T>>,
    changed: () => void,
  ) => {
    const informer = new ListWatch<T>(path, new Watch(options.config), list, false);
    for (const event of ['add', 'update', 'delete'] as const) informer.on(event, changed);
    informer.on('error', () => {
      if (!stopped) setTimeout(() => void informer.start().catch(() => undefined), 200).unref();
    });
    await informer.start();
    return informer;
  };
  let turn: Promise<void> = Promise.resolve();
  let again = false;
  /** Everywhere, one round after the other; changes during a round make one more. */
  const changed = () => {
    if (again || stopped || !isComplete) return;
    again = true;
    turn = turn.then(async () => {
      again = false;
      if (stopped) return;
      const rules = rulesNow();
      // A sandbox that has gone meanwhile needs none.
      for (const pid of await options.sandboxes()) await applyRules(pid, rules).catch(() => undefined);
    });
  };
  const services = await follow<V1Service>(
    '/api/v1/services',
    () => api.listServiceForAllNamespaces(),
    changed,
  );
  const endpoints = await follow<V1Endpoints>(
    '/api/v1/endpoints',
    () => api.listEndpointsForAllNamespaces(),
    changed,
  );
  const endpointsOf = (service: V1Service) =>
    endpoints.get(service.metadata?.name ?? '', service.metadata?.namespace);
  const rulesNow = (): ServiceRule[] =>
    services.list().flatMap((service) => {
      const address = service.spec?.clusterIP;
      if (!address || address === 'None') return [];
      const isApi = service.metadata?.name === 'kubernetes' && service.metadata.namespace === 'default';
      return (service.spec?.ports ?? []).map((port) => ({
        address,
        port: port.port,
        to: isApi
          ? [{ address: options.gateway, port: options.apiPort }]
          : backends(endpointsOf(service), port.name),
      }));
    });
  isComplete = true;
  const names = await startNames(options.gateway, (name) => addressesOf(name, services.list(), endpointsOf));
  return {
    prepare: (sandbox) => applyRules(sandbox, rulesNow()),
    async stop() {
      stopped = true;
      await Promise.all([services.stop(), endpoints.stop()]);
      await turn;
      await names.stop();
    },
  };
}

function backends(endpoints: V1Endpoints | undefined, portName: string | undefined): ServiceRule['to'] {
  return (endpoints?.subsets ?? []).flatMap((subset) => {
    const port = (subset.ports ?? []).find((one) => one.name === portName)?.port;
    if (port === undefined) return [];
    return (subset.addresses ?? []).map(({ ip }) => ({ address: ip, port }));
  });
}

/** `service.namespace.svc.cluster.local`, and a pod's own name before that of a headless Service. */
function addressesOf(
  name: string,
  services: readonly V1Service[],
  endpointsOf: (service: V1Service) => V1Endpoints | undefined,
): string[] | undefined {
  const parts = /^(?:([^.]+)\.)?([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(name);
  const [, host, serviceName, namespace] = parts ?? [];
  const service = services.find(
    ({ metadata }) => metadata?.name === serviceName && metadata?.namespace === namespace,
  );
  if (!service) return undefined;
  const address = service.spec?.clusterIP;
  if (host === undefined && address && address !== 'None') return [address];
  const all = (endpointsOf(service)?.subsets ?? []).flatMap(({ addresses = [] }) => addresses);
  const wanted = host === undefined ? all : all.filter(({ hostname }) => hostname === host);
  return wanted.length === 0 && host !== undefined ? undefined : wanted.map(({ ip }) => ip);
}
