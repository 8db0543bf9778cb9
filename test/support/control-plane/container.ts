// One container of a pretend pod: its runs, how each ended, and what it waits for.
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { V1Container, V1ContainerState, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { wish } from './annotations.ts';
import type { ContainerLog } from './container-log.ts';
import type { Running } from './runtime.ts';

/** How a run ended, as in `state.terminated`; times as in Kubernetes' answers, to the second. */
export interface Ending {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly finishedAt: string;
}

/** One start of a container. */
export interface Run {
  /** `containerd://<64 hex digits>` */
  readonly id: string;
  readonly startedAt: string;
  readonly log: ContainerLog;
  readonly environment: Readonly<Record<string, string>>;
  /** None for a container that is just reported Running. */
  readonly process: ChildProcess | undefined;
  /** How the runtime reaches into it; none on a node without one. */
  readonly running?: Running;
  ending: Ending | undefined;
}

export interface Container {
  readonly spec: V1Container;
  readonly runs: Run[];
  waiting: { readonly reason: string; readonly message?: string } | undefined;
  ready: boolean;
  /** What its readiness probe said last; true where nothing probes. */
  passes: boolean;
}

/** What is reported of a run that ended with this exit code. */
export function endingOf(
  pod: V1Pod,
  container: Container,
  run: Run,
  exitCode: number,
  finishedAt: string,
): Ending {
  const wished = wish(pod, container.spec.name, 'terminated-reason') ?? 'Error';
  const isTold = container.spec.terminationMessagePolicy === 'FallbackToLogsOnError';
  const message = isTold ? run.log.read({ tailLines: 80 }).toString('utf8').slice(-2048) : '';
  return {
    reason: exitCode === 0 ? 'Completed' : wished,
    exitCode,
    finishedAt,
    ...(message ? { message } : {}),
  };
}

/** The run that goes on now. */
export function runningRun(container: Container): Run | undefined {
  const run = container.runs.at(-1);
  return container.waiting || run?.ending ? undefined : run;
}

/** The run whose end `lastState` tells: the last one that is not the current state itself. */
export function previousRun(container: Container): Run | undefined {
  return container.waiting ? container.runs.at(-1) : container.runs.at(-2);
}

/** As a real kubelet with containerd reports it. */
export function containerStatus(container: Container): V1ContainerStatus {
  const run = container.runs.at(-1);
  const previous = previousRun(container);
  const image = normalImage(container.spec.image ?? '');
  return {
    name: container.spec.name,
    image,
    imageID: run ? imageId(image) : '',
    ...(run ? { containerID: run.id } : {}),
    ready: container.ready && runningRun(container) !== undefined,
    started: runningRun(container) !== undefined,
    restartCount: Math.max(container.runs.length - 1, 0),
    state: stateOf(container),
    lastState: previous?.ending ? terminated(previous, previous.ending) : {},
  };
}

function stateOf(container: Container): V1ContainerState {
  const run = container.runs.at(-1);
  if (container.waiting) return { waiting: container.waiting };
  if (!run) return { waiting: { reason: 'ContainerCreating' } };
  return run.ending ? terminated(run, run.ending) : { running: { startedAt: time(run.startedAt) } };
}

function terminated(run: Run, ending: Ending): V1ContainerState {
  return {
    terminated: {
      ...ending,
      containerID: run.id,
      startedAt: time(run.startedAt),
      finishedAt: time(ending.finishedAt),
    },
  };
}

/** Status is sent as it is, so a time stays the text it is; the client's type wants a Date. */
function time(text: string): Date {
  return text as unknown as Date;
}

/** The full name: `nginx` -> `docker.io/library/nginx:latest`; with a registry or a digest it stays. */
export function normalImage(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? image : `docker.io/${rest.length > 0 ? '' : 'library/'}${image}`;
  const isPinned = path.includes('@') || /:[^/]+$/.test(path);
  return isPinned ? path : `${path}:latest`;
}

/** `repository@sha256:<digest>`; the digest is the image's own, else derived from its name, so always the same. */
function imageId(image: string): string {
  if (image.includes('@')) return image;
  const digest = createHash('sha256').update(image).digest('hex');
  return `${image.replace(/:[^/:]+$/, '')}@sha256:${digest}`;
}

/** The id of a container's n-th run. */
export function containerId(podUid: string, name: string, run: number): string {
  return `containerd://${createHash('sha256').update(`${podUid}/${name}/${run}`).digest('hex')}`;
}
