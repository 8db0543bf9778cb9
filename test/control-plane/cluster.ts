// Shorthand for the control plane's own tests: workloads, exec and logs through the real API server.

import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import {
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  Log,
  type LogOptions,
  type V1Pod,
  type V1PodSpec,
  type V1Status,
} from '@kubernetes/client-node';
import { waitUntil } from '../support/control-plane/waiting.ts';

export function clientsOf(kubeconfig: string) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return { config, core: config.makeApiClient(CoreV1Api), apps: config.makeApiClient(AppsV1Api) };
}

export type Clients = ReturnType<typeof clientsOf>;

export interface Workload {
  readonly name: string;
  readonly replicas?: number;
  readonly annotations?: Record<string, string>;
  readonly spec?: Partial<V1PodSpec>;
  readonly image?: string;
}

/** The parts that a Deployment and a StatefulSet share. */
export function workloadSpec({ name, replicas = 1, annotations = {}, spec = {}, image = 'web:1' }: Workload) {
  return {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, annotations },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image }], ...spec },
    },
  };
}

/** Creates a Deployment in the namespace `default` and waits until its pods satisfy `condition`. */
export async function deploy(clients: Clients, workload: Workload, condition: (pod: V1Pod) => boolean) {
  const { name, replicas = 1 } = workload;
  const body = { metadata: { name }, spec: workloadSpec(workload) };
  await clients.apps.createNamespacedDeployment({ namespace: 'default', body });
  return await podsWhere(clients, name, replicas, condition);
}

/** Waits until exactly `count` pods with the label exist and all satisfy `condition`. */
export async function podsWhere(
  clients: Clients,
  app: string,
  count: number,
  condition: (pod: V1Pod) => boolean = isReady,
): Promise<V1Pod[]> {
  let last: V1Pod[] = [];
  return await waitUntil(
    `${count} pods of ${app} are as expected`,
    async () => {
      last = (await clients.core.listNamespacedPod({ namespace: 'default', labelSelector: `app=${app}` }))
        .items;
      return last.length === count && last.every(condition) ? last : undefined;
    },
    {
      seconds: 40,
      describe: () =>
        JSON.stringify(
          last.map((pod) => pod.status),
          undefined,
          1,
        ),
    },
  );
}

export function isReady(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

export function nameOf(pod: V1Pod | undefined): string {
  return pod?.metadata?.name ?? '';
}

export interface ExecResult {
  readonly status: V1Status;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a command through client-node and the API server in the container `main`. */
export async function exec(
  clients: Clients,
  pod: string,
  command: string[],
  input?: Buffer,
): Promise<ExecResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const outputs = Promise.all([buffer(stdout), text(stderr)]);
  const stdin = input ? Readable.from(chunks(input)) : null;
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(clients.config)
      .exec('default', pod, 'main', command, stdout, stderr, stdin, false, resolve)
      .then((socket) => socket.on('close', () => reject(new Error('closed without a status'))), reject);
  });
  const [out, err] = await outputs;
  return { status, stdout: out, stderr: err };
}

function* chunks(input: Buffer) {
  for (let at = 0; at < input.length; at += 65_536) yield input.subarray(at, at + 65_536);
}

/** A container's log through client-node. */
export async function logOf(clients: Clients, pod: string, options: LogOptions = {}): Promise<string> {
  const stream = new PassThrough();
  const read = text(stream);
  await new Log(clients.config).log('default', pod, 'main', stream, options);
  return await read;
}
