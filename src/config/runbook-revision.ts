/** Which revision runbook files are of: asked of git where the folder is a checkout, else what `.revision` beside them says. */
import { execFile } from 'node:child_process';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface RevisionOptions {
  /** ms for each question to git; a hanging mount or a huge repository gives no revision, never a wait. */
  readonly timeoutMs?: number;
  /** Of git's process; undefined: as this one. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Of `.revision`: what a build writes beside the runbooks where no `.git` comes along. */
export const REVISION_FILE = '.revision';

/**
 * Revisions by file name. For a file that is in git: the short hash of the last commit that touched it, with `+changes`
 * when the file differs from what is committed. A shallow checkout names the oldest commit that it has with this text.
 * A file that git does not know, a symbolic link (a ConfigMap's mount) and a folder that git refuses to read
 * (`safe.directory`) have none from git; `.revision` counts for them. Never throws: no revision is no failure.
 */
export async function revisionsOf(
  folder: string,
  names: readonly string[],
  options: RevisionOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const said = await saidBeside(folder);
  const found = new Map<string, string>();
  if (said !== undefined) for (const name of names) found.set(name, said);
  const plain = await plainFiles(folder, names);
  if (plain.length === 0) return found;
  const git = (args: readonly string[]) => ask(folder, args, options);
  // Also the question whether this is a checkout at all: one process, and no more where it is none.
  const known = listOf(await git(['ls-tree', '-z', '--name-only', 'HEAD', '--', ...plain]));
  if (known.length === 0) return found;
  // Filters and hooks of the repository may run programs; none is needed to see that two files differ.
  const differs = ['diff', '--name-only', '--relative', '--no-ext-diff', '--no-textconv', '-z', 'HEAD', '--'];
  const dirty = await git([...differs, ...known]);
  if (dirty === undefined) return found;
  const changed = new Set(listOf(dirty));
  for (const name of known) {
    const hash = (await git(['log', '-1', '--format=%h', '--', name]))?.trim();
    if (hash) found.set(name, changed.has(name) ? `${hash}+changes` : hash);
  }
  return found;
}

/** One line such as `1a2b3c4` or `v1.4`; a full hash is shortened. Anything else is not a revision. */
async function saidBeside(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, REVISION_FILE), 'utf8').catch(() => '');
  const line = text.trim();
  if (!/^[\w][\w.+-]{0,63}$/.test(line)) return undefined;
  return /^[0-9a-f]{40,64}$/.test(line) ? line.slice(0, 12) : line;
}

async function plainFiles(folder: string, names: readonly string[]): Promise<string[]> {
  const links = await Promise.all(
    names.map((name) =>
      lstat(join(folder, name)).then(
        (entry) => entry.isFile(),
        () => false,
      ),
    ),
  );
  return names.filter((_, index) => links[index]);
}

const listOf = (out: string | undefined): string[] => (out ?? '').split('\0').filter((one) => one !== '');

/** What git prints; undefined when it is not there, refuses, or takes too long. */
function ask(
  folder: string,
  args: readonly string[],
  { timeoutMs = 3000, env }: RevisionOptions,
): Promise<string | undefined> {
  const given = ['--no-optional-locks', '--literal-pathspecs', '-c', 'core.fsmonitor=false', '-C', folder];
  return new Promise((resolve) => {
    execFile(
      'git',
      [...given, ...args],
      {
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 10_000_000,
        windowsHide: true,
        ...(env ? { env } : {}),
      },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
  });
}
