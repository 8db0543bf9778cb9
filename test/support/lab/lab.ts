// The lab: a real control plane whose pods are real: a Patroni cluster, an application, each in a network of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { type ControlPlane, type PretendKubelet, startControlPlane } from '../control-plane/control-plane.ts';
import { kill } from '../control-plane/processes.ts';
import { waitUntil } from '../control-plane/waiting.ts';
import { letItBegin } from './bootstrap.ts';
import { type Claim, claim, release } from './claim.ts';
import { startServices } from './cluster-network.ts';
import type { Images } from './images.ts';
import { type Kubectl, kubectlOf } from './kubectl.ts';
import { type LabRuntimeOptions, labRuntime } from './lab-runtime.ts';
import { type Members, membersOf } from './members.ts';
import { type PodProcess, processesOfLab, processesOfPod } from './processes.ts';
import { startRelay } from './relay.ts';
import { makeVolume } from './volumes.ts';
import { type LabObject, ofCluster, storageClass, volumeFor } from './world/objects.ts';
import { MEMBERS, VOLUME_SIZE } from './world/patroni.ts';
import { pidpImages, pidpObjects, ROLES_AND_DATABASE, TABLES } from './world/pidp.ts';

export interface LabOptions {
  /**
   * `pidp` (default): the namespace of the first reported incident, healthy. `empty`: a node and a namespace, and what
   * the test applies itself.
   */
  readonly world?: 'pidp' | 'empty';
  /** Default `pidp-prod`. */
  readonly namespace?: string;
  /** Requests to the API server are written down: see `ControlPlaneOptions`. */
  readonly audit?: boolean;
  /** Delay before the second restart of a crashing container, ms, doubled each time. Default 2 s; in reality 10 s. */
  readonly backOffMs?: number;
  /** What exec agrees to: see `KubeletOptions`. */
  readonly protocols?: readonly ('v5.channel.k8s.io' | 'v4.channel.k8s.io')[];
  /**
   * Volumes are as large as they say, in memory: `df` shows it, and they can be full. Otherwise they are folders of this
   * machine, and their size binds nobody.
   */
  readonly sizedVolumes?: boolean;
  /** A registry's own word on a pull, before the lab's images: see `LabRuntimeOptions`. */
  readonly refusesPull?: LabRuntimeOptions['refusesPull'];
  /** Told what is done meanwhile. */
  readonly tell?: (what: string) => void;
}

export interface Lab extends Members {
  readonly namespace: string;
  readonly plane: ControlPlane;
  readonly kubelet: PretendKubelet;
  /** Of the administrator. */
  readonly kubeconfig: string;
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  /** In the lab's namespace, as the administrator. Needs the requirement `kubectl`. */
  readonly kubectl: Kubectl;
  /** What the registry has: image name -> what it holds. Change it and the next pull sees it. */
  readonly images: Images;
  /** Addresses of pods are `<subnet>.n`; this machine is `<subnet>.1`. */
  readonly subnet: string;
  /** Makes objects, in their order. */
  apply(objects: readonly LabObject[]): Promise<void>;
  /**
   * Makes a volume that the claim of this name will be bound to; its folder on this machine. Default 1Gi. With a driver
   * it is attached first: see `startProvider`.
   */
  addVolume(claim: string, size?: string, driver?: string): Promise<string>;
  /** The folder of this machine that is the member's volume. */
  volumeOf(member: string): string;
  /** What runs in a pod now, by its pids on this machine: for a signal to one process. */
  processesIn(pod: string): Promise<PodProcess[]>;
  /** The pids of all that runs for the lab. */
  pids(): number[];
  /** From the call of `openLab` until it was ready. */
  readonly seconds: number;
  /** Ends everything and removes every trace. May be called twice. */
  close(): Promise<void>;
}

