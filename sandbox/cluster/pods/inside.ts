/** Runs programs "inside" a container: the machine's own, in a folder of the pod, with the container's environment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../api/store.ts';
import type { ContainerSpec, EnvironmentVariable, Pod, Wire } from '../api/wire.ts';
import { PathMap } from './path-map.ts';

export interface InsideOptions {
  /** The folder that holds the pods' folders. */
  readonly folder: string;
  /** Folders of programs that come before the machine's own, first first. */
  readonly programs: (pod: Pod, container: ContainerSpec) => readonly string[];
  /** Folders on its volumes that are there from the beginning. */
  readonly folders: (pod: Pod, container: ContainerSpec) => readonly string[];
  /** Variables over those of the container's spec. */
  readonly environment: (pod: Pod, container: ContainerSpec) => Readonly<Record<string, string>>;
}

export interface Room {
  /** The container's file system, as far as it has one: the folder of its pod. */
  readonly root: string;
  /** Paths inside the pod's volumes, to where they really are and back. */
  readonly paths: PathMap;
}

/** The processes that exec started, by pod: they end with it. */
const running = new Map<string, Set<ChildProcess>>();

export function roomOf(
  options: Pick<InsideOptions, 'folder' | 'folders'>,
  pod: Pod,
  container: ContainerSpec,
): Room {
  const root = join(options.folder, volumeOwner(pod));
  const mounts = (container.volumeMounts ?? []).map((mount) => mount.mountPath);
  for (const path of ['', ...mounts, ...options.folders(pod, container)])
    mkdirSync(join(root, path), { recursive: true, mode: 0o700 });
  return { root, paths: new PathMap(root, mounts) };
}

/** A pod with a claim finds its files again under the same name; another one has a folder of its own. */
function volumeOwner(pod: Pod): string {
  const hasClaim = pod.spec.volumes?.some((volume) => volume.persistentVolumeClaim);
  return join(
    pod.metadata.namespace ?? '',
    hasClaim ? pod.metadata.name : `${pod.metadata.name}.${pod.metadata.uid}`,
  );
}

/** Starts a program; paths of the pod's volumes in its arguments become real ones. */
export function startInside(
  store: Store,
  options: InsideOptions,
  pod: Pod,
  container: ContainerSpec,
  command: readonly string[],
): { child: ChildProcess; room: Room } {
  const room = roomOf(options, pod, container);
  const [program = '', ...args] = command.map((word) => room.paths.inward(word));
  const search = [...options.programs(pod, container), process.env['PATH'] ?? '/usr/bin:/bin'];
  const child = spawn(program, args, {
    cwd: room.root,
    env: {
      PATH: search.join(':'),
      HOME: room.root,
      HOSTNAME: pod.metadata.name,
      TERM: 'xterm',
      ...environmentOf(store, pod, container),
      HANDRAIL_POD_ROOT: room.root,
      HANDRAIL_POD_VOLUMES: room.paths.mounts.join(':'),
      ...options.environment(pod, container),
    },
    stdio: 'pipe',
    detached: process.platform !== 'win32',
  });
  const { uid } = pod.metadata;
  const own = running.get(uid) ?? new Set<ChildProcess>();
  running.set(uid, own.add(child));
  child.on('close', () => own.delete(child));
  return { child, room };
}

/** Ends what exec started in a pod, and removes its folder when it has no volume. */
export function clearInside(options: Pick<InsideOptions, 'folder'>, pod: Pod): void {
  for (const child of running.get(pod.metadata.uid) ?? []) endGroup(child);
  running.delete(pod.metadata.uid);
  const folder = join(options.folder, volumeOwner(pod));
  if (folder.endsWith(pod.metadata.uid) && existsSync(folder))
    rmSync(folder, { recursive: true, force: true });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** The container's environment as a kubelet makes it: envFrom, then env with references and `$(NAME)`. */
function environmentOf(store: Store, pod: Pod, container: ContainerSpec): Record<string, string> {
  const variables: Record<string, string> = {};
  const { namespace } = pod.metadata;
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const kind = configMapRef ? 'ConfigMap' : 'Secret';
    const data = textsOf(store.get(kind, namespace, (configMapRef ?? secretRef)?.name ?? ''));
    for (const [key, value] of Object.entries(data)) variables[prefix + key] = value;
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(store, pod, variable);
    if (value !== undefined) {
      variables[variable.name] = value.replace(/\$\((\w+)\)/g, (all, key: string) => variables[key] ?? all);
    }
  }
  return variables;
}

function valueOf(store: Store, pod: Pod, { value, valueFrom }: EnvironmentVariable): string | undefined {
  if (!valueFrom) return value ?? '';
  const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom;
  const reference = secretKeyRef ?? configMapKeyRef;
  if (reference) {
    return textsOf(store.get(secretKeyRef ? 'Secret' : 'ConfigMap', pod.metadata.namespace, reference.name))[
      reference.key
    ];
  }
  if (fieldRef?.fieldPath === 'metadata.name') return pod.metadata.name;
  if (fieldRef?.fieldPath === 'metadata.namespace') return pod.metadata.namespace;
  if (fieldRef?.fieldPath === 'status.podIP') return pod.status.podIP;
  return undefined;
}

function textsOf(source: Wire | undefined): Record<string, string> {
  const data = (source?.['data'] ?? {}) as Record<string, string>;
  if (source?.kind !== 'Secret') return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}
