// One pod on a pretend node: starts, restarts and ends its containers and keeps its status reported.
import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import {
  type CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
  type V1PodCondition,
} from '@kubernetes/client-node';
import { imageError, wish, wishedAddress } from './annotations.ts';
import { type Container, containerId, type Ending, normalImage, type Run, runningRun } from './container.ts';
import { ContainerLog } from './container-log.ts';
import { exitCodeOf, whenEnded } from './ending.ts';
import { containerEnvironment } from './environment.ts';
import type { Happening } from './events.ts';
import { podFolder, startInside } from './pod-process.ts';
import { podStatus } from './pod-status.ts';
import { containerVariable, kill, processesMarked } from './processes.ts';
import { waitUntil } from './waiting.ts';

/** What a pod needs from its node. */
export interface NodeSide {
  readonly dir: string;
  readonly api: CoreV1Api;
  /** Delay before the second restart of a crashing container, in ms; doubled each time, up to five minutes. */
  readonly backOffMs: number;
  readonly tell: (happening: Happening) => Promise<void>;
  /** An address for a pod that wishes none. */
  readonly address: () => string;
}

export interface PretendPod {
  readonly pod: V1Pod;
  readonly podIp: string;
  container(name: string): Container | undefined;
  /** Follows the pod's annotations. */
  update(pod: V1Pod): void;
  /** SIGTERM, the grace period, SIGKILL; then the Pod object is removed for good. */
  terminate(): Promise<void>;
  /** Ends all its processes at once; nothing is reported any more. */
  end(): Promise<void>;
}

const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