/**
 * Opens a lab. Real are etcd, the API server, its controllers and scheduler; Patroni, which keeps its state in the API
 * server and labels the pods itself; PostgreSQL; the pods' roots (an image that lacks a package really lacks it),
 * processes, users and networks. Stand-ins are the kubelet (no init containers, no resource limits, exec and
 * port-forward by WebSocket only), the registry (a table of images, whose layers are this machine's own files), names
 * (a small DNS server), Services (the kernel's rules, written by us) and volumes (see `sizedVolumes`).
 *
 * It takes about 15 s with the world `pidp`, and resolves when its three members follow one leader and the
 * application is ready. Needs the requirement `lab` (root on Linux). It ends with this process at the latest, however
 * that ends. Throws with the last lines of the members' logs when it is not ready within some minutes.
 */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const began = performance.now();
  const held = await claim();
  const guardian = startGuardian(held);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).toReversed()) await one();
    await release(held.file);
    if (guardian.pid !== undefined) kill(guardian.pid, 'SIGKILL');
  };
  try {
    return await fill(held, options, closers, close, began);
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(
  held: Claim,
  options: LabOptions,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
  began: number,
): Promise<Lab> {
  const { namespace = 'pidp-prod', world = 'pidp', tell = () => undefined } = options;
  const gateway = `${held.pods}.1`;
  const folder = mkdtempSync(join(tmpdir(), 'handrail-lab-'));
  held.keep(folder);
  await chmod(folder, 0o711);
  tell(`lab ${held.number}: control plane`);
  const plane = await startControlPlane({
    controllers: true,
    scheduler: true,
    audit: options.audit === true,
    serviceRange: `${held.services}.0/24`,
    alsoAt: [gateway, `${held.services}.1`],
  });
  held.keep(plane.dir);
  closers.push(() => plane.stop());
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const relay = await startRelay(gateway, { host: '127.0.0.1', port: Number(new URL(plane.url).port) });
  closers.push(() => relay.stop());

  const images: Images = pidpImages();
  const runtime = labRuntime({
    dir: plane.dir,
    api: core,
    images,
    bridge: held.bridge,
    gateway,
    ...(options.refusesPull ? { refusesPull: options.refusesPull } : {}),
    environment: { KUBERNETES_SERVICE_HOST: `${held.services}.1`, KUBERNETES_SERVICE_PORT: '443' },
  });
  const services = await startServices({
    config,
    gateway,
    apiPort: relay.port,
    sandboxes: () => runtime.sandboxes.all(),
  });
  closers.push(() => services.stop());
  runtime.sandboxes.onNew((sandbox) => services.prepare(sandbox));
  const kubelet = await plane.addKubelet({
    name: 'node-a',
    runtime,
    subnet: held.pods,
    backOffMs: options.backOffMs ?? 2000,
    ...(options.protocols ? { protocols: options.protocols } : {}),
  });

  await asNodeOfCluster(core, kubelet.name, `${held.pods}.0/24`);
  const volumeAt = (claimName: string) => join(folder, 'volumes', claimName);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const apply = async (wanted: readonly LabObject[]) => {
    for (const one of wanted) {
      const metadata = Object.assign({ namespace }, one.metadata);
      await objects.create(ofCluster(one) ? one : { ...one, metadata });
    }
  };
  const addVolume = async (claimName: string, size = '1Gi', driver?: string) => {
    const path = volumeAt(claimName);
    await makeVolume(path, options.sizedVolumes ? size : undefined);
    await apply([volumeFor(claimName, namespace, path, size, driver)]);
    return path;
  };
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await waitUntil('the namespace has its service account', async () => {
    const accounts = await core.listNamespacedServiceAccount({ namespace });
    return accounts.items.some(({ secrets = [] }) => secrets.length > 0);
  });
  const members = membersOf({ config, core, namespace, subnet: held.pods });
  await apply([storageClass]);
  if (world === 'pidp') {
    for (const member of MEMBERS) await addVolume(`pgdata-${member}`, VOLUME_SIZE);
    tell(`lab ${held.number}: the namespace ${namespace}`);
    await apply(pidpObjects(held.pods));
    await untilPidpIsReady(core, namespace, members, (what) => tell(`lab ${held.number}: ${what}`)).catch(
      async (error) => {
        const logs = await lastLogs(core, namespace);
        throw new Error(`the lab is not ready: ${(error as Error).message}\n${logs}`, { cause: error });
      },
    );
  }
  return {
    ...members,
    namespace,
    plane,
    kubelet,
    kubeconfig: plane.kubeconfig,
    config,
    core,
    images,
    subnet: held.pods,
    kubectl: kubectlOf(plane.kubeconfig, namespace, join(plane.dir, 'kubectl')),
    apply,
    addVolume,
    volumeOf: (member) => volumeAt(`pgdata-${member}`),
    async processesIn(name) {
      const { metadata } = await core.readNamespacedPod({ namespace, name });
      const sandbox = await runtime.sandboxes.ofUid(metadata?.uid ?? '');
      return sandbox === undefined ? [] : processesOfPod(sandbox);
    },
    pids: () => processesOfLab(plane.dir),
    seconds: (performance.now() - began) / 1000,
    close,
  };
}

/** What a kubelet and the cluster's own network say of a node: who attaches volumes, and which addresses its pods have. */
async function asNodeOfCluster(core: CoreV1Api, name: string, podCIDR: string): Promise<void> {
  const annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };
  const body = { metadata: { annotations }, spec: { podCIDR, podCIDRs: [podCIDR] } };
  await core.patchNode({ name, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
}

async function untilPidpIsReady(
  core: CoreV1Api,
  namespace: string,
  members: Members,
  tell: (what: string) => void,
): Promise<void> {
  tell('Patroni');
  const beginning = letItBegin(core, namespace);
  const leader = await members.untilLed(120).finally(() => beginning.stop());
  await members.run(leader, 'postgres', ROLES_AND_DATABASE);
  await members.run(leader, 'app', TABLES);
  await members.untilHealthy(90);
  tell('the application');
  await members.untilReady('app=web-api', 2, 90);
  await members.untilReady('app=crunchy', 1, 90);
}

/** The last lines of each pod, and how it is. */
async function lastLogs(core: CoreV1Api, namespace: string): Promise<string> {
  const { items } = await core.listNamespacedPod({ namespace });
  const texts = items.map(async ({ metadata, status }) => {
    const name = metadata?.name ?? '';
    const lines = await core.readNamespacedPodLog({ namespace, name, tailLines: 5 }).catch(() => 'no log\n');
    return `${name}: ${JSON.stringify(status?.containerStatuses?.[0]?.state ?? status?.conditions)}\n${lines}`;
  });
  return (await Promise.all(texts)).join('');
}

/** Ends the lab when this process has ended: the system closes the pipe between the two. */
function startGuardian(held: Claim) {
  const script = fileURLToPath(new URL('./guardian.ts', import.meta.url));
  const guardian = spawn(process.execPath, ['--no-warnings', script, held.file], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guardian.unref();
  // A pipe to a child is a socket; it must not keep this process alive.
  const pipe = guardian.stdin as unknown as { unref?: () => void; on: typeof guardian.on };
  pipe.unref?.();
  pipe.on('error', () => undefined);
  return guardian;
}
