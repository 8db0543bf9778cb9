// A real Kubernetes control plane for one test: etcd and kube-apiserver, on request controllers and scheduler.
import { execFile } from 'node:child_process';
import { accessSync, closeSync, constants, mkdtempSync, openSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programOf } from '../real-programs.ts';
import { makeAuthority, makeLeaf } from './certificates.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { freePorts } from './ports.ts';
import { type KubeletOptions, type PretendKubelet, startKubelet } from './pretend-kubelet.ts';
import { endAll, isAlive, kill, processesOf, start, startWatchdog } from './processes.ts';
import {
  apiserverArguments,
  controllerManagerArguments,
  etcdArguments,
  schedulerArguments,
} from './programs.ts';
import { getJson, waitUntil } from './waiting.ts';

export type { KubeletOptions, PretendKubelet } from './pretend-kubelet.ts';

export interface ControlPlaneOptions {
  /** Deployments, StatefulSets, Jobs, namespaces, garbage collection: kube-controller-manager. */
  readonly controllers?: boolean;
  /** Pods are bound to nodes: kube-scheduler. Without it a pod must name its node. */
  readonly scheduler?: boolean;
  /** Every request with who, what and whether it was allowed goes to `log/audit.jsonl` in the folder. */
  readonly audit?: boolean;
  /** The addresses of Services; default 10.0.0.0/16. */
  readonly serviceRange?: string;
  /** More addresses of this machine under which pods reach the API server: its certificate names them. */
  readonly alsoAt?: readonly string[];
}