export function startPod(first: V1Pod, node: NodeSide): PretendPod {
  let pod = first;
  let phase: 'living' | 'terminating' | 'ended' = 'living';
  let conditions: readonly V1PodCondition[] = [];
  const startTime = now();
  const uid = first.metadata?.uid ?? '';
  const name = first.metadata?.name ?? '';
  const namespace = first.metadata?.namespace ?? 'default';
  const podIp = wishedAddress(first) ?? node.address();
  const timers = new Set<NodeJS.Timeout>();
  const containers = (first.spec?.containers ?? []).map(
    (spec): Container => ({ spec, runs: [], waiting: undefined, ready: false }),
  );

  // ---- status: one request at a time, the newest state ----
  let wanted = false;
  let reporting: Promise<void> | undefined;
  const report = (): Promise<void> => {
    wanted = true;
    reporting ??= (async () => {
      while (wanted && phase !== 'ended') {
        wanted = false;
        const status = podStatus({ pod, containers, podIp, startTime, now: now(), before: conditions });
        conditions = status.conditions as V1PodCondition[];
        // Refused when the pod is gone or another one has its name: its deletion is seen by the informer.
        await node.api
          .patchNamespacedPodStatus({ namespace, name, body: { metadata: { uid }, status } }, mergePatch)
          .catch(() => {});
      }
      reporting = undefined;
    })();
    return reporting;
  };
  const tell = (container: Container, type: Happening['type'], reason: string, message: string) =>
    void node.tell({ pod, container: container.spec.name, type, reason, message });

  // ---- one container ----
  const startContainer = async (container: Container): Promise<void> => {
    const { spec } = container;
    const image = spec.image ?? '';
    const refusal = imageError(pod, spec.name, image);
    if (refusal !== undefined) {
      const full = normalImage(image);
      const isBackOff = refusal === 'ImagePullBackOff';
      const message = isBackOff
        ? `Back-off pulling image "${image}"`
        : `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": ${full}: not found`;
      container.waiting = { reason: refusal, message };
      tell(container, 'Warning', 'Failed', `Failed to pull image "${image}": ${full}: not found`);
      if (isBackOff) tell(container, 'Normal', 'BackOff', message);
      return;
    }
    let environment: Record<string, string>;
    try {
      environment = await containerEnvironment(node.api, pod, spec, podIp);
    } catch (error) {
      const message = (error as Error).message;
      container.waiting = { reason: 'CreateContainerConfigError', message };
      tell(container, 'Warning', 'Failed', `Error: ${message}`);
      again(container, 1000);
      return;
    }
    if (phase !== 'living') return;
    const id = containerId(uid, spec.name, container.runs.length);
    const command = wish(pod, spec.name, 'run');
    const log = new ContainerLog();
    const own = [...(spec.command ?? []), ...(spec.args ?? [])];
    const inside = { dir: node.dir, pod, container: spec.name, containerId: id, environment };
    const variables = { ...environment, HANDRAIL_TEST_IMAGE: image };
    let process: ChildProcess | undefined;
    try {
      if (command !== undefined) {
        const args = ['-c', command, spec.name, ...own];
        process = startInside({ ...inside, environment: variables }, 'sh', args, ['ignore', 'pipe', 'pipe']);
      }
    } catch (error) {
      container.waiting = { reason: 'RunContainerError', message: (error as Error).message };
      tell(container, 'Warning', 'Failed', `Error: ${(error as Error).message}`);
      return;
    }
    const run: Run = { id, startedAt: now(), log, environment, process, ending: undefined };
    container.waiting = undefined;
    container.runs.push(run);
    container.ready = isWishedReady(container);
    tell(container, 'Normal', 'Started', `Started container ${spec.name}`);
    if (!container.ready) tellUnready(container);
    if (!process) return;
    for (const stream of [process.stdout, process.stderr])
      stream?.on('data', (chunk: Buffer) => log.write(chunk));
    void whenEnded(process, () => killRun(run)).then((end) => ended(container, run, end));
  };

  const ended = async (container: Container, run: Run, end: Parameters<typeof exitCodeOf>[0]) => {
    run.log.end();
    const exitCode = exitCodeOf(end);
    run.ending = {
      ...reasonOf(container, exitCode),
      exitCode,
      finishedAt: now(),
      ...messageOf(container, run),
    };
    container.ready = false;
    await report();
    const policy = pod.spec?.restartPolicy ?? 'Always';
    if (phase !== 'living' || policy === 'Never' || (policy === 'OnFailure' && exitCode === 0)) return;
    const restarts = container.runs.length - 1;
    if (restarts === 0) {
      await startContainer(container);
      return await report();
    }
    const delay = Math.min(node.backOffMs * 2 ** (restarts - 1), 300_000);
    const place = `container=${container.spec.name} pod=${name}_${namespace}(${uid})`;
    container.waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off ${duration(delay)} restarting failed ${place}`,
    };
    tell(container, 'Warning', 'BackOff', 'Back-off restarting failed container');
    again(container, delay);
    await report();
  };

  const reasonOf = (container: Container, exitCode: number): Pick<Ending, 'reason'> => {
    if (exitCode === 0) return { reason: 'Completed' };
    return { reason: wish(pod, container.spec.name, 'terminated-reason') ?? 'Error' };
  };
  const messageOf = (container: Container, run: Run): Pick<Ending, 'message'> => {
    if (container.spec.terminationMessagePolicy !== 'FallbackToLogsOnError') return {};
    const text = run.log.read({ tailLines: 80 }).toString('utf8').slice(-2048);
    return text ? { message: text } : {};
  };
  const again = (container: Container, delay: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (phase === 'living') void startContainer(container).then(report);
    }, delay);
    timers.add(timer);
  };
  const isWishedReady = (container: Container) => wish(pod, container.spec.name, 'ready') !== 'false';
  const tellUnready = (container: Container) =>
    tell(container, 'Warning', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');

  const killRun = (run: Run) => {
    if (run.process?.pid !== undefined) kill(-run.process.pid, 'SIGKILL');
    for (const pid of processesMarked(containerVariable, run.id)) kill(pid, 'SIGKILL');
  };
  const end = async () => {
    phase = 'ended';
    for (const timer of timers) clearTimeout(timer);
    // Also what exec left behind in a container without a process of its own.
    for (const container of containers) for (const run of container.runs.slice(-1)) killRun(run);
    for (const container of containers) container.runs.at(-1)?.log.end();
    await rm(podFolder(node.dir, pod), { recursive: true, force: true, maxRetries: 5 });
  };

  void Promise.all(containers.map(startContainer)).then(report);
  return {
    get pod() {
      return pod;
    },
    podIp,
    container: (wantedName) => containers.find((container) => container.spec.name === wantedName),
    update(next) {
      pod = next;
      if (phase !== 'living') return;
      for (const container of containers) {
        const isReady = runningRun(container) !== undefined && isWishedReady(container);
        const pulls = /^(ErrImagePull|ImagePullBackOff)$/.test(container.waiting?.reason ?? '');
        if (pulls && imageError(pod, container.spec.name, container.spec.image ?? '') === undefined) {
          void startContainer(container).then(report);
        } else if (container.ready !== isReady) {
          container.ready = isReady;
          if (!isReady) tellUnready(container);
          void report();
        }
      }
    },
    async terminate() {
      if (phase !== 'living') return;
      phase = 'terminating';
      for (const timer of timers) clearTimeout(timer);
      for (const container of containers) {
        const pid = runningRun(container)?.process?.pid;
        if (pid !== undefined) kill(pid, 'SIGTERM');
        if (runningRun(container))
          tell(container, 'Normal', 'Killing', `Stopping container ${container.spec.name}`);
      }
      const seconds = pod.metadata?.deletionGracePeriodSeconds ?? 30;
      const hasEnded = () => containers.every((container) => !runningRun(container)?.process);
      await waitUntil('the containers have ended', hasEnded, { seconds }).catch(() => {});
      await end();
      const body = { gracePeriodSeconds: 0, preconditions: { uid } };
      await node.api.deleteNamespacedPod({ namespace, name, body }).catch(() => {});
    },
    end,
  };
}

/** A delay as Go prints it: 10s, 1m20s. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
