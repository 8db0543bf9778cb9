// The pods' sandboxes: one small process each that holds a pod's network, host name and IPC, as a pause container does.
import type { ChildProcess } from 'node:child_process';
import type { V1Pod } from '@kubernetes/client-node';
import { isAlive, kill, start } from '../control-plane/processes.ts';
import { waitUntil } from '../control-plane/waiting.ts';
import { outerLinks } from './claim.ts';
import { sandboxScript } from './scripts.ts';

export interface SandboxOptions {
  readonly dir: string;
  readonly bridge: string;
  readonly gateway: string;
}

export interface Sandboxes {
  /** The pid of the pod's sandbox, made at the first call. */
  of(pod: V1Pod, ip: string): Promise<number>;
  end(pod: V1Pod): Promise<void>;
  /** The pid of that of the pod with this uid, undefined when there is none. */
  ofUid(uid: string): Promise<number | undefined>;
  /** The pids of all that are there. */
  all(): Promise<number[]>;
  /** Called with each new sandbox before any container runs in it. */
  onNew(prepare: (pid: number) => Promise<void>): void;
}

export function startSandboxes(options: SandboxOptions): Sandboxes {
  const made = new Map<string, Promise<ChildProcess>>();
  let prepare: (pid: number) => Promise<void> = async () => undefined;
  let serial = 0;
  const keyOf = (pod: V1Pod) => pod.metadata?.uid ?? '';
  const make = async (pod: V1Pod, ip: string): Promise<ChildProcess> => {
    serial += 1;
    const outer = `${outerLinks(options.bridge)}${serial.toString(36)}`;
    const words = [
      pod.metadata?.name ?? '',
      process.pid,
      options.bridge,
      outer,
      ip,
      options.gateway,
      hardwareAddress(ip),
    ];
    const child = start(
      options.dir,
      'unshare',
      ['--net', '--uts', '--ipc', '/bin/sh', '-c', sandboxScript, 'sandbox', ...words.map(String)],
      { cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    await new Promise<void>((done, fail) => {
      child.stdout?.once('data', () => done());
      child.once('error', fail);
      child.once('exit', () => fail(new Error(`failed to set up sandbox: ${said.trim()}`)));
    });
    await prepare(child.pid ?? 0);
    return child;
  };
  return {
    async of(pod, ip) {
      const key = keyOf(pod);
      const known = made.get(key);
      const one = known ?? make(pod, ip);
      if (!known) {
        made.set(key, one);
        one.catch(() => made.delete(key));
      }
      return (await one).pid ?? 0;
    },
    async end(pod) {
      const known = made.get(keyOf(pod));
      made.delete(keyOf(pod));
      const pid = (await known?.catch(() => undefined))?.pid;
      if (pid === undefined) return;
      kill(pid, 'SIGKILL');
      await waitUntil('the sandbox has ended', () => !isAlive(pid), { seconds: 20 });
    },
    ofUid: async (uid) => (await made.get(uid)?.catch(() => undefined))?.pid,
    async all() {
      const children = await Promise.allSettled(made.values());
      return children.flatMap((one) =>
        one.status === 'fulfilled' && one.value.pid !== undefined ? [one.value.pid] : [],
      );
    },
    onNew(does) {
      prepare = does;
    },
  };
}

/** Always the same for an address: neighbours that remember a pod's find its successor there. */
function hardwareAddress(ip: string): string {
  const bytes = [2, 0, ...ip.split('.').map(Number)];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