export interface ControlPlane {
  /** The folder of this control plane; `log/<program>.log` in it. Removed by `stop`. */
  readonly dir: string;
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** Path of the administrator's kubeconfig (group system:masters). */
  readonly kubeconfig: string;
  /** Writes a kubeconfig for any user, who has no rights until RBAC gives some; returns its path. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  /** Registers a pretend node; pods bound to it run (see pretend-kubelet.ts and annotations.ts). */
  addKubelet(options: KubeletOptions): Promise<PretendKubelet>;
  /** The pids of all that runs for this control plane, what commands in pods left behind included. */
  pids(): number[];
  /** Freezes (SIGSTOP) or thaws the API server: a server that hangs instead of refusing. */
  freeze(frozen: boolean): void;
  /** Kills exactly what was started here and removes the folder. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a control plane on free loopback ports and resolves when /readyz says so, and with controllers when the
 * namespace `default` has its service account (pods are refused before). It takes about 5 s, 7 s with controllers.
 * Needs the requirement `controlPlane`. It ends with the test process at the latest, however that ends.
 * Throws with the last lines of the logs when a program ends early or is not ready within two minutes.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const dir = mkdtempSync(join(fastFolder(), 'handrail-control-plane-'));
  const watchdog = startWatchdog(dir);
  const stop = async () => {
    await endAll(dir);
    if (watchdog.pid !== undefined) kill(watchdog.pid, 'SIGKILL');
  };
  try {
    return await startIn(dir, options, stop);
  } catch (error) {
    const logs = await lastLines(dir);
    await stop();
    throw new Error(`the control plane did not start: ${(error as Error).message}\n${logs}`, {
      cause: error,
    });
  }
}

async function startIn(
  dir: string,
  options: ControlPlaneOptions,
  stop: () => Promise<void>,
): Promise<ControlPlane> {
  // Others may pass through (pods may run as another user), the keys are in folders of their own.
  await chmod(dir, 0o711);
  for (const name of ['log', 'kubeconfigs']) await mkdir(join(dir, name), { mode: 0o700 });
  const authority = await makeAuthority(programOf('controlPlane', 'openssl'), join(dir, 'pki'));
  const addresses = ['127.0.0.1', '10.0.0.1', ...(options.alsoAt ?? [])].map((address) => `IP:${address}`);
  const served = [...addresses, 'DNS:localhost', 'DNS:kubernetes.default.svc'].join(',');
  await Promise.all([
    makeLeaf(authority, 'apiserver', { user: 'kube-apiserver' }, served),
    makeLeaf(authority, 'kubelet', { user: 'pretend-kubelet' }, 'IP:127.0.0.1,DNS:localhost'),
    makeLeaf(authority, 'to-kubelet', { user: 'kube-apiserver-kubelet-client', groups: ['system:masters'] }),
  ]);
  const tokens = [
    'admin-token,admin,admin,system:masters',
    'controllers-token,system:kube-controller-manager,controllers,system:masters',
    'scheduler-token,system:kube-scheduler,scheduler,',
  ];
  await writeFile(join(dir, 'pki', 'tokens.csv'), `${tokens.join('\n')}\n`, { mode: 0o600 });

  const [clientPort = 0, peerPort = 0, apiPort = 0, managerPort = 0] = await freePorts(4);
  const url = `https://127.0.0.1:${apiPort}`;
  const kubeconfigFile = async (name: string, credential: Parameters<typeof kubeconfigText>[3]) => {
    const file = join(dir, 'kubeconfigs', `${name.replace(/[^\w.-]/g, '_')}.yaml`);
    await writeFile(file, kubeconfigText(url, authority, name, credential), { mode: 0o600 });
    return file;
  };
  const kubeconfig = await kubeconfigFile('admin', { token: 'admin-token' });

  if (options.audit) {
    const policy = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata }]\n';
    await writeFile(join(dir, 'audit-policy.yaml'), policy);
  }
  const launch = (name: string, args: readonly string[]): number => {
    const log = openSync(join(dir, 'log', `${name}.log`), 'a');
    const child = start(dir, programOf('controlPlane', name), args, {
      cwd: dir,
      env: process.env,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.on('error', () => {});
    child.unref();
    if (child.pid === undefined) throw new Error(`${name} could not be started`);
    return child.pid;
  };
  const ca = await readFile(join(dir, 'pki', 'ca.crt'), 'utf8');
  const ask = (path: string) => getJson(`${url}${path}`, ca, 'admin-token');

  const minor = await minorVersion(programOf('controlPlane', 'kube-apiserver'));
  const etcd = launch('etcd', etcdArguments(dir, clientPort, peerPort));
  const apiserver = launch('kube-apiserver', apiserverArguments(clientPort, apiPort, options));
  await waitUntil('the API server is ready', async () => {
    mustLive(etcd, 'etcd');
    mustLive(apiserver, 'kube-apiserver');
    return (await ask('/readyz')).status === 200;
  });
  if (options.scheduler) {
    const file = await kubeconfigFile('scheduler', { token: 'scheduler-token' });
    launch('kube-scheduler', schedulerArguments(file, minor));
  }
  if (options.controllers) {
    const file = await kubeconfigFile('controllers', { token: 'controllers-token' });
    const manager = launch('kube-controller-manager', controllerManagerArguments(file, managerPort, minor));
    await waitUntil('the default service account exists', async () => {
      mustLive(manager, 'kube-controller-manager');
      const account = await ask('/api/v1/namespaces/default/serviceaccounts/default');
      // Until 1.23 an account gets a Secret with its token, and pods are refused before that.
      return account.status === 200 && (minor >= 24 || account.text.includes('"secrets"'));
    });
  }

  const kubelets: PretendKubelet[] = [];
  return {
    dir,
    url,
    kubeconfig,
    async kubeconfigFor(user, groups = []) {
      const file = `user-${user.replace(/[^\w.-]/g, '_')}`;
      return await kubeconfigFile(user, await makeLeaf(authority, file, { user, groups }));
    },
    async addKubelet(kubeletOptions) {
      const kubelet = await startKubelet({ dir, kubeconfig, authority }, kubeletOptions);
      kubelets.push(kubelet);
      return kubelet;
    },
    pids: () => [...processesOf(dir)],
    freeze: (frozen) => kill(apiserver, frozen ? 'SIGSTOP' : 'SIGCONT'),
    async stop() {
      await Promise.all(kubelets.splice(0).map((kubelet) => kubelet.stop()));
      await stop();
    },
  };
}

/** etcd waits for the disk at every write, so its data is kept in memory where the system offers that. */
function fastFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** The minor version of the programs (20 for 1.20.2): some flags exist on one side of 1.24 only. */
async function minorVersion(apiserver: string): Promise<number> {
  const { stdout } = await promisify(execFile)(apiserver, ['--version']);
  return Number(/v1\.(\d+)/.exec(stdout)?.[1] ?? 99);
}

function mustLive(pid: number, name: string): void {
  if (!isAlive(pid)) throw new Error(`${name} ended`);
}

async function lastLines(dir: string): Promise<string> {
  const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
  const texts = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(dir, 'log', `${name}.log`), 'utf8').catch(() => '');
      return text ? `${name}:\n${text.trimEnd().split('\n').slice(-5).join('\n')}` : '';
    }),
  );
  return texts.filter((text) => text !== '').join('\n');
}
