// The status of a pod from the states of its containers, as a kubelet reports it.
import type { V1ContainerStatus, V1Pod, V1PodCondition } from '@kubernetes/client-node';
import { type Container, containerStatus, normalImage } from './container.ts';

export interface PodFacts {
  readonly pod: V1Pod;
  readonly containers: readonly Container[];
  readonly podIp: string;
  readonly startTime: string;
  readonly now: string;
  /** The conditions reported before: a condition that stays keeps the time of its change. */
  readonly before: readonly V1PodCondition[];
}

/** The body of a JSON merge patch (lists are sent whole). */
export function podStatus(facts: PodFacts): Record<string, unknown> {
  const statuses = facts.containers.map(containerStatus);
  const restarts = (facts.pod.spec?.restartPolicy ?? 'Always') === 'Always';
  const phase = phaseOf(statuses, restarts);
  const address = facts.containers.some((container) => container.runs.length > 0) ? facts.podIp : undefined;
  return {
    phase,
    hostIP: '127.0.0.1',
    ...(address ? { podIP: address, podIPs: [{ ip: address }] } : {}),
    startTime: facts.startTime,
    qosClass: facts.pod.status?.qosClass,
    conditions: conditionsOf(facts, statuses, phase),
    containerStatuses: statuses,
    ...initStatuses(facts),
  };
}

function phaseOf(statuses: readonly V1ContainerStatus[], restarts: boolean): string {
  // A pod whose containers are always started again never fails as a whole.
  if (!restarts && statuses.every((status) => status.state?.terminated)) {
    return statuses.some((status) => status.state?.terminated?.exitCode) ? 'Failed' : 'Succeeded';
  }
  // A container that never started keeps the pod Pending; one that waits for its restart does not.
  const waitsForFirstStart = statuses.some(
    (status) => status.state?.waiting && !status.lastState?.terminated,
  );
  return waitsForFirstStart ? 'Pending' : 'Running';
}

export function conditionsOf(
  facts: PodFacts,
  statuses: readonly V1ContainerStatus[],
  phase: string,
): V1PodCondition[] {
  const unready = statuses.filter((status) => !status.ready).map((status) => status.name);
  const isReady = unready.length === 0;
  const why =
    phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const ready = isReady ? { status: 'True' } : { status: 'False', ...why };
  const fresh: Record<string, { status: string; reason?: string; message?: string }> = {
    Initialized: phase === 'Succeeded' ? { status: 'True', reason: 'PodCompleted' } : { status: 'True' },
    Ready: ready,
    ContainersReady: ready,
    PodScheduled: { status: 'True' },
  };
  const known = [...facts.before, ...(facts.pod.status?.conditions ?? [])];
  const others = (facts.pod.status?.conditions ?? []).filter((condition) => !(condition.type in fresh));
  return [
    ...Object.entries(fresh).map(([type, condition]) => {
      const same = known.find((one) => one.type === type && one.status === condition.status);
      const changed = same?.lastTransitionTime ?? (facts.now as unknown as Date);
      return { type, ...condition, lastTransitionTime: changed };
    }),
    ...others,
  ];
}

/** Init containers are not run: they are reported as done. */
function initStatuses(facts: PodFacts): Record<string, unknown> {
  const containers = facts.pod.spec?.initContainers ?? [];
  if (containers.length === 0) return {};
  const done = { exitCode: 0, reason: 'Completed', startedAt: facts.startTime, finishedAt: facts.startTime };
  return {
    initContainerStatuses: containers.map((container) => ({
      name: container.name,
      image: normalImage(container.image ?? ''),
      imageID: '',
      ready: true,
      restartCount: 0,
      state: { terminated: done },
      lastState: {},
    })),
  };
}
