/** The cluster's typed clients for one call: aborted with it, on connections that are kept between requests. */
import type {
  AppsV1Api,
  AutoscalingV1Api,
  Configuration,
  ConfigurationOptions,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  RequestContext,
} from '@kubernetes/client-node';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { checkedAnswers } from './checked-answers.ts';
import { clockOf } from './clock.ts';

/** Written into managedFields, so that "who wrote this" is answered by the object itself. */
export const FIELD_MANAGER = 'handrail';

export interface Cluster {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly autoscaling: AutoscalingV1Api;
  /** What the typed clients are made from, for requests as plain JSON (objects.ts). */
  readonly configuration: Configuration;
  readonly signal: AbortSignal;
  /** How far the API server's clock is before this machine's, by its last answer; 0 before there is one (clock.ts). */
  readonly aheadMs: () => number;
  /** Objects of APIs that the client has no types for, such as OpenShift's. */
  readonly custom: CustomObjectsApi;
  /** Second parameter of a patch call: without it client-node sends a JSON patch (measured with 2.0.1). */
  readonly mergePatch: ConfigurationOptions;
}

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/**
 * Certificates and proxies may be replaced while the process runs, so a connection pool is renewed after this time.
 */
const POOL_AGE_MS = 60_000;

const pools = new WeakMap<KubeConfig, { dispatcher: Dispatcher; since: number }>();

/**
 * client-node 2.0.1 builds a new connection pool for every request (`createDispatcher` in its config.js), so each
 * request pays for a TLS handshake and leaves a socket behind. The first pool of a configuration is kept instead.
 */
async function authenticate(config: KubeConfig, context: RequestContext): Promise<void> {
  await config.applySecurityAuthentication(context);
  const fresh = context.getDispatcher();
  if (!fresh) return;
  const held = pools.get(config);
  if (held && performance.now() - held.since < POOL_AGE_MS) {
    context.setDispatcher(held.dispatcher);
    return;
  }
  pools.set(config, { dispatcher: fresh, since: performance.now() });
  // Requests under way on the old pool end first; close() resolves then.
  held?.dispatcher.close().catch(() => undefined);
}

/** Clients whose every request ends when `call.signal` is aborted. Throws ActionFailed when no cluster is configured. */
export async function connect(call: Pick<Call, 'reach' | 'signal'>): Promise<Cluster> {
  const config = await call.reach.kubernetes();
  const server = config.getCurrentCluster()?.server;
  if (!server) {
    throw new ActionFailed(
      'No cluster is configured. Set KUBECONFIG to a file with a current context, or run Handrail inside the cluster.',
      { nothingHappened: true },
    );
  }
  const k8s = await import('@kubernetes/client-node');
  const clock = clockOf();
  const configuration = k8s.createConfiguration({
    baseServer: new k8s.ServerConfiguration(server, {}),
    httpApi: checkedAnswers(new k8s.IsomorphicFetchHttpLibrary(), k8s.wrapHttpLibrary, clock.dated),
    authMethods: {
      default: {
        getName: () => 'kubeconfig',
        applySecurityAuthentication: (context: RequestContext) => authenticate(config, context),
      },
    },
    promiseMiddleware: [
      {
        pre: async (context) => {
          context.setSignal(call.signal);
          return context;
        },
        post: async (context) => context,
      },
    ],
  });
  return {
    config,
    configuration,
    signal: call.signal,
    aheadMs: clock.aheadMs,
    core: new k8s.CoreV1Api(configuration),
    apps: new k8s.AppsV1Api(configuration),
    autoscaling: new k8s.AutoscalingV1Api(configuration),
    custom: new k8s.CustomObjectsApi(configuration),
    mergePatch: k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch),
  };
}
