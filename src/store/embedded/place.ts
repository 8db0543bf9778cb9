/** Where the built-in database lives, and as whom it runs: PostgreSQL refuses to run as root. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseCannotStart, explain, isAbsent } from './cannot-start.ts';

/** The unprivileged account that root hands the server to; `undefined` when we are nobody special ourselves. */
export interface Account {
  uid: number;
  gid: number;
}

export interface Place {
  /** Holds everything below. Others cannot enter it. */
  folder: string;
  /** PostgreSQL's data folder. */
  data: string;
  /** The file with the database's password. */
  password: string;
  /** The server's own log. */
  log: string;
  /** The file with the port that the server had last. */
  port: string;
  /** Held alone by whoever starts or stops the server. */
  starterLock: string;
  /** Held together by everybody who uses the server. */
  usersLock: string;
  account: Account | undefined;
}

/** 65534 is "nobody" on Debian, Red Hat (since 8), Alpine and in distroless images. Numeric, so no account is created. */
const NOBODY: Account = { uid: 65534, gid: 65534 };

/** Where root keeps databases whose project lies in a folder that nobody else may enter. */
const ELSEWHERE = '/var/lib/handrail';

/** May `account` pass through every folder down to `folder`? Looks at the mode bits only. */
function mayEnter(folder: string, account: Account): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dirname(at) === at) return true;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * The folder that root uses for a home which the server's account cannot reach. It is remembered in the home, so that
 * a project that is moved keeps its database; a project that was copied does not get its original's.
 */
function folderElsewhere(home: string, elsewhere: string): string {
  const pointer = join(home, 'database-is-in');
  const known = readIfThere(pointer);
  if (known !== undefined) {
    if (!existsSync(known)) {
      throw new DatabaseCannotStart(
        `The database of ${home} was kept in ${known}, which is gone. Bring that folder back, ` +
          `or delete ${pointer} to start with an empty database.`,
      );
    }
    const owner = readIfThere(join(known, 'belongs-to'));
    if (owner !== undefined && owner !== home && readIfThere(join(owner, 'database-is-in')) === known) {
      throw new DatabaseCannotStart(
        `${home} looks like a copy: its database in ${known} belongs to ${owner}. ` +
          `Delete ${pointer} to start with an empty database here.`,
      );
    }
    writeFileSync(join(known, 'belongs-to'), `${home}\n`);
    return known;
  }
  const folder = join(elsewhere, createHash('sha256').update(home).digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, 'belongs-to'), `${home}\n`);
  writeFileSync(pointer, `${folder}\n`);
  return folder;
}

/**
 * Makes the folder of the database ready and says where its parts are.
 *
 * Run by root the server gets an unprivileged account, which must be able to pass through every folder above its data.
 * Where it cannot (a project under a folder of mode 0700), everything is kept under `/var/lib/handrail` instead
 * (not `/var/tmp`, which systemd empties of what is older than 30 days). Either way the folder is entered by root and
 * that account only, and that account may write to nothing but the data.
 *
 * @throws DatabaseCannotStart when the folder cannot be made or written
 */
export function preparePlace(home: string, elsewhere: string = ELSEWHERE): Place {
  const account = process.getuid?.() === 0 ? NOBODY : undefined;
  let folder = home;
  try {
    mkdirSync(home, { recursive: true });
    folder = realpathSync(home);
    if (account !== undefined && !mayEnter(dirname(folder), account)) {
      if (existsSync(join(folder, 'data'))) {
        throw new DatabaseCannotStart(
          `The database in ${folder} cannot be reached by the account it runs as (uid ${account.uid}): a folder above it ` +
            'was closed since it was made. Open that folder for passing through (chmod o+x) and start again.',
        );
      }
      folder = folderElsewhere(folder, elsewhere);
      if (!mayEnter(dirname(folder), account)) {
        throw new DatabaseCannotStart(
          `The built-in database has no place that the account it runs as (uid ${account.uid}) can reach: ` +
            `neither ${home} nor ${folder}. Open one of them for passing through (chmod o+x on the folders above it).`,
        );
      }
    }
    if (account === undefined) {
      chmodSync(folder, 0o700);
    } else {
      chownSync(folder, 0, account.gid);
      chmodSync(folder, 0o710);
    }
  } catch (error) {
    throw explain(error, folder);
  }
  return {
    folder,
    data: join(folder, 'data'),
    password: join(folder, 'password'),
    log: join(folder, 'postgres.log'),
    port: join(folder, 'port'),
    starterLock: join(folder, 'starting.lock'),
    usersLock: join(folder, 'users.lock'),
    account,
  };
}
