/** How long a crashing container waits for its next start, and in which words a kubelet says so. */
import type { Pod } from '../api/wire.ts';
import type { Container } from './container.ts';

const FIRST_MS = 10_000;
const LONGEST_MS = 300_000;

/** `first` (default 10 s) doubled with each restart, up to five minutes. */
export function backOffMs(container: Container, first: number = FIRST_MS): number {
  return Math.min(first * 2 ** Math.max(container.restarts - 1, 0), LONGEST_MS);
}

export function backOffState(pod: Pod, container: Container, ms: number): NonNullable<Container['waiting']> {
  const { name, namespace, uid } = pod.metadata;
  const place = `container=${container.spec.name} pod=${name}_${namespace}(${uid})`;
  return { reason: 'CrashLoopBackOff', message: `back-off ${goDuration(ms)} restarting failed ${place}` };
}

/** The message of its event. */
export function backOffWords(pod: Pod, container: Container): string {
  const { name, namespace, uid } = pod.metadata;
  return `Back-off restarting failed container ${container.spec.name} in pod ${name}_${namespace}(${uid})`;
}

/** A delay as Go prints it: 10s, 1m20s, 5m0s. */
function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
