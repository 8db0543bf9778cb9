// All processes of a lab, also those that have emptied their environment: whatever shares a network with its pods.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { processesOf } from '../control-plane/processes.ts';

/** The pids of what runs for the lab with this control plane's folder. */
export function processesOfLab(dir: string): number[] {
  const known = processesOf(dir);
  const ours = networkOf(process.pid);
  const networks = new Set([...known].flatMap((pid) => networkOf(pid) ?? []).filter((one) => one !== ours));
  return [...new Set([...known, ...inNetworks(networks)])];
}

/** A process of a pod, by its pid on this machine. */
export interface PodProcess {
  readonly pid: number;
  /** The words of its command line, or what a server process calls itself: `postgres: prod-patroni: walreceiver …`. */
  readonly command: string;
}

/** What runs in the pod that this sandbox holds, without the sandbox itself. */
export function processesOfPod(sandbox: number): PodProcess[] {
  const network = networkOf(sandbox);
  if (network === undefined) return [];
  return inNetworks(new Set([network]))
    .filter((pid) => pid !== sandbox)
    .map((pid) => ({ pid, command: commandOf(pid) }));
}

const inNetworks = (networks: ReadonlySet<string>): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && networks.has(networkOf(pid) ?? ''));

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

function networkOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}
