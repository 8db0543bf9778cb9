// A real Patroni cluster for one test file: etcd and three members on loopback addresses of their own.
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { freePorts } from '../control-plane/ports.ts';
import { endAll, isAlive, kill, start, startWatchdog } from '../control-plane/processes.ts';
import { waitUntil } from '../control-plane/waiting.ts';
import { programOf } from '../real-programs.ts';
import { type ClusterPlace, settingsOf } from './settings.ts';

export interface PatroniMember {
  readonly name: string;
  readonly ip: string;
  readonly folder: string;
  readonly data: string;
  /** Starts Patroni, which starts PostgreSQL. */
  start(): void;
  /** As a pod is stopped: SIGTERM to Patroni, which stops PostgreSQL. */
  stop(): Promise<void>;
  /** Patroni and PostgreSQL die at once. */
  die(): Promise<void>;
  /** Patroni dies, PostgreSQL lives on. */
  orphan(): Promise<void>;
  /** The pid of the postmaster, from its pid file. */
  postmaster(): number | undefined;
  /** The first pid of a child of the postmaster whose title has these words, such as `walreceiver`. */
  child(title: string): number | undefined;
  sql(text: string): Promise<Record<string, unknown>[]>;
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  log(): string;
}

export interface PatroniCluster extends ClusterPlace {
  readonly members: readonly [PatroniMember, PatroniMember, PatroniMember];
  readonly etcdPid: number;
  /** The system user that PostgreSQL runs as. */
  readonly user: string;
  leader(): Promise<PatroniMember>;
  /** Waits until one leads and the others of `running` follow it with nothing missing. Gives the leader. */
  settled(running?: readonly PatroniMember[]): Promise<PatroniMember>;
  stop(): Promise<void>;
}

/** Under five seconds on an idle machine; needs the requirement `patroni`. */
export async function startPatroniCluster(scope = 'prod-patroni'): Promise<PatroniCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'handrail-patroni-'));
  chmodSync(dir, 0o755);
  const watchdog = startWatchdog(dir);
  const owner = postgresUser();
  const [restPort = 0, postgresPort = 0, client = 0, peer = 0] = await freePorts(4);
  const network = `127.${randomInt(64, 250)}.${randomInt(1, 250)}`;
  const place: ClusterPlace = {
    scope,
    restPort,
    postgresPort,
    etcd: `127.0.0.1:${client}`,
    programs: dirname(programOf('postgres', 'initdb')),
  };
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  const etcd = start(
    dir,
    programOf('patroni', 'etcd'),
    Object.entries({
      name: 'one',
      'data-dir': join(dir, 'etcd'),
      'initial-cluster': `one=${peerUrl}`,
      'listen-client-urls': clientUrl,
      'advertise-client-urls': clientUrl,
      'listen-peer-urls': peerUrl,
      'initial-advertise-peer-urls': peerUrl,
      'unsafe-no-fsync': 'true',
      logger: 'zap',
    }).map(([flag, value]) => `--${flag}=${value}`),
    { cwd: dir, env: { PATH: process.env.PATH }, stdio: 'ignore' },
  );
  etcd.unref();
  const member = (index: number): PatroniMember => {
    const name = `${scope}-${index}`;
    const folder = join(dir, name);
    mkdirSync(folder, { mode: 0o755 });
    if (owner.ids) chownSync(folder, owner.ids.uid, owner.ids.gid);
    return memberIn(dir, place, { name, folder, ip: `${network}.${index + 1}` }, owner.ids);
  };
  const members = [member(0), member(1), member(2)] as const;

  const settled = async (running: readonly PatroniMember[] = members): Promise<PatroniMember> => {
    let seen: unknown;
    return await waitUntil(
      'one member leads and the others follow it',
      async () => {
        const all = await Promise.all(running.map((one) => one.get('/patroni').catch(() => undefined)));
        seen = all;
        const leads = all.filter((one) => one?.['role'] === 'master' && one['state'] === 'running');
        const timeline = leads[0]?.['timeline'];
        if (
          leads.length !== 1 ||
          all.some((one) => one?.['timeline'] !== timeline || one?.['state'] !== 'running')
        )
          return undefined;
        const at = running[all.findIndex((one) => one === leads[0])];
        const rows = await at
          ?.sql('select pg_current_wal_lsn() = replay_lsn as same from pg_stat_replication')
          .catch(() => []);
        const { members: listed } = await (at as PatroniMember).get<{ members: { lag?: unknown }[] }>(
          '/cluster',
        );
        const isSame = rows?.length === running.length - 1 && rows.every((row) => row['same'] === true);
        return isSame && listed.length >= running.length ? at : undefined;
      },
      { seconds: 100, describe: () => JSON.stringify(seen) },
    );
  };
  const stop = async (): Promise<void> => {
    for (const one of members) {
      const pid = one.postmaster();
      // Immediate shutdown: unlike SIGKILL it gives the shared memory back.
      if (pid !== undefined) kill(pid, 'SIGQUIT');
    }
    const allGone = () => members.every((one) => one.postmaster() === undefined);
    await waitUntil('PostgreSQL has ended', allGone, { seconds: 10 }).catch(() => undefined);
    await endAll(dir);
    if (watchdog.pid !== undefined) kill(watchdog.pid, 'SIGKILL');
  };
  try {
    for (const one of members) one.start();
    await settled();
  } catch (error) {
    const logs = members.map((one) => one.log().slice(-1500)).join('\n');
    await stop();
    throw new Error(`the Patroni cluster did not start: ${(error as Error).message}\n${logs}`, {
      cause: error,
    });
  }
  return {
    ...place,
    members,
    etcdPid: etcd.pid ?? 0,
    user: owner.name,
    settled,
    stop,
    async leader() {
      return await waitUntil('a member leads', async () => {
        const all = await Promise.all(members.map((one) => one.get('/patroni').catch(() => undefined)));
        return members[all.findIndex((one) => one?.['role'] === 'master' && one['state'] === 'running')];
      });
    },
  };
}

