/** The one error of the built-in database: what is wrong, where, and what to do, in words for the person who started it. */

/** A fault that a person can mend. `message` is complete (what, where, what to do) and is shown without a stack. */
export class DatabaseCannotStart extends Error {
  override readonly name = 'DatabaseCannotStart';
}

const OWN_DATABASE = 'Or set DATABASE_URL to a PostgreSQL database of your own.';

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** True when the operating system's error means that the thing is not there. */
export function isAbsent(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

export function diskFull(folder: string): DatabaseCannotStart {
  return new DatabaseCannotStart(
    `The disk that holds ${folder} is full: the built-in database could not be started. ` +
      `Free some room (it needs about 300 MB) and start again. ${OWN_DATABASE}`,
  );
}

/**
 * Turns what the operating system said while we worked on `folder` into words;
 * an error with no known cause is returned as it came.
 */
export function explain(error: unknown, folder: string): unknown {
  if (error instanceof DatabaseCannotStart) return error;
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(folder);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new DatabaseCannotStart(
        `The built-in database cannot write to ${folder}: ${(error as Error).message}. ` +
          `Give the user who starts Handrail the right to write there, or choose another folder. ${OWN_DATABASE}`,
        { cause: error },
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new DatabaseCannotStart(
        `The built-in database needs the folder ${folder}, and something else is in its way: ` +
          `${(error as Error).message}. Move that away and start again. ${OWN_DATABASE}`,
        { cause: error },
      );
    default:
      return error;
  }
}

/** The error for a program of PostgreSQL that failed: its own last words, and the cause where they name a known one. */
export function programFailed(what: string, output: string, folder: string): DatabaseCannotStart {
  if (/No space left on device|Disk quota exceeded/i.test(output)) return diskFull(folder);
  const last = output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-8)
    .map((line) => `  ${line}`)
    .join('\n');
  const remedy = /could not look up effective user ID/.test(output)
    ? 'The user who runs Handrail has no name on this machine. Give it one (a line in /etc/passwd) and start again.'
    : /could not (?:create|resize|map) .*shared memory/i.test(output)
      ? 'There is too little shared memory. In a container, start it with a larger /dev/shm (64 MB or more).'
      : 'Mend what these lines name and start again.';
  return new DatabaseCannotStart(
    `${what} (folder ${folder}). PostgreSQL said:\n${last === '' ? '  (nothing)' : last}\n${remedy} ${OWN_DATABASE}`,
  );
}

/** The error for a program of PostgreSQL that could not even be run. */
export function programNotRun(program: string, error: Error): DatabaseCannotStart {
  const code = codeOf(error);
  const why =
    code === 'ENOENT' && process.platform === 'linux'
      ? 'it needs a Linux with glibc (Debian, Ubuntu, Red Hat; not Alpine)'
      : code === 'EACCES'
        ? 'its folder does not allow programs to be started (a disk mounted with noexec, or missing rights)'
        : code === 'EPERM' || code === 'EINVAL'
          ? 'PostgreSQL refuses to run as root, and this system does not let root run it as another user'
          : error.message;
  return new DatabaseCannotStart(
    `The built-in database could not be started: ${program} does not run here, because ${why}. ` +
      'Set DATABASE_URL to a PostgreSQL database of your own.',
    { cause: error },
  );
}
