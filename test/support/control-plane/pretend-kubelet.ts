// A pretend kubelet: registers a Node with a real API server and runs the pods bound to it as local processes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CoreV1Api,
  KubeConfig,
  ListWatch,
  PatchStrategy,
  setHeaderOptions,
  type V1NodeCondition,
  type V1Pod,
  Watch,
} from '@kubernetes/client-node';
import type { Authority } from './certificates.ts';
import { eventWriter } from './events.ts';
import { startKubeletServer } from './kubelet-server.ts';
import { type PretendPod, startPod } from './pretend-pod.ts';
import type { ContainerRuntime } from './runtime.ts';

export interface KubeletOptions {
  /** The node's name. */
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default v1.20.2. */
  readonly kubeletVersion?: string;
  /** Conditions over or beside Ready = True. */
  readonly conditions?: readonly Partial<V1NodeCondition>[];
  /** What exec and port-forward agree to, the best first. A kubelet before 1.30 speaks only `v4.channel.k8s.io`. */
  readonly protocols?: readonly ('v5.channel.k8s.io' | 'v4.channel.k8s.io')[];
  /** Delay before the second restart of a crashing container, in ms, doubled each time. Default 10 s, as in reality. */
  readonly backOffMs?: number;
  /** Runs the containers. Default: they are local processes, as the pods' annotations say. */
  readonly runtime?: ContainerRuntime;
  /** The first three numbers of the addresses of pods that wish none. Default 10.244.n. */
  readonly subnet?: string;
}

export interface PretendKubelet {
  readonly name: string;
  /** Where it listens for the API server. */
  readonly port: number;
  /** Sets conditions of the node, by type; the others stay. */
  setConditions(conditions: readonly Partial<V1NodeCondition>[]): Promise<void>;
  /** Ends its pods' processes and its server. The Node and Pod objects stay, as when a machine is lost. */
  stop(): Promise<void>;
}

interface Plane {
  readonly dir: string;
  readonly kubeconfig: string;
  readonly authority: Authority;
}

const strategicPatch = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
const resources = { cpu: '16', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' };
let kubelets = 0;

/** Registers the node and follows its pods until stopped. Runs in this process: do not block it (execFileSync). */
export async function startKubelet(plane: Plane, options: KubeletOptions): Promise<PretendKubelet> {
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const pods = new Map<string, PretendPod>();
  const key = (namespace: string, name: string) => `${namespace}/${name}`;
  const pki = (name: string) => readFileSync(join(plane.authority.folder, name));
  const server = await startKubeletServer({
    dir: plane.dir,
    tls: { key: pki('kubelet.key'), cert: pki('kubelet.crt'), ca: pki('ca.crt') },
    protocols: options.protocols ?? ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    realAddresses: options.runtime !== undefined,
    find: (namespace, name) =>
      [...pods.values()].find(
        ({ pod }) => key(pod.metadata?.namespace ?? '', pod.metadata?.name ?? '') === key(namespace, name),
      ),
  });

  const setConditions = async (conditions: readonly Partial<V1NodeCondition>[]) => {
    const now = new Date().toISOString();
    const times = { lastHeartbeatTime: now, lastTransitionTime: now };
    const body = { status: { conditions: conditions.map((condition) => ({ ...times, ...condition })) } };
    await api.patchNodeStatus({ name: options.name, body }, strategicPatch);
  };
  await register(api, options, server.port);
  await setConditions([
    { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
    ...(options.conditions ?? []),
  ]);

  kubelets += 1;
  const subnet = options.subnet ?? `10.244.${kubelets % 256}`;
  // Those of a runtime are real: below 100 a pod may have one of its own wish.
  let addresses = options.runtime ? 100 : 1;
  const node = {
    dir: plane.dir,
    api,
    backOffMs: options.backOffMs ?? 10_000,
    tell: eventWriter(api, options.name),
    address: () => `${subnet}.${(addresses++ % 253) + 1}`,
    ...(options.runtime ? { runtime: options.runtime } : {}),
  };
  const sync = (pod: V1Pod) => {
    const uid = pod.metadata?.uid ?? '';
    const known = pods.get(uid);
    if (known) known.update(pod);
    if (pod.metadata?.deletionTimestamp) {
      // A pod that came here only to be deleted is let go at once.
      const leaving = known ?? track(uid, pod);
      void leaving.terminate().finally(() => pods.delete(uid));
    } else if (!known && !['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) {
      track(uid, pod);
    }
  };
  const track = (uid: string, pod: V1Pod): PretendPod => {
    const started = startPod(pod, node);
    pods.set(uid, started);
    return started;
  };

  const selection = { fieldSelector: `spec.nodeName=${options.name}` };
  const list = () => api.listPodForAllNamespaces(selection);
  const informer = new ListWatch<V1Pod>(
    '/api/v1/pods',
    new Watch(config),
    list,
    false,
    undefined,
    selection.fieldSelector,
  );
  let stopped = false;
  informer.on('add', sync);
  informer.on('update', sync);
  informer.on('delete', (pod) => {
    const uid = pod.metadata?.uid ?? '';
    void pods.get(uid)?.end();
    pods.delete(uid);
  });
  informer.on('error', () => {
    if (stopped) return;
    setTimeout(() => {
      if (!stopped) informer.start().catch(() => {});
    }, 200).unref();
  });
  await informer.start();

  return {
    name: options.name,
    port: server.port,
    setConditions,
    async stop() {
      if (stopped) return;
      stopped = true;
      await informer.stop();
      await Promise.all([...pods.values()].map((pod) => pod.end()));
      await server.close();
    },
  };
}

async function register(api: CoreV1Api, options: KubeletOptions, port: number): Promise<void> {
  const { name } = options;
  const system = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  const labels = { 'kubernetes.io/hostname': name, ...system, ...options.labels };
  await api.createNode({ body: { metadata: { name, labels } } }).catch((error: { code?: number }) => {
    // The node of a kubelet that was stopped is taken over.
    if (error.code !== 409) throw error;
  });
  const status = {
    addresses: [
      { type: 'InternalIP', address: '127.0.0.1' },
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    capacity: resources,
    allocatable: resources,
    nodeInfo: {
      kubeletVersion: options.kubeletVersion ?? 'v1.20.2',
      kubeProxyVersion: options.kubeletVersion ?? 'v1.20.2',
      containerRuntimeVersion: 'containerd://1.4.13',
      machineID: name,
      systemUUID: name,
      bootID: name,
      kernelVersion: '5.10.0',
      osImage: 'Debian GNU/Linux 12 (bookworm)',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  };
  await api.patchNodeStatus({ name, body: { status } }, strategicPatch);
}
