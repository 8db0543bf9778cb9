/** What stands around a workload in its namespace: Services, pods, workloads, and the texts of ConfigMaps and Secrets. */
import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { secretValuesOf } from '../redact/known-values.ts';
import type { Seen } from '../redact/seen.ts';
import type { Cluster } from './client.ts';
import type { ReadSource, Source } from './environment.ts';
import { settingsOfFile } from './settings.ts';
import { asked, inWords, note, statusCode } from './status-error.ts';
import type { Workload } from './workload-object.ts';
import { listWorkloads } from './workload-object.ts';

export interface Surroundings {
  readonly namespace: string;
  readonly services: readonly V1Service[];
  readonly pods: readonly V1Pod[];
  readonly workloads: readonly Workload[];
}

/** With `unknowns` DeploymentConfigs are looked at too. */
export async function surroundingsOf(
  cluster: Cluster,
  namespace: string,
  unknowns?: string[],
): Promise<Surroundings> {
  const [services, pods, workloads] = await Promise.all([
    asked(`listing services in ${namespace}`, cluster.core.listNamespacedService({ namespace })),
    asked(`listing pods in ${namespace}`, cluster.core.listNamespacedPod({ namespace })),
    listWorkloads(cluster, namespace, unknowns),
  ]);
  return { namespace, services: services.items, pods: pods.items, workloads };
}

/** Another team's namespace: undefined, with a line in `unknowns`, when this account may not look into it. */
export async function surroundingsElsewhere(
  cluster: Cluster,
  namespace: string,
  unknowns: string[],
): Promise<Surroundings | undefined> {
  try {
    const [services, pods] = await Promise.all([
      cluster.core.listNamespacedService({ namespace }),
      cluster.core.listNamespacedPod({ namespace }),
    ]);
    const workloads = await listWorkloads(cluster, namespace).catch(() => []);
    return { namespace, services: services.items, pods: pods.items, workloads };
  } catch (error) {
    if (statusCode(error) !== 403) throw inWords(error, `looking into namespace ${namespace}`);
    note(unknowns, `no right to look into namespace ${namespace}`);
    return undefined;
  }
}

/** Reads each ConfigMap and Secret once; by name, so that no right to list them is needed. `seen` is told the secrets. */
export function sourceReader(cluster: Cluster, namespace: string, seen: Seen | undefined): ReadSource {
  const known = new Map<string, Promise<Source>>();
  const read = async (kind: 'ConfigMap' | 'Secret', name: string): Promise<Source> => {
    try {
      if (kind === 'ConfigMap') {
        return { data: (await cluster.core.readNamespacedConfigMap({ name, namespace })).data ?? {} };
      }
      const { data = {} } = await cluster.core.readNamespacedSecret({ name, namespace });
      const texts = Object.entries(data).map(([key, value]) => [
        key,
        Buffer.from(value, 'base64').toString('utf8'),
      ]);
      for (const [key = '', text = ''] of texts)
        seen?.secret(...secretValuesOf(key, text, (file) => settingsOfFile(file, key, '')));
      return { data: Object.fromEntries(texts) as Record<string, string> };
    } catch (error) {
      const code = statusCode(error);
      if (code === 404) return 'missing';
      if (code === 403) return 'denied';
      throw inWords(error, `reading ${kind} ${name} in ${namespace}`);
    }
  };
  return (kind, name) => {
    const key = `${kind}/${name}`;
    const held = known.get(key) ?? read(kind, name);
    known.set(key, held);
    return held;
  };
}
