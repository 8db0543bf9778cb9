// The environment variables of a container, read from its spec, ConfigMaps and Secrets as a kubelet does.
import type { CoreV1Api, V1Container, V1EnvVarSource, V1Pod } from '@kubernetes/client-node';
import { wishedVariables } from './annotations.ts';

/** Throws, with the words a kubelet uses, when a ConfigMap, Secret or key that is not optional does not exist. */
export async function containerEnvironment(
  api: CoreV1Api,
  pod: V1Pod,
  container: V1Container,
  podIp: string,
): Promise<Record<string, string>> {
  const namespace = pod.metadata?.namespace ?? 'default';
  const data = async (kind: 'configmap' | 'secret', name: string, optional: boolean) => {
    try {
      return kind === 'configmap'
        ? ((await api.readNamespacedConfigMap({ namespace, name })).data ?? {})
        : decoded((await api.readNamespacedSecret({ namespace, name })).data ?? {});
    } catch (error) {
      if ((error as { code?: number }).code !== 404) throw error;
      if (optional) return {};
      throw new Error(`${kind} "${name}" not found`, { cause: error });
    }
  };
  const valueFrom = async (source: V1EnvVarSource): Promise<string | undefined> => {
    if (source.fieldRef) return fieldOf(pod, source.fieldRef.fieldPath, podIp);
    const kind = source.secretKeyRef ? 'secret' : 'configmap';
    const reference = source.secretKeyRef ?? source.configMapKeyRef;
    if (!reference?.name) return undefined;
    const value = (await data(kind, reference.name, reference.optional === true))[reference.key];
    if (value === undefined && !reference.optional) {
      throw new Error(`couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`);
    }
    return value;
  };

  const variables: Record<string, string> = {};
  for (const source of container.envFrom ?? []) {
    const kind = source.secretRef ? 'secret' : 'configmap';
    const reference = source.secretRef ?? source.configMapRef;
    if (!reference?.name) continue;
    for (const [key, value] of Object.entries(
      await data(kind, reference.name, reference.optional === true),
    )) {
      variables[`${source.prefix ?? ''}${key}`] = value;
    }
  }
  for (const { name, value, valueFrom: source } of container.env ?? []) {
    const found = source ? await valueFrom(source) : (value ?? '');
    if (found !== undefined)
      variables[name] = found.replace(/\$\((\w+)\)/g, (all, key) => variables[key] ?? all);
  }
  return { ...variables, ...wishedVariables(pod) };
}

function decoded(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

function fieldOf(pod: V1Pod, path: string, podIp: string): string {
  const label = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (label) return pod.metadata?.[label[1] as 'labels' | 'annotations']?.[label[2] ?? ''] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': pod.metadata?.name,
    'metadata.namespace': pod.metadata?.namespace,
    'metadata.uid': pod.metadata?.uid,
    'spec.nodeName': pod.spec?.nodeName,
    'spec.serviceAccountName': pod.spec?.serviceAccountName,
    'status.podIP': podIp,
    'status.hostIP': '127.0.0.1',
  };
  return fields[path] ?? '';
}
