/** Node processes under measurement: from spawn to a sign of readiness, and the memory they take. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export const NODE = [process.execPath, '--disable-warning=ExperimentalWarning'] as const;

export interface Started {
  readonly child: ChildProcess;
  /** From spawn to the sign. */
  readonly ms: number;
  /** SIGTERM, then waits for its end. */
  stop(): Promise<void>;
}

/**
 * Starts a Node program and waits for its first IPC message, or for a line of standard output that fits `line`.
 * @throws with its last words when it ends before
 */
export async function start(
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string>>; line?: RegExp },
): Promise<Started> {
  const began = performance.now();
  const [program, ...flags] = NODE;
  const child = spawn(program, [...flags, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: options.cwd, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const { line } = options;
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (line?.test(said)) resolve();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    if (!line) child.once('message', () => resolve());
    child.once('error', reject);
    void ended.then(() => reject(new Error(`${args.join(' ')} ended before it was ready:\n${said}`)));
  });
  const ms = performance.now() - began;
  return {
    child,
    ms,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Runs a Node program to its end: ms from spawn to exit, and what it printed. @throws when it fails */
export async function run(
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<{ ms: number; printed: string }> {
  const began = performance.now();
  const [program, ...flags] = NODE;
  const child = spawn(program, [...flags, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: options.cwd, ...options.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${printed}`);
  return { ms: performance.now() - began, printed };
}

/** MiB that a process holds now and held at most; on Linux only, elsewhere not a number. */
export function memory(pid: number | undefined): { now: number; peak: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
    return { now: of('VmRSS'), peak: of('VmHWM') };
  } catch {
    return { now: Number.NaN, peak: Number.NaN };
  }
}

/** ms of processor time that a process has used so far, in hundredths of a second; on Linux only. */
export function processorTime(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}
