// Finds the programs of the real systems that tests talk to, and says in words what is missing.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noContainers } from './lab/no-containers.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A real thing that a test may need. */
export type Requirement =
  | 'controlPlane'
  | 'redis'
  | 'chromium'
  | 'pgClient'
  | 'kubectl'
  | 'postgres'
  | 'registry'
  | 'pgbackrest'
  | 'patroni'
  | 'lab';

/** Program name -> absolute path. */
export type Programs = Readonly<Record<string, string>>;

export type Availability =
  | { readonly available: true; readonly programs: Programs }
  /** `never`: the programs are there, and this machine's kernel or rights do not allow it. */
  | { readonly available: false; readonly reason: string; readonly never?: true };

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
const debianPostgres = '/usr/lib/postgresql';

/** Where to look for each requirement's programs, in this order; the first folder that has one wins. */
const wanted: Record<
  Requirement,
  {
    programs: readonly string[];
    folders: (env: Environment) => string[];
    remedy: string;
    /** What else is missing, when all programs are there. */
    also?: () => string | undefined;
  }
> = {
  controlPlane: {
    programs: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd', 'openssl'],
    folders: (env) => [controlPlaneFolder(env), ...searchPath(env)],
    remedy: 'set KUBEBUILDER_ASSETS to the folder of the Kubernetes programs; etcd: npm run setup:tests',
  },
  redis: { programs: ['redis-server'], folders: searchPath, remedy: 'npm run setup:tests' },
  chromium: { programs: ['chromium'], folders: searchPath, remedy: 'npm run setup:tests' },
  pgClient: {
    programs: ['pg_dump', 'pg_restore', 'psql'],
    folders: (env) => [...postgresFolders(), ...searchPath(env)],
    remedy: 'npm run setup:tests',
  },
  pgbackrest: { programs: ['pgbackrest'], folders: searchPath, remedy: 'npm run setup:tests' },
  registry: { programs: ['docker-registry', 'openssl'], folders: searchPath, remedy: 'npm run setup:tests' },
  patroni: {
    programs: ['patroni', 'etcd', 'python3'],
    // A second python3 earlier in PATH has neither Patroni nor yaml: Debian's package belongs to /usr/bin.
    folders: (env) => ['/usr/bin', ...searchPath(env)],
    remedy: 'npm run setup:tests',
  },
  kubectl: { programs: ['kubectl'], folders: searchPath, remedy: 'npm run setup:tests' },
  lab: {
    programs: [
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'etcd',
      'openssl',
      'kubectl',
      'patroni',
      'patronictl',
      'initdb',
      'postgres',
      'psql',
      'ip',
      'nft',
      'unshare',
      'nsenter',
      'setpriv',
    ],
    folders: (env) => [
      controlPlaneFolder(env),
      ...postgresFolders(),
      '/usr/sbin',
      '/usr/bin',
      ...searchPath(env),
    ],
    remedy: 'npm run setup:tests; the control plane: set KUBEBUILDER_ASSETS',
    also: noContainers,
  },
  postgres: {
    programs: ['initdb', 'postgres'],
    folders: (env) => [...postgresFolders(), ...searchPath(env)],
    remedy: 'npm run setup:tests',
  },
};

function searchPath(env: Environment): string[] {
  return (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

/** KUBEBUILDER_ASSETS (the convention of envtest), else where `.ci/run` unpacks the control plane. */
function controlPlaneFolder(env: Environment): string {
  return env.KUBEBUILDER_ASSETS ?? join(projectRoot, '.handrail', 'kubernetes');
}

/** Debian's server and client programs, newest version first: they are not in PATH, or are wrappers there. */
function postgresFolders(): string[] {
  if (!existsSync(debianPostgres)) return [];
  return readdirSync(debianPostgres)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debianPostgres, version, 'bin'));
}

function findProgram(name: string, folders: readonly string[], env: Environment): string | undefined {
  const places = folders.map((folder) => join(folder, name));
  if (name === 'etcd' && env.ETCD_BIN) places.unshift(env.ETCD_BIN);
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Looks for a requirement's programs on this machine; the reason names what is missing and what to do. */
export function look(requirement: Requirement, env: Environment = process.env): Availability {
  const { programs, folders, remedy, also } = wanted[requirement];
  const searched = folders(env);
  const found = programs.map((name) => [name, findProgram(name, searched, env)] as const);
  const missing = found.filter(([, place]) => place === undefined).map(([name]) => name);
  if (missing.length > 0) return { available: false, reason: `no ${missing.join(', ')} (${remedy})` };
  const reason = also?.();
  if (reason !== undefined) return { available: false, reason, never: true };
  return { available: true, programs: Object.fromEntries(found) as Programs };
}

/** The path of one program of a requirement. Throws with the reason when the requirement is not there. */
export function programOf(requirement: Requirement, name: string): string {
  const seen = look(requirement);
  if (!seen.available) throw new Error(`${requirement}: ${seen.reason}`);
  const place = seen.programs[name];
  if (place === undefined) throw new Error(`${requirement} has no program named ${name}`);
  return place;
}
