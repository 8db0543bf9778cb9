/** Makes an empty database folder with PostgreSQL's initdb, all or nothing. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Binaries, POSTGRES_MAJOR } from './binaries.ts';
import { DatabaseCannotStart, isAbsent, programFailed, programNotRun } from './cannot-start.ts';
import type { Account, Place } from './place.ts';

/** The name of the role that owns everything, and of the database. */
export const ROLE = 'handrail';

/** Runs one of PostgreSQL's programs to its end as `account`. @throws DatabaseCannotStart when it cannot be run */
export function run(
  program: string,
  args: string[],
  with_: { account: Account | undefined; environment: Binaries['environment']; cwd: string },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (error: Error) => reject(programNotRun(program, error));
    try {
      const child = spawn(program, args, {
        ...with_.account,
        cwd: with_.cwd,
        env: with_.environment,
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      });
      child.on('error', fail);
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output = (output + text).slice(-20_000);
        });
      }
      child.on('close', (code) => resolve({ code, output }));
    } catch (error) {
      fail(error as Error);
    }
  });
}

function giveTo(account: Account | undefined, path: string): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}

/** Removes what a making leaves behind. Only the holder of the starter's lock makes, so nobody else's work is here. */
function sweep(place: Place): void {
  for (const name of readdirSync(place.folder)) {
    if (name.startsWith('creating-'))
      rmSync(join(place.folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Makes `place.data` and `place.password`. The folder gets its name only when it is complete, so a start that was
 * killed half-way leaves nothing that looks like a database.
 *
 * @throws DatabaseCannotStart with initdb's last words
 */
export async function createCluster(place: Place, binaries: Binaries): Promise<void> {
  sweep(place);
  const working = join(place.folder, `creating-${process.pid}`);
  const data = join(working, 'data');
  const pwfile = join(working, 'pwfile');
  const password = randomBytes(24).toString('hex');
  try {
    mkdirSync(working, { mode: 0o700 });
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(pwfile, `${password}\n`, { mode: 0o600 });
    for (const path of [working, data, pwfile]) giveTo(place.account, path);
    const { code, output } = await run(
      binaries.initdb,
      [
        `--pgdata=${data}`,
        `--username=${ROLE}`,
        `--pwfile=${pwfile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The same order of text on every machine, whatever its own locales are.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { account: place.account, environment: binaries.environment, cwd: working },
    );
    if (code !== 0) throw programFailed('The built-in database could not be created', output, place.folder);
    rmSync(pwfile);
    const fresh = join(working, 'password');
    writeFileSync(fresh, `${password}\n`, { mode: 0o600, flush: true });
    chmodSync(fresh, 0o600);
    renameSync(fresh, place.password);
    renameSync(data, place.data);
  } finally {
    // Again, for all: an initdb whose starter was killed just before it began makes its folder anew after the first
    // sweep, and ends at its next line of output, which nobody reads any more.
    sweep(place);
  }
}

/**
 * Is there a database in the place? Looks only at the version that PostgreSQL wrote into its folder.
 * @throws DatabaseCannotStart when the folder is another major version's, or no database at all
 */
export function hasCluster(place: Place): boolean {
  if (!existsSync(place.data)) return false;
  let major: string;
  try {
    major = readFileSync(join(place.data, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new DatabaseCannotStart(
      `${place.data} is not a database folder: it has no file PG_VERSION. It was not touched. ` +
        'Move it away (then an empty database is made), or bring back its content from a backup.',
    );
  }
  if (major !== String(POSTGRES_MAJOR)) {
    throw new DatabaseCannotStart(
      `The database in ${place.data} was made by PostgreSQL ${major}, and this Handrail brings PostgreSQL ${POSTGRES_MAJOR}. ` +
        'It was not touched. Start the Handrail that made it, write its content to a file with "handrail export", ' +
        `move ${place.data} away, and read the file in here with "handrail import".`,
    );
  }
  return true;
}

/** The password of the database. @throws DatabaseCannotStart when its file is gone */
export function readPassword(place: Place): string {
  try {
    return readFileSync(place.password, 'utf8').trim();
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new DatabaseCannotStart(
      `The password of the built-in database is gone: ${place.password} does not exist. Bring it back from a backup, ` +
        `or move ${place.data} away to start with an empty database.`,
    );
  }
}
