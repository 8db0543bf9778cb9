// Shorthand for the contract: manifests, and waiting for pods.
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Log, type LogOptions, type V1Pod } from '@kubernetes/client-node';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { ask, clients } from './asking.ts';
import type { Subject } from './subjects.ts';

export const CORE = '/api/v1/namespaces/default';
export const APPS = '/apis/apps/v1/namespaces/default';

export interface Shape {
  readonly replicas?: number;
  readonly annotations?: Record<string, string>;
  readonly image?: string;
  readonly spec?: Record<string, unknown>;
}

/** What a Deployment and a StatefulSet share; created through the typed client, so `undefined` is left out. */
export function workload(
  name: string,
  { replicas = 1, annotations = {}, image = 'shop/web:1', spec = {} }: Shape = {},
) {
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations },
        spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image }] },
      },
      ...spec,
    },
  };
}

/** Waits until exactly `count` pods with the label exist and all satisfy `condition`. */
export async function podsWhere(
  subject: Subject,
  app: string,
  count: number,
  condition: (pod: V1Pod) => boolean = isReady,
): Promise<V1Pod[]> {
  const { core } = clients(subject.config);
  let last: V1Pod[] = [];
  return await waitUntil(
    `${count} pods of ${app} are as expected`,
    async () => {
      last = (await core.listNamespacedPod({ namespace: 'default', labelSelector: `app=${app}` })).items;
      return last.length === count && last.every(condition) ? last : undefined;
    },
    { seconds: 40, describe: () => JSON.stringify(last.map((pod) => pod.status)) },
  );
}

export function isReady(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

export function nameOf(pod: V1Pod | undefined): string {
  return pod?.metadata?.name ?? '';
}

/** Creates a Deployment and waits until its pods satisfy `condition`. */
export async function deployed(
  subject: Subject,
  name: string,
  shape: Shape,
  condition: (pod: V1Pod) => boolean = isReady,
): Promise<V1Pod[]> {
  const { code } = await ask(subject.config, 'POST', `${APPS}/deployments`, workload(name, shape));
  if (code !== 201) throw new Error(`deployment ${name} was not created (${code})`);
  return await podsWhere(subject, name, shape.replicas ?? 1, condition);
}

/** The log of a pod's container through client-node. */
export async function logFrom(subject: Subject, pod: string, options: LogOptions = {}): Promise<string> {
  const stream = new PassThrough();
  const read = text(stream);
  await new Log(subject.config).log('default', pod, 'main', stream, options);
  return await read;
}
