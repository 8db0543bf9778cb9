// What a pod's annotations ask of the pretend kubelet: how its containers behave.
import type { V1Pod } from '@kubernetes/client-node';

const prefix = 'handrail.test/';

/**
 * The keys, each an annotation `handrail.test/<key>` of the pod, or `handrail.test/<key>.<container>` for one
 * container. In values, `{pod}`, `{namespace}`, `{ordinal}` (the number at the end of the pod's name) are replaced.
 *
 * - `run`: shell command run as the container's process; `"$@"` in it is the container's own command and args,
 *   `$HANDRAIL_TEST_IMAGE` its image. Without it the container is just reported Running.
 * - `ready`: "false": runs but is not ready. Followed while the pod lives.
 * - `image-error`: waiting reason, such as ImagePullBackOff. Followed while the pod lives.
 * - `image-error-for`: the image that cannot be pulled (default: any), so that a corrected image runs.
 * - `pod-ip`: the pod's address; a list (spaces or commas) is chosen from by ordinal.
 * - `forward-to`: where port-forward leads, a list as for `pod-ip`: an API server refuses loopback addresses behind a
 *   Service, so a pod that is one must have another `pod-ip`. Default: `pod-ip` when that is a loopback address.
 * - `root`: the working folder and HOME of `run` and of exec; made when absent, kept when the pod goes. `bin` in it
 *   comes first in PATH. Default: a folder of the pod's own, removed with it.
 * - `user`: the system user that `run` and exec run as.
 * - `env-<NAME>`: an environment variable for `run` and exec, over those of the container's spec.
 * - `terminated-reason`: the reason of a failed end, such as OOMKilled; default Error.
 * - `hang`: a list of `logs`, `exec`, `portForward` that are never answered.
 */
export type WishKey =
  | 'run'
  | 'ready'
  | 'image-error'
  | 'image-error-for'
  | 'pod-ip'
  | 'forward-to'
  | 'root'
  | 'user'
  | 'terminated-reason'
  | 'hang';

/** The value of one key for one container of a pod. */
export function wish(pod: V1Pod, container: string, key: WishKey): string | undefined {
  const annotations = pod.metadata?.annotations ?? {};
  const value = annotations[`${prefix}${key}.${container}`] ?? annotations[`${prefix}${key}`];
  return value === undefined ? undefined : filled(value, pod);
}

/** The variables that `env-<NAME>` annotations give. */
export function wishedVariables(pod: V1Pod): Record<string, string> {
  const start = `${prefix}env-`;
  const entries = Object.entries(pod.metadata?.annotations ?? {}).filter(([key]) => key.startsWith(start));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(start.length), filled(value, pod)]));
}

/** The waiting reason when this container's image cannot be pulled. */
export function imageError(pod: V1Pod, container: string, image: string): string | undefined {
  const only = wish(pod, container, 'image-error-for');
  return only === undefined || only === image ? wish(pod, container, 'image-error') : undefined;
}

/** The pod's address as annotated. */
export function wishedAddress(pod: V1Pod): string | undefined {
  return chosen(pod, 'pod-ip');
}

/** Where port-forward leads as annotated. */
export function forwardAddress(pod: V1Pod): string | undefined {
  return chosen(pod, 'forward-to');
}

function chosen(pod: V1Pod, key: WishKey): string | undefined {
  const addresses = (wish(pod, '', key) ?? '').split(/[\s,]+/).filter((part) => part !== '');
  return addresses[ordinal(pod) % Math.max(addresses.length, 1)];
}

function filled(value: string, pod: V1Pod): string {
  return value
    .replaceAll('{pod}', pod.metadata?.name ?? '')
    .replaceAll('{namespace}', pod.metadata?.namespace ?? '')
    .replaceAll('{ordinal}', String(ordinal(pod)));
}

function ordinal(pod: V1Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata?.name ?? '')?.[1] ?? 0);
}
