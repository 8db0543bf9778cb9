/** One container of a pod: its present and previous run, what it waits for, and the status that shows it. */
import { createHash } from 'node:crypto';
import { type ContainerSpec, type ContainerState, type ContainerStatus, wireTime } from '../api/wire.ts';
import type { Log } from './log.ts';

export interface Run {
  readonly id: string;
  readonly startedAt: Date;
  readonly log: Log;
  ending?: { readonly exitCode: number; readonly reason: string; readonly finishedAt: Date };
}

export interface Container {
  readonly spec: ContainerSpec;
  restarts: number;
  run?: Run | undefined;
  previous?: Run | undefined;
  waiting?: { readonly reason: string; readonly message?: string } | undefined;
  ready: boolean;
}

/** The run that goes on now. */
export function runningRun(container: Container): Run | undefined {
  return container.waiting || container.run?.ending ? undefined : container.run;
}

/** The run whose end `lastState` tells: the last one that is not the current state itself. */
export function previousRun(container: Container): Run | undefined {
  return container.waiting && container.run?.ending ? container.run : container.previous;
}

export function containerStatus(container: Container): ContainerStatus {
  const { run, spec } = container;
  const previous = previousRun(container);
  const image = normalImage(spec.image);
  return {
    name: spec.name,
    image,
    imageID: run ? imageId(image) : '',
    ...(run ? { containerID: run.id } : {}),
    ready: container.ready && runningRun(container) !== undefined,
    started: runningRun(container) !== undefined,
    restartCount: container.restarts,
    state: stateOf(container),
    lastState: previous?.ending ? terminated(previous) : {},
  };
}

function stateOf(container: Container): ContainerState {
  const { run, waiting } = container;
  if (waiting) return { waiting };
  if (!run) return { waiting: { reason: 'ContainerCreating' } };
  return run.ending ? terminated(run) : { running: { startedAt: wireTime(run.startedAt) } };
}

function terminated(run: Run): ContainerState {
  const { exitCode = 0, reason = '', finishedAt = run.startedAt } = run.ending ?? {};
  return {
    terminated: {
      exitCode,
      reason,
      startedAt: wireTime(run.startedAt),
      finishedAt: wireTime(finishedAt),
      containerID: run.id,
    },
  };
}

/** The full name: `nginx` -> `docker.io/library/nginx:latest`; with a registry or a digest it stays. */
export function normalImage(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? image : `docker.io/${rest.length > 0 ? '' : 'library/'}${image}`;
  return path.includes('@') || /:[^/]+$/.test(path) ? path : `${path}:latest`;
}

/** `repository@sha256:<digest>`, derived from the name: always the same for the same image. */
export function imageId(image: string): string {
  if (image.includes('@')) return image;
  return `${image.replace(/:[^/:]+$/, '')}@sha256:${createHash('sha256').update(image).digest('hex')}`;
}

export function containerId(podUid: string, name: string, restarts: number): string {
  return `containerd://${createHash('sha256').update(`${podUid}/${name}/${restarts}`).digest('hex')}`;
}
