/** A workload in a snapshot: replicas, strategy, and of each container the image, its digest, probes and environment. */
import type { V1Container, V1EnvVar, V1Pod, V1PodTemplateSpec, V1Probe } from '@kubernetes/client-node';
import {
  digestOf as digestField,
  imageOf,
  REPLICAS,
  type SnapshotObject,
  THERE,
} from '../../../incidents/baseline/snapshot.ts';
import type { KubeObject } from '../objects.ts';
import { containerStatuses, digestOf, isOver } from '../workload-pods.ts';
import { Draft } from './draft.ts';
import type { Step } from './writers.ts';

export type LiveWorkload = KubeObject & {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly strategy?: Strategy;
    readonly updateStrategy?: Strategy;
    readonly template?: V1PodTemplateSpec;
  };
};

interface Strategy {
  readonly type?: string;
  readonly rollingUpdate?: Readonly<Record<string, unknown>>;
}

/** `pods`: those of the namespace; undefined when they may not be seen. */
export function workloadIn(
  kind: string,
  object: LiveWorkload,
  pods: readonly V1Pod[] | undefined,
  key: string,
): SnapshotObject {
  const { spec = {} } = object;
  const draft = new Draft(kind, object, key);
  draft.open(REPLICAS, spec.replicas ?? 0, ['spec', 'replicas']);
  if (spec.paused) draft.open('paused', true, ['spec', 'paused']);
  const [name, strategy] = spec.updateStrategy
    ? ['updateStrategy', spec.updateStrategy]
    : ['strategy', spec.strategy];
  if (strategy) draft.open('update strategy', strategyText(strategy), ['spec', name]);
  const inside = spec.template?.spec;
  const own = pods?.filter((pod) => !isOver(pod) && ownerName(pod) === `${kind}/${object.metadata.name}`);
  for (const list of ['initContainers', 'containers'] as const) {
    for (const container of inside?.[list] ?? []) {
      const path: Step[] = ['spec', 'template', 'spec', list, { named: container.name }];
      containerIn(draft, container, path);
      const digests = own && digestsOf(own, container.name);
      if (digests) draft.open(digestField(container.name), digests);
    }
  }
  return draft.done();
}

function strategyText({ type = 'RollingUpdate', rollingUpdate = {} }: Strategy): string {
  const parts = Object.entries(rollingUpdate)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${String(value)}`);
  return parts.length > 0 ? `${type} (${parts.join(', ')})` : type;
}

function containerIn(draft: Draft, container: V1Container, path: readonly Step[]): void {
  const of = ` of container ${container.name}`;
  draft.open(imageOf(container.name), container.image, [...path, 'image']);
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
  for (const probe of probes) {
    const live = container[probe];
    if (live) probeIn(draft, live, probe.replace('Probe', ' probe'), of, [...path, probe]);
  }
  for (const one of container.env ?? []) {
    const at: Step[] = [...path, 'env', { named: one.name }];
    const name = `variable ${one.name}${of}`;
    const from = referenceOf(one);
    if (from) draft.open(name, from, at);
    else draft.hidden(name, one.value ?? '', at);
  }
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const source = configMapRef ? `ConfigMap ${configMapRef.name}` : `Secret ${secretRef?.name}`;
    const name = `variables from ${source}${prefix === '' ? '' : ` with the prefix ${prefix}`}${of}`;
    draft.open(name, THERE, [...path, 'envFrom']);
  }
}

const NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

function probeIn(draft: Draft, probe: V1Probe, name: string, of: string, path: readonly Step[]): void {
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;
  const asks = handlers.find((handler) => probe[handler]);
  draft.open(`${name}${of}`, asks ?? THERE, path);
  for (const number of NUMBERS) draft.open(`${name} ${number}${of}`, probe[number], [...path, number]);
  // A command, a path and a header may hold a secret.
  if (asks) draft.hidden(`what the ${name}${of} asks`, probe[asks], [...path, asks]);
}

/** Where a variable's value comes from, which is no value; undefined when the value stands in the workload itself. */
function referenceOf({ valueFrom }: V1EnvVar): string | undefined {
  if (!valueFrom) return undefined;
  const { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (secretKeyRef) return `key ${secretKeyRef.key} of Secret ${secretKeyRef.name}`;
  if (configMapKeyRef) return `key ${configMapKeyRef.key} of ConfigMap ${configMapKeyRef.name}`;
  return `the pod's own ${fieldRef?.fieldPath ?? resourceFieldRef?.resource ?? 'field'}`;
}

/** `Deployment/web` for a pod whose ReplicaSet is named after it plus the template's hash (as workload-pods.ts). */
function ownerName(pod: V1Pod): string | undefined {
  const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return undefined;
  const above = { ReplicaSet: 'Deployment', ReplicationController: 'DeploymentConfig' }[owner.kind];
  return above ? `${above}/${owner.name.replace(/-[^-]+$/, '')}` : `${owner.kind}/${owner.name}`;
}

/** What the pods really run, each digest once; undefined when none says it. */
function digestsOf(pods: readonly V1Pod[], container: string): string | undefined {
  const found = pods.flatMap((pod) => {
    const status = containerStatuses(pod).find(({ name }) => name === container);
    return digestOf(status) ?? [];
  });
  return found.length > 0 ? [...new Set(found)].sort().join(', ') : undefined;
}
