/** Which container of some pods ended badly last, and where its log is: pure, from the pods' statuses. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { digestOf, isReady, nameOf } from './workload-pods.ts';

export interface BadEnd {
  readonly pod: string;
  readonly container: string;
  /** OOMKilled, CrashLoopBackOff, ImagePullBackOff, Evicted, … */
  readonly reason: string;
  readonly exitCode?: number;
  readonly at?: Date;
  readonly image: string;
  readonly digest?: string;
  readonly restarts: number;
  /** What the kubelet says in words; may hold the program's own last words. */
  readonly messages: readonly string[];
  /** Every reason given, for signatures. */
  readonly reasons: readonly string[];
  /** Where the log of the end is: of this container now, of the one before, or nowhere. */
  readonly log: 'now' | 'previous' | 'none';
  /** It is still bad, not only something that was. */
  readonly lasting: boolean;
}

/** Bad ends of all containers, the most telling first: those that last before those that are over, then the latest. */
export function badEnds(pods: readonly V1Pod[]): BadEnd[] {
  const ends = pods.flatMap((pod) => {
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    const ofContainers = statuses.flatMap((status) => badEnd(pod, status) ?? []);
    return ofContainers.length > 0 ? ofContainers : (badPod(pod) ?? []);
  });
  return ends.sort(
    (a, b) =>
      Number(b.lasting) - Number(a.lasting) ||
      Number(b.exitCode !== undefined) - Number(a.exitCode !== undefined) ||
      (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0),
  );
}

const STARTING = new Set(['ContainerCreating', 'PodInitializing']);

function badEnd(pod: V1Pod, status: V1ContainerStatus): BadEnd | undefined {
  const waiting = status.state?.waiting;
  const now = status.state?.terminated;
  // An init container that has done its work, and a job that is done, ended well.
  const ended = now && now.exitCode !== 0 ? now : status.lastState?.terminated;
  const stuck = waiting?.reason && !STARTING.has(waiting.reason) ? waiting.reason : undefined;
  if (!ended && !stuck) return undefined;
  if (!stuck && ended?.exitCode === 0) return undefined;
  const telling =
    ended?.reason && ended.reason !== 'Error' && ended.reason !== 'Completed' ? ended.reason : undefined;
  const spec = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find(
    (c) => c.name === status.name,
  );
  const digest = digestOf(status);
  return {
    pod: nameOf(pod),
    container: status.name,
    reason: stuck && stuck !== 'CrashLoopBackOff' ? stuck : (telling ?? stuck ?? ended?.reason ?? 'Error'),
    ...(ended ? { exitCode: ended.exitCode } : {}),
    ...(ended?.finishedAt ? { at: new Date(ended.finishedAt) } : {}),
    image: spec?.image ?? status.image,
    ...(digest ? { digest } : {}),
    restarts: status.restartCount,
    messages: [ended?.message, waiting?.message].filter((text) => text !== undefined),
    reasons: [stuck, ended?.reason, ended?.message, waiting?.message].filter((text) => text !== undefined),
    log: !ended ? 'none' : ended === now ? 'now' : 'previous',
    lasting: stuck !== undefined || (ended === now && !isReady(pod)),
  };
}

/** A pod that the cluster put out, or never put anywhere. */
function badPod(pod: V1Pod): BadEnd | undefined {
  const unscheduled = pod.status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  const reason = pod.status?.reason ?? unscheduled?.reason;
  if (!reason) return undefined;
  const message = pod.status?.message ?? unscheduled?.message;
  const container = pod.spec?.containers[0];
  return {
    pod: nameOf(pod),
    container: container?.name ?? '',
    reason,
    image: container?.image ?? '',
    restarts: 0,
    messages: message ? [message] : [],
    reasons: message ? [reason, message] : [reason],
    log: 'none',
    lasting: true,
  };
}
