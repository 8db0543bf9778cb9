/** Reads the Secrets that pods are given, where it may: their values are taken out of what the pods' logs say. */
import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import type { Call } from '../action.ts';
import type { Cluster } from './client.ts';
import { sourceReader } from './surroundings.ts';

/** More in one call than any workload has; each is one small request. */
const MOST = 20;

/**
 * Tells `call.seen` the values. Without the right to read Secrets, or without an answer, the patterns of redaction do
 * what they can: an incident must not wait for it.
 */
export async function noteSecretsOf(
  cluster: Cluster,
  call: Pick<Call, 'namespace' | 'seen'>,
  pods: readonly V1Pod[],
): Promise<void> {
  if (!call.seen) return;
  const read = sourceReader(cluster, call.namespace, call.seen);
  const names = new Set(pods.flatMap((pod) => (pod.spec ? secretNames(pod.spec) : [])));
  await Promise.all([...names].slice(0, MOST).map((name) => read('Secret', name).catch(() => undefined)));
}

function secretNames(spec: V1PodSpec): string[] {
  const containers: V1Container[] = [...(spec.initContainers ?? []), ...spec.containers];
  const names = [
    ...containers.flatMap(({ env = [] }) => env.map((one) => one.valueFrom?.secretKeyRef?.name)),
    ...containers.flatMap(({ envFrom = [] }) => envFrom.map((one) => one.secretRef?.name)),
    ...(spec.volumes ?? []).flatMap(({ secret, projected }) => [
      secret?.secretName,
      ...(projected?.sources ?? []).map((source) => source.secret?.name),
    ]),
  ];
  return names.filter((name) => name !== undefined);
}
