/** What is behind a Service: its selector, the pods it finds, how many answer, and the workload they belong to. */
import type { V1Pod, V1Service } from '@kubernetes/client-node';
import type { Cluster } from './client.ts';
import { labelsText, matches, withoutRole } from './selector.ts';
import { askedIfThere } from './status-error.ts';
import type { Surroundings } from './surroundings.ts';
import { byName, isOver, isReady, nameOf } from './workload-pods.ts';

export interface Behind {
  readonly name: string;
  readonly namespace: string;
  /** Empty when its addresses are kept by somebody else, as Patroni does in Endpoints. */
  readonly selector: string;
  readonly matching: number;
  readonly ready: number;
  readonly pods: readonly string[];
  /** Name of the StatefulSet that the pods belong to, or would belong to. */
  readonly statefulset?: string;
  /** Kind and name of what it is backed by: two Services of one cluster have the same. */
  readonly backing: string;
  readonly notes: readonly string[];
}

export async function behind(cluster: Cluster, service: V1Service, around: Surroundings): Promise<Behind> {
  const name = service.metadata?.name ?? '';
  const selector = service.spec?.selector ?? {};
  if (Object.keys(selector).length === 0) return await behindEndpoints(cluster, name, around);
  const found = around.pods
    .filter((pod) => !isOver(pod) && matches(selector, pod.metadata?.labels))
    .sort(byName);
  const notes: string[] = [];
  let owners = found;
  if (found.length === 0) {
    const kin = around.pods.filter(
      (pod) => !isOver(pod) && matches(withoutRole(selector), pod.metadata?.labels),
    );
    owners = kin;
    notes.push(nothingMatches(name, selector, kin));
  }
  const statefulset =
    statefulSetOf(owners) ??
    around.workloads.find(
      (w) => w.kind === 'StatefulSet' && matches(withoutRole(selector), w.template.metadata?.labels),
    )?.name;
  return {
    name,
    namespace: around.namespace,
    selector: labelsText(selector),
    matching: found.length,
    ready: found.filter(isReady).length,
    pods: found.map(nameOf),
    ...(statefulset ? { statefulset } : {}),
    backing: statefulset ? `StatefulSet ${statefulset}` : `labels ${labelsText(withoutRole(selector))}`,
    notes,
  };
}

function nothingMatches(name: string, selector: Record<string, string>, kin: readonly V1Pod[]): string {
  const says = `Service ${name} selects ${labelsText(selector)}, and no pod has these labels`;
  const role = Object.keys(selector).find((key) => !(key in withoutRole(selector)));
  if (kin.length === 0 || !role) return says;
  const roles = [...new Set(kin.map((pod) => pod.metadata?.labels?.[role] ?? 'none'))].sort().join(', ');
  return `${says}; ${kin.length} pods match without ${role} (theirs: ${roles})`;
}

/** A Service without selector: its Endpoints, written by Patroni, an operator or a person. */
async function behindEndpoints(cluster: Cluster, name: string, around: Surroundings): Promise<Behind> {
  const endpoints = await askedIfThere(
    `reading endpoints ${name} in ${around.namespace}`,
    cluster.core.readNamespacedEndpoints({ name, namespace: around.namespace }),
  );
  const addresses = (endpoints?.subsets ?? []).flatMap((subset) => [
    ...(subset.addresses ?? []).map((a) => ({ ip: a.ip, pod: a.targetRef?.name, ready: true })),
    ...(subset.notReadyAddresses ?? []).map((a) => ({ ip: a.ip, pod: a.targetRef?.name, ready: false })),
  ]);
  const pods = addresses.flatMap(
    (address) =>
      around.pods.find(
        (pod) => nameOf(pod) === address.pod || (pod.status?.podIP === address.ip && !isOver(pod)),
      ) ?? [],
  );
  const statefulset = statefulSetOf(pods);
  return {
    name,
    namespace: around.namespace,
    selector: '',
    matching: addresses.length,
    ready: addresses.filter((a) => a.ready).length,
    pods: pods.map(nameOf),
    ...(statefulset ? { statefulset } : {}),
    backing: statefulset ? `StatefulSet ${statefulset}` : `Service ${name}`,
    notes: [
      addresses.length === 0
        ? `Service ${name} has no selector and no addresses: whoever keeps its Endpoints (Patroni?) has not written any`
        : `Service ${name} has no selector: its addresses are kept by somebody else, so "ready" is what they wrote`,
    ],
  };
}

/** The StatefulSet that most of the pods name as their owner. */
function statefulSetOf(pods: readonly V1Pod[]): string | undefined {
  return pods
    .map((pod) => pod.metadata?.ownerReferences?.find((r) => r.kind === 'StatefulSet' && r.controller)?.name)
    .find((owner) => owner !== undefined);
}

const PORTS = new Set([5432, 5433, 6432, 3306, 1433, 27017]);
const NAMES =
  /patroni|postgres|pgsql|pgbouncer|crunchy|timescale|mysql|mariadb|mongo|(^|-)(pg|db|database)(-|$)/i;

/** By port, name of the port, or name: what somebody may take for a database. */
export function looksLikeDatabase(service: V1Service): boolean {
  const ports = service.spec?.ports ?? [];
  if (
    ports.some(
      (port) => PORTS.has(port.port) || /^(pg|postgres|postgresql|mysql|mongo)/i.test(port.name ?? ''),
    )
  )
    return true;
  // A headless Service without ports only names pods or keeps Patroni's state (`-config`, `-failover`).
  return ports.length > 0 && NAMES.test(service.metadata?.name ?? '');
}
