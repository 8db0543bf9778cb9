/** Lets one process work while others that want the same wait. Any Node reads this, so it is a file with a pid. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Linux: when the process began, so that a pid that is used again is not taken for its former owner. */
function beganAt(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat === undefined ? '' : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '');
}

function nameOf(pid) {
  return `${pid} ${beganAt(pid)}`;
}

function isAlive(name) {
  const pid = Number.parseInt(name, 10);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return nameOf(pid) === name;
}

/** Takes `file` away from a holder that is dead; if a live one took it in the meantime, gives it back. */
function takeAway(file, dead) {
  const aside = `${file}.${process.pid}.old`;
  try {
    renameSync(file, aside);
    if (read(aside) !== dead) linkSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}

/**
 * Runs `work` while holding `file`; calls `waiting` once when it must wait for another process. `work` gets a function
 * that names a process in its place: one that it started and that goes on when this one is killed.
 */
export async function oneAtATime(file, work, waiting) {
  const mine = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(mine, nameOf(process.pid));
  try {
    for (let told = false; ; ) {
      try {
        linkSync(mine, file);
        break;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = read(file);
      if (holder !== undefined && !isAlive(holder)) {
        takeAway(file, holder);
        continue;
      }
      if (!told) waiting();
      told = true;
      await pause(200);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return await work((pid) => {
      writeFileSync(mine, nameOf(pid));
      renameSync(mine, file);
    });
  } finally {
    rmSync(file, { force: true });
  }
}
