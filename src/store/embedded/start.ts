/** The built-in database: started by the first process, joined by the next, adopted after a crash, stopped by the last. */
import { statfsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { binariesIn, findPackage, installBinaries } from './binaries.ts';
import { DatabaseCannotStart, diskFull, explain } from './cannot-start.ts';
import { createCluster, hasCluster, ROLE, readPassword } from './create.ts';
import { type Held, tryAlone, tryShared, waitAlone } from './kernel-lock.ts';
import { type Place, preparePlace } from './place.ts';
import { findPostmaster, isAlive, type Postmaster } from './running.ts';
import { startServer, stopServer } from './server.ts';

export interface EmbeddedOptions {
  /** The folder for the database and everything about it; made when absent. */
  home: string;
  /** Gets a short line when something happens that takes time or that a person may want to know. */
  log?: (line: string) => void;
  /** Server settings beside our own, used only when this call starts the server. */
  settings?: Record<string, string>;
  /** Where root keeps the database of a home that other accounts cannot reach; default `/var/lib/handrail`. */
  elsewhere?: string;
}

export interface Embedded {
  /** `postgres://…` on 127.0.0.1, with the password. */
  url: string;
  /** The server was running without a user: whoever started it had died. */
  adopted: boolean;
  /** Another live process uses the server too. */
  joined: boolean;
  /** PostgreSQL's version, "18.4". */
  version: string;
  /** Ends our use, and the server when nobody else uses it. May be called twice. */
  stop(): Promise<void>;
}

const STARTER_LIMIT_MS = 180_000;
const ANSWER_LIMIT_MS = 60_000;
/** The programs are 60 MB, an empty database 39 MB, and the first WAL must have room. */
const ROOM_NEEDED = 150_000_000;

function connect(port: number, password: string): pg.Client {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: ROLE,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    application_name: 'handrail start',
  });
  client.on('error', () => {});
  return client;
}

/** The server died while it was asked. What runs was only looked at a moment ago, and may have been dying then. */
class ServerGone extends DatabaseCannotStart {}

/**
 * Asks the server who it is and makes our database; waits while it is still recovering.
 * @throws ServerGone when its main process is dead: nobody will answer there
 */
async function greet(place: Place, postmaster: Postmaster, password: string): Promise<string> {
  const deadline = performance.now() + ANSWER_LIMIT_MS;
  for (;;) {
    const client = connect(postmaster.port, password);
    try {
      await client.connect();
      const { rows } = await client.query<{ data: string; version: string; made: boolean }>(
        `select current_setting('data_directory') as data, current_setting('server_version') as version,
                exists (select from pg_database where datname = $1) as made`,
        [ROLE],
      );
      if (resolve(rows[0]?.data ?? '') !== place.data)
        throw new Error('another database answers on its port');
      if (rows[0]?.made !== true) await client.query(`create database ${ROLE}`);
      return rows[0]?.version ?? '';
    } catch (error) {
      if (!isAlive(postmaster.pid)) {
        throw new ServerGone(
          `The built-in database in ${place.folder} ended while it was being started. Start again. ` +
            `What it said last is in ${place.log}.`,
          { cause: error },
        );
      }
      const refused = error instanceof Error && 'code' in error && error.code === '28P01';
      if (refused || performance.now() > deadline) {
        throw new DatabaseCannotStart(
          `The built-in database in ${place.folder} is running (process ${postmaster.pid}) and does not answer: ` +
            `${(error as Error).message}. Stop it with "kill -INT ${postmaster.pid}" and start again.`,
          { cause: error },
        );
      }
    } finally {
      await client.end().catch(() => {});
    }
    await pause(100);
  }
}

async function takeStarterLock(place: Place): Promise<Held> {
  const held = await waitAlone(place.starterLock, STARTER_LIMIT_MS);
  if (held !== undefined) return held;
  throw new DatabaseCannotStart(
    `Another Handrail has been starting or stopping the database in ${place.folder} for three minutes. ` +
      'Look whether it hangs, end it, and start again.',
  );
}

function checkRoom(place: Place): void {
  const disk = statfsSync(place.folder);
  if (disk.bavail * disk.bsize < ROOM_NEEDED) throw diskFull(place.folder);
}

async function startHolding(place: Place, options: EmbeddedOptions): Promise<Embedded> {
  const log = options.log ?? (() => {});
  const others = tryAlone(place.usersLock);
  const alone = others !== undefined;
  others?.release();

  const pkg = findPackage();
  const made = hasCluster(place);
  const running = made ? await findPostmaster(place, binariesIn(place, pkg.version).binaries) : undefined;
  let postmaster = running;
  if (postmaster === undefined) {
    if (!made) checkRoom(place);
    const binaries = installBinaries(place, pkg);
    if (!made) {
      log(`Making the built-in database in ${place.folder}`);
      await createCluster(place, binaries);
    }
    postmaster = await startServer(place, binaries, options.settings);
  } else if (alone) {
    log(`Taking over the built-in database that was left running (process ${postmaster.pid})`);
  }
  const { pid, port } = postmaster;

  try {
    const password = readPassword(place);
    const version = await greet(place, postmaster, password);
    const use = tryShared(place.usersLock);
    if (use === undefined) throw new Error(`${place.usersLock} is held by somebody who is not starting`);
    let stopping: Promise<void> | undefined;
    const leave = async () => {
      const starter = await takeStarterLock(place);
      try {
        use.release();
        const last = tryAlone(place.usersLock);
        if (last === undefined) return;
        const { binaries } = binariesIn(place, pkg.version);
        const current = await findPostmaster(place, binaries);
        if (current !== undefined) await stopServer(place, current.pid);
        last.release();
      } finally {
        starter.release();
      }
    };
    return {
      url: `postgres://${ROLE}:${password}@127.0.0.1:${port}/${ROLE}`,
      adopted: running !== undefined && alone,
      joined: running !== undefined && !alone,
      version,
      stop: () => (stopping ??= leave()),
    };
  } catch (error) {
    if (running === undefined) await stopServer(place, pid);
    throw error;
  }
}

/**
 * Makes the built-in PostgreSQL of `home` available: creates it when there is none, starts it when it does not run, and
 * otherwise uses the one that runs. Any number of processes may do this at once and get one server. The server outlives
 * a killed process and is taken over by the next start, with everything that was committed.
 *
 * @throws DatabaseCannotStart whose message names the fault, the place and what to do
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const place = preparePlace(options.home, options.elsewhere);
  try {
    const starter = await takeStarterLock(place);
    try {
      return await startHolding(place, options).catch((error: unknown) => {
        if (!(error instanceof ServerGone)) throw error;
        return startHolding(place, options);
      });
    } finally {
      starter.release();
    }
  } catch (error) {
    throw explain(error, place.folder);
  }
}
