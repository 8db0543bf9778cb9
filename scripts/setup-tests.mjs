// Brings what the tests need that talk to real systems: the npm packages, and on Debian as root the programs, by apt.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const postgresFolder = '/usr/lib/postgresql';
const policyFile = '/usr/sbin/policy-rc.d';
const clusterSettings = '/etc/postgresql-common/createcluster.conf';

/**
 * Each real thing: the programs that show it is there, its Debian package, the systemd units that come with the
 * package (switched off after an installation: the tests start their own), and the words for other systems.
 */
const wanted = [
  {
    programs: ['redis-server'],
    package: 'redis-server',
    units: ['redis-server'],
    elsewhere: 'Redis 7 or newer: redis-server',
  },
  { programs: ['chromium'], package: 'chromium', units: [], elsewhere: 'Chromium: chromium' },
  {
    programs: ['pg_dump', 'pg_restore', 'psql'],
    package: 'postgresql-client',
    units: [],
    elsewhere: 'PostgreSQL client: pg_dump, pg_restore, psql, of the version of the server or newer',
  },
  {
    programs: ['initdb', 'postgres'],
    package: newestPostgres,
    units: ['postgresql'],
    elsewhere: 'PostgreSQL server: initdb and postgres (its bin folder in PATH)',
  },
  { programs: ['etcd'], package: 'etcd-server', units: ['etcd'], elsewhere: 'etcd 3.4 or newer: etcd' },
  {
    programs: ['patroni'],
    package: 'patroni',
    units: ['patroni'],
    elsewhere: 'Patroni 3.0 or newer, with the etcd3 client: patroni',
  },
  { programs: ['kubectl'], package: 'kubernetes-client', units: [], elsewhere: 'kubectl' },
  { programs: ['pgbackrest'], package: 'pgbackrest', units: [], elsewhere: 'pgBackRest: pgbackrest' },
  {
    programs: ['docker-registry'],
    package: 'docker-registry',
    units: ['docker-registry'],
    elsewhere: 'an image registry (CNCF Distribution 2.8 or newer): docker-registry',
  },
  {
    programs: ['ip', 'unshare', 'nsenter', 'setpriv'],
    package: 'iproute2',
    units: [],
    elsewhere: 'for the lab, Linux only: iproute2 and util-linux',
  },
  { programs: ['nft'], package: 'nftables', units: ['nftables'], elsewhere: 'for the lab, Linux only: nft' },
  { programs: ['openssl'], package: 'openssl', units: [], elsewhere: 'OpenSSL: openssl' },
];

/** The Debian package of the newest PostgreSQL server that apt knows, such as postgresql-15. */
function newestPostgres() {
  const text = execFileSync('apt-cache', ['depends', 'postgresql'], { encoding: 'utf8' });
  const found = /Depends: (postgresql-\d+)/.exec(text);
  if (!found) throw new Error('apt knows no PostgreSQL server package (apt-cache depends postgresql)');
  return found[1];
}

function has(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin'];
  if (existsSync(postgresFolder)) {
    folders.push(...readdirSync(postgresFolder).map((version) => join(postgresFolder, version, 'bin')));
  }
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function say(text) {
  process.stdout.write(`setup:tests: ${text}\n`);
}

/** Runs a program; its output is shown only when it fails, and then the run ends with exit code 1. */
function run(program, args, options = {}) {
  const done = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // npm's .cmd file on Windows cannot be started without a shell.
    shell: process.platform === 'win32',
    ...options,
  });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  throw new Error(`\`${program} ${args.join(' ')}\` failed${done.error ? `: ${done.error.message}` : ''}`);
}

/** True when every package of package-lock.json that this machine needs is in node_modules in that version. */
function packagesAreInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(locked).every(([place, entry]) => {
    if (place === '') return true;
    const there = installed[place];
    return there ? there.version === entry.version : entry.optional === true;
  });
}

function installPackages() {
  if (packagesAreInstalled()) return say('npm packages are there');
  say('installing the npm packages (npm ci)');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

function isDebian() {
  return existsSync('/etc/os-release') && /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Runs `install` while no service may start: Debian asks /usr/sbin/policy-rc.d, and 101 means "not allowed". */
function withoutServices(install) {
  const ours = !existsSync(policyFile);
  if (ours) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (ours) rmSync(policyFile, { force: true });
  }
}

/** Runs `install` while postgresql-common makes no cluster of its own; its setting is put back afterwards. */
function withoutCluster(install) {
  const before = readFileSync(clusterSettings, 'utf8');
  const setting = /^#?\s*create_main_cluster.*$/m;
  const off = 'create_main_cluster = false';
  writeFileSync(clusterSettings, setting.test(before) ? before.replace(setting, off) : `${before}\n${off}\n`);
  try {
    install();
  } finally {
    writeFileSync(clusterSettings, before);
  }
}

function installPrograms(missing) {
  const apt = (...args) =>
    run('apt-get', args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  const install = (names) => apt('install', '-y', '-q', '--no-install-recommends', ...names);
  apt('update', '-q');
  const names = missing.map((thing) =>
    typeof thing.package === 'function' ? thing.package() : thing.package,
  );
  say(`installing by apt: ${names.join(' ')}`);
  withoutServices(() => {
    if (!names.some((name) => /^postgresql-\d+$/.test(name))) return install(names);
    install(['postgresql-common']);
    withoutCluster(() => install(names));
  });
  const units = missing.flatMap((thing) => thing.units);
  if (units.length > 0 && existsSync('/run/systemd/system')) run('systemctl', ['disable', '--now', ...units]);
}

function setUpPrograms() {
  const missing = wanted.filter((thing) => !thing.programs.every(has));
  if (missing.length === 0) return say('programs are there');
  if (isDebian() && process.getuid?.() === 0) {
    installPrograms(missing);
    const still = missing.flatMap((thing) => thing.programs).filter((program) => !has(program));
    if (still.length > 0) throw new Error(`still not found after the installation: ${still.join(', ')}`);
    return;
  }
  say('please install what is missing (the tests that need it are skipped until then):');
  for (const thing of missing) say(`  - ${thing.elsewhere}`);
  if (isDebian()) say('or run this command once as root: on Debian it installs them by apt');
}

function tellControlPlane() {
  const folder = process.env.KUBEBUILDER_ASSETS ?? join(root, '.handrail', 'kubernetes');
  const names = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
  if (names.every((name) => existsSync(join(folder, name)))) return say('Kubernetes control plane is there');
  say(`no Kubernetes control plane in ${folder}: its tests are skipped`);
  say(`  - put ${names.join(', ')} into a folder and set KUBEBUILDER_ASSETS to it`);
}

try {
  installPackages();
  setUpPrograms();
  tellControlPlane();
} catch (error) {
  process.stderr.write(`setup:tests: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