function memberIn(
  dir: string,
  place: ClusterPlace,
  own: { name: string; ip: string; folder: string },
  ids: { uid: number; gid: number } | undefined,
): PatroniMember {
  const { name, ip, folder } = own;
  const data = join(folder, 'data');
  const settings = join(folder, 'patroni.yml');
  writeFileSync(settings, JSON.stringify(settingsOf(place, own)), { mode: 0o644 });
  let patroni: ChildProcess | undefined;
  const postmaster = (): number | undefined => {
    const file = join(data, 'postmaster.pid');
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
    return pid > 0 && isAlive(pid) ? pid : undefined;
  };
  const ended = async (): Promise<void> => {
    const hasEnded = () => !isAlive(patroni?.pid ?? 0) && postmaster() === undefined;
    await waitUntil(`${name} has ended`, hasEnded, { seconds: 60 });
  };
  return {
    name,
    ip,
    folder,
    data,
    postmaster,
    start() {
      const log = openSync(join(folder, 'log'), 'a');
      patroni = start(dir, programOf('patroni', 'python3'), [programOf('patroni', 'patroni'), settings], {
        cwd: folder,
        env: { PATH: `${place.programs}:/usr/bin:/bin`, HOME: folder, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
        stdio: ['ignore', log, log],
        ...ids,
      });
      patroni.unref();
    },
    async stop() {
      kill(patroni?.pid ?? 0, 'SIGTERM');
      await ended();
    },
    async die() {
      const pid = postmaster();
      kill(patroni?.pid ?? 0, 'SIGKILL');
      const children = pid === undefined ? [] : childrenOf(pid);
      for (const one of [...(pid === undefined ? [] : [pid]), ...children.map((child) => child.pid)])
        kill(one, 'SIGKILL');
      await ended();
    },
    async orphan() {
      kill(patroni?.pid ?? 0, 'SIGKILL');
      await waitUntil('Patroni has ended', () => !isAlive(patroni?.pid ?? 0), { seconds: 60 });
    },
    child: (title) => childrenOf(postmaster() ?? 0).find((one) => one.title.includes(title))?.pid,
    async sql(text) {
      const client = new Client({
        host: folder,
        port: place.postgresPort,
        user: 'postgres',
        database: 'postgres',
      });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query(text)).rows as Record<string, unknown>[];
      } finally {
        await client.end();
      }
    },
    async get(path) {
      const answer = await fetch(`http://${ip}:${place.restPort}${path}`, {
        signal: AbortSignal.timeout(3000),
      });
      return (await answer.json()) as never;
    },
    log: () => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : ''),
  };
}

function childrenOf(parent: number): { pid: number; title: string }[] {
  if (parent === 0) return [];
  const file = `/proc/${parent}/task/${parent}/children`;
  const pids = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean) : [];
  return pids.flatMap((pid) => {
    try {
      return [
        { pid: Number(pid), title: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') },
      ];
    } catch {
      return [];
    }
  });
}

/** PostgreSQL refuses root: then it runs as `postgres`, whom its package makes. */
function postgresUser(): { name: string; ids?: { uid: number; gid: number } } {
  if (process.getuid?.() !== 0) return { name: process.env.USER ?? '' };
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((one) => one.split(':'))
    .find(([name]) => name === 'postgres');
  if (!line) throw new Error('postgres is no user of this machine');
  return { name: 'postgres', ids: { uid: Number(line[2]), gid: Number(line[3]) } };
}
