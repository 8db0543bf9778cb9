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
import { doubled, duration } from './back-off.ts';
import { type Container, containerId, endingOf, type Run, runningRun } from './container.ts';
import { ContainerLog } from './container-log.ts';
import { exitCodeOf, whenEnded } from './ending.ts';
import { containerEnvironment } from './environment.ts';
import type { Happening } from './events.ts';
import { type Refusal, refusalLater, refusalNow, wishedRefusal } from './image-pull.ts';
import { latestOnly } from './latest-only.ts';
import { podFolder, startInside } from './pod-process.ts';
import { podStatus } from './pod-status.ts';
import { startProbes } from './probes.ts';
import { containerVariable, kill, processesMarked } from './processes.ts';
import type { ContainerRuntime, Running } from './runtime.ts';
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
  /** Runs the containers; without it, a container is a local process or is just reported Running. */
  readonly runtime?: ContainerRuntime;
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
  /** How often in a row an image could not be had. */
  const pulls = new Map<Container, number>();
  const containers = (first.spec?.containers ?? []).map(
    (spec): Container => ({ spec, runs: [], waiting: undefined, ready: false, passes: true }),
  );

  const report = latestOnly(async () => {
    if (phase === 'ended') return;
    const status = podStatus({ pod, containers, podIp, startTime, now: now(), before: conditions });
    conditions = status.conditions as V1PodCondition[];
    // Refused when the pod is gone or another one has its name: its deletion is seen by the informer.
    await node.api
      .patchNamespacedPodStatus({ namespace, name, body: { metadata: { uid }, status } }, mergePatch)
      .catch(() => {});
  });
  const tell = (container: Container, type: Happening['type'], reason: string, message: string) =>
    void node.tell({ pod, container: container.spec.name, type, reason, message });

  // ---- one container ----
  const startContainer = async (container: Container): Promise<void> => {
    const { spec } = container;
    const image = spec.image ?? '';
    const refusal = imageError(pod, spec.name, image);
    if (refusal !== undefined) return refused(container, wishedRefusal(image, refusal));
    const missing = await node.runtime?.pull(image, pod);
    if (missing !== undefined) return notPulled(container, image, missing);
    pulls.delete(container);
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
    let running: Running | undefined;
    try {
      if (node.runtime) {
        const start = { pod, spec, id, run: container.runs.length, environment, podIp };
        running = await node.runtime.start(start);
        process = running.process;
      } else if (command !== undefined) {
        const args = ['-c', command, spec.name, ...own];
        process = startInside({ ...inside, environment: variables }, 'sh', args, ['ignore', 'pipe', 'pipe']);
      }
    } catch (error) {
      container.waiting = { reason: 'RunContainerError', message: (error as Error).message };
      tell(container, 'Warning', 'Failed', `Error: ${(error as Error).message}`);
      if (node.runtime) again(container, node.backOffMs);
      return;
    }
    const run: Run = {
      id,
      startedAt: now(),
      log,
      environment,
      process,
      ending: undefined,
      ...(running ? { running } : {}),
    };
    container.waiting = undefined;
    container.passes = !(running && spec.readinessProbe);
    container.runs.push(run);
    container.ready = isReadyNow(container);
    tell(container, 'Normal', 'Started', `Started container ${spec.name}`);
    if (!container.ready && !running) tellUnready(container);
    if (!process) return;
    for (const stream of [process.stdout, process.stderr])
      stream?.on('data', (chunk: Buffer) => log.write(chunk));
    const probes = running && startProbes(spec, running, podIp, probed(container));
    const ending = whenEnded(process, () => killRun(run));
    void ending.then((end) => {
      probes?.stop();
      return ended(container, run, end);
    });
    // Deleted while it was starting.
    if (phase !== 'living') killRun(run);
  };
  const probed = (container: Container) => ({
    ready(passes: boolean, why: string) {
      container.passes = passes;
      if (!passes) tell(container, 'Warning', 'Unhealthy', `Readiness probe failed: ${why}`);
      const isReady = isReadyNow(container);
      if (isReady === container.ready) return;
      container.ready = isReady;
      void report();
    },
    dead(why: string) {
      tell(container, 'Warning', 'Unhealthy', `Liveness probe failed: ${why}`);
    },
    kill() {
      const message = `Container ${container.spec.name} failed liveness probe, will be restarted`;
      tell(container, 'Normal', 'Killing', message);
      void stopRun(container);
    },
  });

  /** What a kubelet says of an image that it cannot get: the error, then that it waits, then it tries again. */
  const notPulled = (container: Container, image: string, why: string) => {
    const failures = (pulls.get(container) ?? 0) + 1;
    pulls.set(container, failures);
    refused(container, refusalNow(image, why));
    later(500, () => {
      refused(container, refusalLater(image));
      again(container, doubled(node.backOffMs, failures));
      void report();
    });
  };
  const refused = (container: Container, { waiting, told }: Refusal) => {
    container.waiting = waiting;
    for (const { type, reason, message } of told) tell(container, type, reason, message);
  };

  const ended = async (container: Container, run: Run, end: Parameters<typeof exitCodeOf>[0]) => {
    run.log.end();
    const exitCode = exitCodeOf(end);
    run.ending = endingOf(pod, container, run, exitCode, now());
    container.ready = false;
    await report();
    const policy = pod.spec?.restartPolicy ?? 'Always';
    if (phase !== 'living' || policy === 'Never' || (policy === 'OnFailure' && exitCode === 0)) return;
    const restarts = container.runs.length - 1;
    if (restarts === 0) {
      await startContainer(container);
      return await report();
    }
    const delay = doubled(node.backOffMs, restarts);
    const place = `container=${container.spec.name} pod=${name}_${namespace}(${uid})`;
    container.waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off ${duration(delay)} restarting failed ${place}`,
    };
    tell(container, 'Warning', 'BackOff', 'Back-off restarting failed container');
    again(container, delay);
    await report();
  };

  const later = (delay: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (phase === 'living') act();
    }, delay);
    timers.add(timer);
  };
  const again = (container: Container, delay: number) =>
    later(delay, () => void startContainer(container).then(report));
  const isReadyNow = (container: Container) =>
    runningRun(container) !== undefined && isWishedReady(container) && container.passes;
  const isWishedReady = (container: Container) => wish(pod, container.spec.name, 'ready') !== 'false';
  const tellUnready = (container: Container) =>
    tell(container, 'Warning', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');

  /** SIGTERM, the grace period, SIGKILL. */
  const stopRun = async (container: Container): Promise<void> => {
    const run = runningRun(container);
    if (!run?.process) return;
    if (run.running) run.running.signal('SIGTERM');
    else if (run.process.pid !== undefined) kill(run.process.pid, 'SIGTERM');
    const own = pod.spec?.terminationGracePeriodSeconds ?? 30;
    const grace = { seconds: pod.metadata?.deletionGracePeriodSeconds ?? own };
    const hasEnded = () => run.ending !== undefined;
    await waitUntil('the container has ended', hasEnded, grace).catch(() => killRun(run));
  };
  const killRun = (run: Run) => {
    run.running?.signal('SIGKILL');
    if (run.process?.pid !== undefined) kill(-run.process.pid, 'SIGKILL');
    for (const pid of processesMarked(containerVariable, run.id)) kill(pid, 'SIGKILL');
  };
  const end = async () => {
    phase = 'ended';
    for (const timer of timers) clearTimeout(timer);
    // Also what exec left behind in a container without a process of its own.
    for (const container of containers) for (const run of container.runs.slice(-1)) killRun(run);
    for (const container of containers) container.runs.at(-1)?.log.end();
    await node.runtime?.remove(pod);
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
        const isReady = isReadyNow(container);
        const isPulling = /^(ErrImagePull|ImagePullBackOff)$/.test(container.waiting?.reason ?? '');
        if (
          !node.runtime &&
          isPulling &&
          imageError(pod, container.spec.name, container.spec.image ?? '') === undefined
        ) {
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
      await Promise.all(
        containers.map((container) => {
          if (runningRun(container))
            tell(container, 'Normal', 'Killing', `Stopping container ${container.spec.name}`);
          return stopRun(container);
        }),
      );
      await end();
      const body = { gracePeriodSeconds: 0, preconditions: { uid } };
      await node.api.deleteNamespacedPod({ namespace, name, body }).catch(() => {});
    },
    end,
  };
}
