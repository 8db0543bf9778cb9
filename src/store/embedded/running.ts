/** Is a server running on this data folder? A pid in a file is a hint, never a proof: pids are used again. */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { isAbsent } from './cannot-start.ts';
import { run } from './create.ts';
import type { Place } from './place.ts';

/** What PostgreSQL wrote about its main process into the data folder. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/** Reads `postmaster.pid`; `undefined` when there is none or it is not complete yet. */
export function readPostmaster(data: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  // Line 1 is the pid, 4 the port, 8 the state (PostgreSQL's pidfile.h). A stand-alone backend writes a negative pid.
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  const port = Number.parseInt(lines[3] ?? '', 10);
  return { pid, port: Number.isInteger(port) ? port : 0, ready: lines[7]?.trim() === 'ready' };
}

/** Is the number in use, also by a process that is dead and waits to be buried by its parent? PostgreSQL asks no more. */
export function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Does the process exist and still do anything? One that only waits to be buried by its parent does not. */
export function isAlive(pid: number): boolean {
  if (!isTaken(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Linux: is it a postgres that works in this folder? Every process of a server does. */
function worksIn(pid: number | string, data: string): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' &&
      readlinkSync(`/proc/${pid}/cwd`) === data
    );
  } catch {
    return false;
  }
}

/** The server's main process, when it is alive and truly of this data folder. */
export async function findPostmaster(place: Place, binaries: Binaries): Promise<Postmaster | undefined> {
  const postmaster = readPostmaster(place.data);
  if (postmaster === undefined || !isAlive(postmaster.pid)) return undefined;
  if (process.platform === 'linux') {
    return worksIn(postmaster.pid, realpathSync(place.data)) ? postmaster : undefined;
  }
  const status = await run(binaries.pgCtl, ['status', '-D', place.data], {
    account: place.account,
    environment: binaries.environment,
    cwd: place.data,
  });
  return status.code === 0 ? postmaster : undefined;
}

/** Linux: every process of a server on this folder, also those whose main process was killed; elsewhere none are seen. */
export function processesOf(data: string): number[] {
  if (process.platform !== 'linux') return [];
  const folder = realpathSync(data);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && worksIn(name, folder))
    .map(Number)
    .filter(isAlive);
}
