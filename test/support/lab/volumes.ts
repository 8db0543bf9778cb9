// A pod's volumes as folders of this machine, and where its containers see them.
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CoreV1Api, V1Container, V1PersistentVolume, V1Pod, V1Volume } from '@kubernetes/client-node';

/** A folder that anybody may write to; in memory and never larger than `size` (such as 1Gi) when that is to hold. */
export async function makeVolume(path: string, size: string | undefined): Promise<void> {
  mkdirSync(path, { recursive: true });
  const [, count, unit = ''] = /^(\d+)([KMG]i)?$/.exec(size ?? '') ?? [];
  if (size !== undefined && count === undefined) throw new Error(`no size for a volume: ${size}`);
  if (count !== undefined) {
    const options = `size=${count}${unit.slice(0, 1).toLowerCase()},mode=777`;
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  }
  chmodSync(path, 0o777);
}

/** One line of a container's mounts. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly writable: boolean;
}

/**
 * Where the container sees what. A claim leads through its volume to a folder of this machine (`hostPath`, or what
 * `attached` gives for the volume of a driver); ConfigMaps and Secrets are written out as they are now. Throws, in a kubelet's words, when something is missing.
 */
export async function mountsOf(
  api: CoreV1Api,
  pod: V1Pod,
  spec: V1Container,
  folder: string,
  attached: (volume: V1PersistentVolume) => Promise<string>,
): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const mount of spec.volumeMounts ?? []) {
    const volume = pod.spec?.volumes?.find((one) => one.name === mount.name);
    if (!volume) throw new Error(`volume "${mount.name}" not found`);
    const root = await folderOf(api, pod, volume, folder, attached);
    const from = mount.subPath ? join(root, mount.subPath) : root;
    if (mount.subPath && !existsSync(from)) mkdirSync(from, { recursive: true });
    const isFixed = volume.secret !== undefined || volume.configMap !== undefined;
    mounts.push({ from, to: mount.mountPath, writable: mount.readOnly !== true && !isFixed });
  }
  return mounts;
}

async function folderOf(
  api: CoreV1Api,
  pod: V1Pod,
  volume: V1Volume,
  folder: string,
  attached: (volume: V1PersistentVolume) => Promise<string>,
): Promise<string> {
  const namespace = pod.metadata?.namespace ?? 'default';
  const own = join(folder, 'volumes', volume.name);
  if (volume.hostPath) return volume.hostPath.path;
  if (volume.persistentVolumeClaim) {
    const name = volume.persistentVolumeClaim.claimName;
    const claim = await api.readNamespacedPersistentVolumeClaim({ namespace, name });
    if (!claim.spec?.volumeName) throw new Error(`persistentvolumeclaim "${name}" is not bound`);
    const bound = await api.readPersistentVolume({ name: claim.spec.volumeName });
    const path = bound.spec?.csi ? await attached(bound) : bound.spec?.hostPath?.path;
    if (!path) throw new Error(`volume "${claim.spec.volumeName}" has no path on this node`);
    return shared(pod, path);
  }
  if (volume.secret) {
    const name = volume.secret.secretName ?? '';
    const { data = {} } = await api.readNamespacedSecret({ namespace, name });
    const texts = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const);
    return written(own, new Map(texts), volume.secret.items);
  }
  if (volume.configMap) {
    const name = volume.configMap.name ?? '';
    const { data = {} } = await api.readNamespacedConfigMap({ namespace, name });
    const texts = Object.entries(data).map(([key, value]) => [key, Buffer.from(value)] as const);
    return written(own, new Map(texts), volume.configMap.items, volume.configMap.defaultMode);
  }
  if (volume.emptyDir) {
    if (mkdirSync(own, { recursive: true }) !== undefined) chmodSync(own, 0o777);
    return shared(pod, own);
  }
  throw new Error(`the lab has no volumes of the kind of "${volume.name}"`);
}

function written(
  folder: string,
  texts: ReadonlyMap<string, Buffer>,
  items?: readonly { key: string; path: string }[],
  mode = 0o644,
): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  for (const { key, path } of items ?? [...texts.keys()].map((name) => ({ key: name, path: name }))) {
    writeFileSync(join(folder, path), texts.get(key) ?? '', { mode });
    chmodSync(join(folder, path), mode);
  }
  return folder;
}

/** The pod's fsGroup may write to its volumes. */
function shared(pod: V1Pod, path: string): string {
  const group = pod.spec?.securityContext?.fsGroup;
  if (group === undefined) return path;
  chownSync(path, 0, group);
  chmodSync(path, 0o2775);
  return path;
}
