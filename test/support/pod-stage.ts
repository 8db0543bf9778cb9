// A namespace on a real control plane with pods on a pretend node, and calls of actions against it.
import { readFileSync } from 'node:fs';
import { CoreV1Api, KubeConfig, type V1ObjectMeta, type V1Pod } from '@kubernetes/client-node';
import type { Call, ChangingCall } from '../../src/actions/action.ts';
import type { Reach } from '../../src/actions/reach.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { type ControlPlane, startControlPlane } from './control-plane/control-plane.ts';
import { waitUntil } from './control-plane/waiting.ts';
import type { PostgresServer } from './postgres-server.ts';

export const NAMESPACE = 'shop';
const NODE = 'node-1';

export interface Stage {
  readonly plane: ControlPlane;
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  /** Makes a pod on the node and waits until it runs; with `labels`, `owner` and so on in `metadata`. */
  addPod(name: string, wanted: Partial<PodWish>): Promise<V1Pod>;
  call<P>(params: P, more?: Partial<Call>): Call<P>;
  changingCall<P>(params: P, plan: Plan, more?: Partial<ChangingCall>): ChangingCall<P>;
  stop(): Promise<void>;
}

export interface PodWish {
  readonly metadata: Pick<V1ObjectMeta, 'labels' | 'ownerReferences'>;
  /** Keys without `handrail.test/`. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly containers: NonNullable<V1Pod['spec']>['containers'];
  /** Do not wait until it runs. */
  readonly untilRunning: boolean;
}

/** Starts the control plane (about 5 s), without controllers: sets, jobs and pods are made by the test. */
export async function startStage(
  options: { catalog?: Catalog; reach?: Partial<Reach> } = {},
): Promise<Stage> {
  const plane = await startControlPlane();
  await plane.addKubelet({ name: NODE });
  const config = new KubeConfig();
  config.loadFromString(readFileSync(plane.kubeconfig, 'utf8'));
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } });
  const reach: Reach = {
    kubernetes: async () => config,
    catalog: options.catalog ?? { systems: [] },
    podAddress: () => undefined,
    secret: () => undefined,
    ...options.reach,
  };
  const call = <P>(params: P, more: Partial<Call> = {}): Call<P> => ({
    namespace: NAMESPACE,
    operation: 'op-1',
    incident: 7,
    signal: AbortSignal.timeout(50_000),
    now: () => new Date(),
    reach,
    progress: () => undefined,
    ...more,
    params,
  });
  return {
    plane,
    config,
    core,
    call,
    changingCall: (params, plan, more = {}) => ({
      ...call(params, more),
      stillOurs: async () => true,
      ...more,
      params,
      plan,
    }),
    async addPod(name, wanted) {
      const annotations = Object.entries(wanted.annotations ?? {});
      const body: V1Pod = {
        metadata: {
          name,
          labels: wanted.metadata?.labels,
          ownerReferences: wanted.metadata?.ownerReferences,
          annotations: Object.fromEntries(annotations.map(([key, value]) => [`handrail.test/${key}`, value])),
        },
        spec: {
          nodeName: NODE,
          terminationGracePeriodSeconds: 0,
          containers: wanted.containers ?? [{ name: 'main', image: 'example/image:1' }],
        },
      };
      const made = await core.createNamespacedPod({ namespace: NAMESPACE, body });
      if (wanted.untilRunning === false) return made;
      return await waitUntil(`pod ${name} runs`, async () => {
        const pod = await core.readNamespacedPod({ name, namespace: NAMESPACE });
        return pod.status?.phase === 'Running' && pod.status.podIP ? pod : undefined;
      });
    },
    stop: () => plane.stop(),
  };
}

/** What makes a pod one that this server runs in: its volume as working folder, its user, its way in. */
export function podOf(server: PostgresServer): Pick<PodWish, 'annotations' | 'containers'> {
  return {
    annotations: {
      root: server.volume,
      ...(process.getuid?.() === 0 ? { user: server.user } : {}),
      'env-PGHOST': server.socket,
      'env-PGPORT': String(server.port),
      'env-PATH': `${server.programs}:${process.env.PATH}`,
    },
    containers: [
      { name: 'exporter', image: 'example/exporter:1' },
      { name: 'main', image: 'example/postgres:15', ports: [{ name: 'postgresql', containerPort: 5432 }] },
    ],
  };
}
