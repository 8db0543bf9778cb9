// How a process ended, in the terms of a container: one exit code, a signal as 128 + its number.
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when the process could not be started at all. */
  readonly error?: Error;
}

/**
 * Resolves when the process has ended and its output is read. `killRest` is called at its exit: what it left in the
 * background dies with it, as in a container, and lets go of the output.
 */
export async function whenEnded(child: ChildProcess, killRest: () => void): Promise<End> {
  const closed = new Promise<void>((done) => child.on('close', () => done()));
  const end = await new Promise<End>((done) => {
    child.on('error', (error) => done({ code: null, signal: null, error }));
    child.on('exit', (code, signal) => done({ code, signal }));
  });
  if (end.error) return end;
  killRest();
  // Something may have escaped with an emptied environment and still hold the pipe.
  await Promise.race([closed, delay(1000, undefined, { ref: false })]);
  return end;
}

export function exitCodeOf(end: End): number {
  if (end.error) return 127;
  if (end.signal) return 128 + constants.signals[end.signal];
  return end.code ?? 0;
}
