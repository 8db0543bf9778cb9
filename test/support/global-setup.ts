/** One PostgreSQL server for a whole vitest run: names its folder before, stops it and removes the folder after. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparePlace } from '../../src/store/embedded/place.ts';
import { isAlive, readPostmaster } from '../../src/store/embedded/running.ts';
import { stopServer } from '../../src/store/embedded/server.ts';
import { HOME_VARIABLE } from './database.ts';

const PREFIX = 'handrail-tests-';

async function remove(home: string): Promise<void> {
  if (existsSync(join(home, 'data'))) {
    const place = preparePlace(home);
    const postmaster = readPostmaster(place.data);
    if (postmaster !== undefined && isAlive(postmaster.pid)) await stopServer(place, postmaster.pid);
  }
  rmSync(home, { recursive: true, force: true });
}

/** Runs that were killed could not clean up: their folder names the process that is gone. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await remove(join(tmpdir(), name)).catch(() => {});
  }
}

/** The server itself starts with the first test that asks for it. Workers inherit the variable. */
export default async function setup(): Promise<() => Promise<void>> {
  await removeLeftovers();
  const home = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  process.env[HOME_VARIABLE] = home;
  return () => remove(home);
}
