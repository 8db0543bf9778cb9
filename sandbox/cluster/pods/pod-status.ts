/** A pod's status from the state of its containers, as a kubelet reports it. */
import type { Condition, ContainerStatus, Pod, PodStatus } from '../api/wire.ts';
import { wireTime } from '../api/wire.ts';
import { type Container, containerStatus, normalImage } from './container.ts';

export function podStatus(pod: Pod, containers: readonly Container[], podIp: string, now: Date): PodStatus {
  const statuses = containers.map(containerStatus);
  const phase = phaseOf(statuses);
  const hasStarted = containers.some((one) => one.run);
  const startTime = pod.status.startTime ?? wireTime(now);
  const inits = (pod.spec.initContainers ?? []).map((spec) => ({
    name: spec.name,
    image: normalImage(spec.image),
    imageID: '',
    ready: true,
    started: false,
    restartCount: 0,
    state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: startTime, finishedAt: startTime } },
    lastState: {},
  }));
  return {
    ...pod.status,
    phase,
    hostIP: '127.0.0.1',
    ...(hasStarted ? { podIP: podIp, podIPs: [{ ip: podIp }] } : {}),
    startTime,
    conditions: conditionsOf(pod, statuses, phase, wireTime(now)),
    containerStatuses: statuses,
    ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
  };
}

function phaseOf(statuses: readonly ContainerStatus[]): string {
  if (statuses.every((status) => status.state.terminated)) {
    return statuses.some((status) => status.state.terminated?.exitCode) ? 'Failed' : 'Succeeded';
  }
  // A container that never started keeps the pod Pending; one that waits for its restart does not.
  return statuses.some((status) => status.state.waiting && !status.lastState.terminated)
    ? 'Pending'
    : 'Running';
}

function conditionsOf(
  pod: Pod,
  statuses: readonly ContainerStatus[],
  phase: string,
  now: string,
): Condition[] {
  const unready = statuses.filter((status) => !status.ready).map((status) => status.name);
  const why =
    phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const ready = unready.length === 0 ? { status: 'True' } : { status: 'False', ...why };
  const fresh: [string, Omit<Condition, 'type'>][] = [
    ['Initialized', { status: 'True' }],
    ['Ready', ready],
    ['ContainersReady', ready],
    ['PodScheduled', { status: 'True' }],
  ];
  const known = pod.status.conditions ?? [];
  return [
    ...fresh.map(([type, condition]) => {
      const same = known.find((one) => one.type === type && one.status === condition.status);
      return { type, ...condition, lastTransitionTime: same?.lastTransitionTime ?? now };
    }),
    ...known.filter((one) => !fresh.some(([type]) => type === one.type)),
  ];
}
