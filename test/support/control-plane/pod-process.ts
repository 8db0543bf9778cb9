// Runs a command inside a pretend container: its folder, user and environment.
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { wish } from './annotations.ts';
import { containerVariable, start } from './processes.ts';

export interface Inside {
  /** The control plane's folder. */
  readonly dir: string;
  readonly pod: V1Pod;
  readonly container: string;
  readonly containerId: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts a program in the container; it ends with the container, also what it leaves in the background. */
export function startInside(
  inside: Inside,
  program: string,
  args: readonly string[],
  stdio: StdioOptions,
): ChildProcess {
  const user = userIds(wish(inside.pod, inside.container, 'user'));
  const root = rootOf(inside.dir, inside.pod, inside.container, user);
  const bin = join(root, 'bin');
  const path = process.env.PATH ?? '/usr/bin:/bin';
  return start(inside.dir, program, args, {
    cwd: root,
    env: {
      PATH: existsSync(bin) ? `${bin}:${path}` : path,
      HOME: root,
      HOSTNAME: inside.pod.metadata?.name ?? '',
      ...inside.environment,
      [containerVariable]: inside.containerId,
    },
    stdio,
    ...user,
  });
}

/** The folder that plays the container's file system. */
function rootOf(dir: string, pod: V1Pod, container: string, user: UserIds | undefined): string {
  const root = wish(pod, container, 'root') ?? join(podFolder(dir, pod), container);
  const isNew = mkdirSync(root, { recursive: true }) !== undefined;
  if (isNew && user) chownSync(root, user.uid, user.gid);
  return root;
}

/** The folder of a pod without `root`; it goes with the pod. */
export function podFolder(dir: string, pod: V1Pod): string {
  return join(dir, 'pods', pod.metadata?.uid ?? '');
}

interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

function userIds(user: string | undefined): UserIds | undefined {
  if (user === undefined) return undefined;
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === user);
  if (!entry) throw new Error(`no such user: ${user}`);
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}
