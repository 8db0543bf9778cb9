// Starts the processes of one control plane and ends exactly those, also when the test process itself has died.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Set in every process to the folder of its control plane: finds what a command in a pod left in the background. */
const planeVariable = 'HANDRAIL_TEST_PLANE';

/** Set in every process of a container to the container's id. */
export const containerVariable = 'HANDRAIL_TEST_CONTAINER';

/**
 * Starts a program in a session and process group of its own and writes it down in the folder's pid file. The pid is
 * that of the group.
 */
export function start(
  folder: string,
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const child = spawn(program, args, {
    ...options,
    env: { ...options.env, [planeVariable]: folder },
    detached: true,
  });
  if (child.pid !== undefined) appendFileSync(join(folder, 'pids'), `${child.pid} ${born(child.pid)}\n`);
  return child;
}

/**
 * Starts the watchdog: when this process ends, however it ends, the system closes the pipe between the two, and the
 * watchdog ends everything of `folder` and removes it.
 */
export function startWatchdog(folder: string): ChildProcess {
  const script = fileURLToPath(new URL('./watchdog.ts', import.meta.url));
  const watchdog = spawn(process.execPath, ['--no-warnings', script, folder], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  // A pipe to a child is a socket; it must not keep the test process alive.
  const pipe = watchdog.stdin as unknown as { unref?: () => void; on: typeof watchdog.on };
  pipe.unref?.();
  pipe.on('error', () => {});
  return watchdog;
}

/** Kills (SIGKILL) all that was started under `folder`, waits until it is gone, and removes the folder. */
export async function endAll(folder: string): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    const alive = [...processesOf(folder)];
    if (alive.length === 0) break;
    for (const pid of alive) kill(pid, 'SIGKILL');
    await delay(10);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** The pids of everything that runs under `folder`: written down at start, in one of those groups, or marked. */
export function processesOf(folder: string): Set<number> {
  const leaders = new Set<number>();
  const file = join(folder, 'pids');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  for (const line of lines) {
    const [pid, since] = line.split(' ').map(Number);
    // A pid may have been given to another program since: the kernel's start time tells them apart.
    if (pid && since !== undefined && isAlive(pid) && born(pid) === since) leaders.add(pid);
  }
  return new Set([...leaders, ...membersOf(leaders), ...processesMarked(planeVariable, folder)]);
}

/** The pids of all processes with `variable` = `value` in the environment they were started with (Linux only). */
export function processesMarked(variable: string, value: string): number[] {
  const mark = `\0${variable}=${value}\0`;
  return pids().filter((pid) => `\0${read(`/proc/${pid}/environ`)}`.includes(mark) && isAlive(pid));
}

/** Sends a signal; a process that is gone already is no error. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone.
  }
}

/** True while the process exists and is not merely waiting to be collected by its parent. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return stat(pid)[0] !== 'Z';
}

function membersOf(groups: ReadonlySet<number>): number[] {
  return pids().filter((pid) => groups.has(Number(stat(pid)[2])) && isAlive(pid));
}

function pids(): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc').map(Number).filter(Boolean);
}

/** The start time of a process in clock ticks since boot; 0 where there is no /proc. */
export function born(pid: number): number {
  return Number(stat(pid)[19] ?? 0);
}

/** The fields of /proc/PID/stat after the program's name, which may hold spaces: state, parent, group, ... */
function stat(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
