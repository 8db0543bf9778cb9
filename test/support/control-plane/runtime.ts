// What a pretend node may be given to run containers with: without one they are plain local processes.
import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { V1Container, V1Pod } from '@kubernetes/client-node';

/** One start of a container. */
export interface ContainerStart {
  readonly pod: V1Pod;
  readonly spec: V1Container;
  /** `containerd://<64 hex digits>` */
  readonly id: string;
  /** How many runs it had before. */
  readonly run: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly podIp: string;
}

/** A container that runs. */
export interface Running {
  /** Its output is read from here; its end is the container's end. */
  readonly process: ChildProcess;
  /** To its first process. */
  signal(signal: NodeJS.Signals): void;
  /** Runs a command in it. Throws when there is no such program. */
  exec(program: string, args: readonly string[], stdio: StdioOptions): ChildProcess;
}

export interface ContainerRuntime {
  /** Undefined when the image can be had, else the words of the runtime that say why not. */
  pull(image: string, pod: V1Pod): Promise<string | undefined>;
  /** Resolves when the container's own program is about to begin. Throws with what went wrong before that. */
  start(what: ContainerStart): Promise<Running>;
  /** The pod is gone, its containers have ended: lets go of its network and folders. */
  remove(pod: V1Pod): Promise<void>;
}
