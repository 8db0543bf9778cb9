/** Starts and stops the server process of the built-in database. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { DatabaseCannotStart, programFailed, programNotRun } from './cannot-start.ts';
import type { Place } from './place.ts';
import { isAlive, isTaken, type Postmaster, processesOf, readPostmaster } from './running.ts';

/** What differs from PostgreSQL's own defaults: small, loopback only, no socket file. `fsync` stays on. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  password_encryption: 'scram-sha-256',
  cluster_name: 'handrail',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

const LOG_LIMIT = 1_000_000;
const LOG_KEPT = 200_000;
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;

async function waitUntil(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await pause(20);
  }
  return true;
}

/** Opens the log for appending; of a long one only the end is kept. */
function openLog(file: string): number {
  const fd = openSync(file, 'a+', 0o600);
  const { size } = fstatSync(fd);
  if (size > LOG_LIMIT) {
    const end = Buffer.alloc(LOG_KEPT);
    readSync(fd, end, 0, LOG_KEPT, size - LOG_KEPT);
    ftruncateSync(fd, 0);
    writeSync(fd, end);
  }
  return fd;
}

function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort(0))));
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function lastPort(place: Place): number {
  try {
    const port = Number.parseInt(readFileSync(place.port, 'utf8'), 10);
    return port > 0 && port < 65_536 ? port : 0;
  } catch {
    return 0;
  }
}

/**
 * Removes what a killed server left: processes that outlived their main process, and a pid file whose number now belongs
 * to somebody else or to a dead process that nobody buries (PostgreSQL would refuse to start because of it; in containers
 * the same small pids come back, and the first process often buries nobody).
 */
async function clearAway(place: Place): Promise<void> {
  const gone = () => processesOf(place.data).length === 0;
  if (!(await waitUntil(gone, 5_000))) {
    for (const pid of processesOf(place.data)) process.kill(pid, 'SIGKILL');
    await waitUntil(gone, 5_000);
  }
  const left = readPostmaster(place.data);
  if (process.platform === 'linux' && left !== undefined && isTaken(left.pid) && gone()) {
    rmSync(join(place.data, 'postmaster.pid'), { force: true });
  }
}

async function tryStart(
  place: Place,
  binaries: Binaries,
  port: number,
  settings: Record<string, string>,
): Promise<Postmaster | { failed: string }> {
  const log = openLog(place.log);
  const before = fstatSync(log).size;
  let ended = false;
  let notRun: Error | undefined;
  try {
    const args = ['-D', place.data, '-p', String(port)];
    for (const [name, value] of Object.entries({ ...SETTINGS, ...settings }))
      args.push('-c', `${name}=${value}`);
    const child = spawn(binaries.postgres, args, {
      ...place.account,
      cwd: place.data,
      env: binaries.environment,
      stdio: ['ignore', log, log],
      // A session of its own: a Ctrl-C in the terminal must reach us, and not end the database before we are done.
      detached: true,
      windowsHide: true,
    });
    child.on('error', (error) => {
      notRun = error;
    });
    child.on('exit', () => {
      ended = true;
    });
    child.unref();
    const mine = () => {
      const postmaster = readPostmaster(place.data);
      return postmaster?.pid === child.pid && postmaster?.ready ? postmaster : undefined;
    };
    await waitUntil(() => ended || notRun !== undefined || mine() !== undefined, START_LIMIT_MS);
    if (notRun !== undefined) throw programNotRun(binaries.postgres, notRun);
    const postmaster = mine();
    if (postmaster !== undefined && !ended) return postmaster;
    if (!ended) child.kill('SIGQUIT');
  } finally {
    closeSync(log);
  }
  return { failed: readFileSync(place.log).subarray(before).toString('utf8') };
}

/**
 * Starts the server on the port it had last, or on a free one, and waits until it answers. After a crash this includes
 * PostgreSQL's own recovery.
 * @throws DatabaseCannotStart with the server's last words
 */
export async function startServer(
  place: Place,
  binaries: Binaries,
  settings: Record<string, string> = {},
): Promise<Postmaster> {
  await clearAway(place);
  let wanted = lastPort(place);
  for (let round = 1; ; round += 1) {
    const port = await freePort(wanted);
    const started = await tryStart(place, binaries, port, settings);
    if (!('failed' in started)) {
      writeFileSync(place.port, `${started.port}\n`);
      return started;
    }
    // Somebody took the port between our look and the server's start.
    const taken = /could not bind|Address already in use/i.test(started.failed);
    if (!taken || round === 5) {
      throw programFailed('The built-in database could not be started', started.failed, place.folder);
    }
    wanted = 0;
  }
}

/**
 * Stops the server in order (sessions are ended, everything is written) and waits until no process of it is left;
 * one that does not stop within 30 s is stopped at once, which costs the next start a recovery and no data.
 */
export async function stopServer(place: Place, pid: number): Promise<void> {
  const stopped = () => !isAlive(pid) && processesOf(place.data).length === 0;
  const signal = (name: NodeJS.Signals) => {
    if (isAlive(pid)) process.kill(pid, name);
  };
  signal('SIGINT');
  if (await waitUntil(stopped, STOP_LIMIT_MS)) return;
  signal('SIGQUIT');
  if (await waitUntil(stopped, STOP_LIMIT_MS)) return;
  throw new DatabaseCannotStart(
    `The built-in database (process ${pid}) did not stop. Stop it by hand: kill -QUIT ${pid}`,
  );
}
