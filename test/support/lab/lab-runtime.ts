// A container runtime for a pretend node: each pod has its own network, each container its own root, processes and user.
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Writable } from 'node:stream';
import type { CoreV1Api, V1PersistentVolume, V1Pod } from '@kubernetes/client-node';
import { normalImage } from '../control-plane/container.ts';
import { born, containerVariable, isAlive, kill, start } from '../control-plane/processes.ts';
import type { ContainerRuntime, Running } from '../control-plane/runtime.ts';
import { programOf } from '../real-programs.ts';
import { attachedVolumes } from './attached-volumes.ts';
import { type Images, idsOf, layerMaker } from './images.ts';
import { type Sandboxes, startSandboxes } from './sandboxes.ts';
import { containerScript } from './scripts.ts';
import { mountsOf } from './volumes.ts';

/** In the containers and for the programs that make them; the servers' programs come from a folder of their own. */
const path = (postgres: string) => `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${postgres}`;

export interface LabRuntimeOptions {
  /** The control plane's folder: what is started there ends with it. */
  readonly dir: string;
  readonly api: CoreV1Api;
  readonly images: Images;
  /** Asked before `images`: the words of a registry that refuses, undefined where it has no say. */
  readonly refusesPull?: (image: string, pod: V1Pod) => Promise<string | undefined>;
  readonly bridge: string;
  /** This machine's address on the bridge, where its DNS server is. */
  readonly gateway: string;
  /** Known to every container, before those of its pod. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface LabRuntime extends ContainerRuntime {
  readonly sandboxes: Sandboxes;
}

/** Needs root and the requirement `lab`. */
export function labRuntime(options: LabRuntimeOptions): LabRuntime {
  const { dir, api, images } = options;
  const postgres = dirname(programOf('lab', 'postgres'));
  const layerOf = layerMaker(join(dir, 'images'));
  const sandboxes = startSandboxes(options);
  const gone = new Set<string | undefined>();
  const attached = attachedVolumes(api);
  const podFolder = (pod: V1Pod) => join(dir, 'pods', pod.metadata?.uid ?? '');

  return {
    sandboxes,
    async pull(image, pod) {
      const refused = await options.refusesPull?.(image, pod);
      if (refused !== undefined) return refused;
      if (images.has(image)) return undefined;
      const full = normalImage(image);
      return `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`;
    },
    async start(what) {
      const image = images.get(what.spec.image ?? '');
      if (!image) throw new Error(`image "${what.spec.image}" is gone`);
      const { pod, spec } = what;
      if (gone.has(pod.metadata?.uid)) throw new Error('the pod is gone');
      const sandbox = await sandboxes.of(pod, what.podIp);
      const folder = join(podFolder(pod), spec.name, String(what.run));
      for (const part of ['upper', 'work', 'root']) mkdirSync(join(folder, part), { recursive: true });
      const take = (volume: V1PersistentVolume) =>
        attached.take(volume, pod.metadata?.uid ?? '', pod.spec?.nodeName ?? '', () =>
          gone.has(pod.metadata?.uid),
        );
      const mounts = [
        ...(await mountsOf(api, pod, spec, podFolder(pod), take)),
        ...networkFiles(pod, what.podIp, options.gateway, folder),
      ];
      const lines = mounts.map(({ from, to, writable }) => `${from}\t${to}\t${writable ? 'rw' : 'ro'}\n`);
      writeFileSync(join(folder, 'mounts'), lines.join(''));

      const ids = { ...idsOf(image.user) };
      const wanted = spec.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
      if (wanted !== undefined) ids.uid = wanted;
      const environment = {
        PATH: path(postgres),
        POSTGRES_BIN: postgres,
        HOME: image.home,
        HOSTNAME: pod.metadata?.name ?? '',
        ...options.environment,
        ...image.environment,
        ...what.environment,
        [containerVariable]: what.id,
      };
      const own = spec.command ?? image.command;
      const words = [folder, `${await layerOf(image)}:/`, ids.uid, ids.gid, spec.workingDir ?? image.home];
      const inside = ['--mount', '--pid', '--fork', '/bin/sh', '-c', containerScript, 'container'];
      const sandboxed = ['--target', String(sandbox), '--net', '--uts', '--ipc', '--', 'unshare', ...inside];
      const program = [...own, ...(spec.args ?? [])];
      const child = start(dir, 'nsenter', [...sandboxed, ...words.map(String), ...program], {
        cwd: '/',
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      });
      const init = await begun(child);
      begin(child);
      return running(child, init, ids, environment, dir);
    },
    async remove(pod) {
      gone.add(pod.metadata?.uid);
      await sandboxes.end(pod);
      await attached.leave(pod.metadata?.uid ?? '').catch(() => undefined);
      rmSync(podFolder(pod), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** Resolves with the pid of the container's first process once that is inside its root. */
async function begun(child: ChildProcess): Promise<number> {
  const said: string[] = [];
  const hear = (chunk: Buffer) => void said.push(chunk.toString('utf8'));
  child.stderr?.on('data', hear);
  await new Promise<void>((done, fail) => {
    child.stdio[3]?.once('data', () => done());
    child.once('error', fail);
    child.once('exit', (code) =>
      fail(new Error(`failed to create containerd task: exit code ${code}: ${said.join('').trim()}`)),
    );
  });
  child.stderr?.off('data', hear);
  // What it wrote meanwhile is for its log.
  if (said.length > 0) child.stderr?.unshift(Buffer.from(said.join('')));
  const [init] = childrenOf(child.pid ?? 0);
  if (init === undefined) throw new Error('failed to create containerd task: it ended at once');
  return init;
}

/** Its own program may run: what that does is seen at the earliest after whoever waits for the container has it. */
function begin(child: ChildProcess): void {
  const line = child.stdio[4] as Writable | null | undefined;
  line?.on('error', () => undefined);
  line?.end('go\n');
}

function running(
  process: ChildProcess,
  init: number,
  ids: { uid: number; gid: number },
  environment: Readonly<Record<string, string>>,
  dir: string,
): Running {
  const since = born(init);
  const lives = () => isAlive(init) && born(init) === since;
  const enter = ['--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd'];
  const user = ['--setuid', String(ids.uid), '--setgid', String(ids.gid)];
  return {
    process,
    signal(signal) {
      if (lives()) kill(init, signal);
    },
    exec(program, args, stdio: StdioOptions) {
      if (!lives()) throw new Error('cannot exec in a stopped container');
      if (!hasProgram(`/proc/${init}/root`, program, environment.PATH ?? ''))
        throw new Error('executable file not found in $PATH');
      const words = ['--target', String(init), ...enter, ...user, '--', program, ...args];
      return start(dir, 'nsenter', words, { cwd: '/', env: { TERM: 'xterm', ...environment }, stdio });
    },
  };
}

function hasProgram(root: string, program: string, searched: string): boolean {
  const places = program.includes('/')
    ? [program]
    : searched.split(':').map((folder) => join(folder, program));
  return places.some(
    (place) => !isAbsolute(place) || lstatSync(join(root, place), { throwIfNoEntry: false }),
  );
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

/** The files about the network that a kubelet writes for each container. */
function networkFiles(pod: V1Pod, ip: string, gateway: string, folder: string) {
  const { name = '', namespace = 'default' } = pod.metadata ?? {};
  const search = `${namespace}.svc.cluster.local svc.cluster.local cluster.local`;
  const texts: Record<string, string> = {
    hostname: `${name}\n`,
    hosts: `127.0.0.1\tlocalhost\n::1\tlocalhost\n${ip}\t${name}\n`,
    'resolv.conf': `nameserver ${gateway}\nsearch ${search}\noptions ndots:5 timeout:2\n`,
  };
  return Object.entries(texts).map(([file, text]) => {
    writeFileSync(join(folder, file), text);
    return { from: join(folder, file), to: `/etc/${file}`, writable: true };
  });
}
