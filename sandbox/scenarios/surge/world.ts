/** The world of `postgres-connections`, opened: a cluster, one real PostgreSQL, and everybody who is connected to it. */
import { join } from 'node:path';
import type { Pod } from '../../cluster/api/wire.ts';
import { PLAYED } from '../../cluster/databases/databases.ts';
import { type DatabaseDoor, openDoor } from '../../cluster/databases/door.ts';
import { type OwnServer, startOwnServer } from '../../cluster/databases/own-server.ts';
import type { Behaviour } from '../../cluster/pods/behaviour.ts';
import { type Installed, installPrograms } from '../../cluster/programs/install.ts';
import { type StandInCluster, startStandInCluster } from '../../cluster/server.ts';
import type { World } from '../../cluster/world.ts';
import type { OpenOptions, PlayedWorld } from '../scenario.ts';
import { Applications } from './applications.ts';
import { MOUNT } from './objects.ts';
import { makePast, NODES, type PreviousRollout } from './past.ts';
import type { SurgePlan } from './plan.ts';

export interface SurgeWorld extends PlayedWorld<SurgePlan> {
  readonly server: OwnServer;
  readonly applications: Applications;
  readonly previous: PreviousRollout;
  /**
   * Sessions when the scenario began, as `4711 since 2020-12-11T13:24:00.123456Z`: those of whoever still runs and does
   * not leak, and those of nobody.
   */
  readonly atFirst: { readonly present: readonly string[]; readonly stale: readonly string[] };
}

const SERVER_MAJOR = 18;
const DATA = `${MOUNT}/pgdata`;

/** `options.server` is not asked: who fills a server up must not fill up anybody else's. */
export async function openSurge(plan: SurgePlan, options: OpenOptions): Promise<SurgeWorld> {
  const clock = options.clock ?? (() => new Date());
  const opened: { cluster?: StandInCluster; programs?: Installed; previous?: PreviousRollout } = {};
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const server = await startOwnServer({
      settings: {
        max_connections: String(plan.limit),
        superuser_reserved_connections: String(plan.reserved),
      },
      statements: statementsOf(plan),
    });
    closers.push(() => server.stop());
    const applications = new Applications(plan, server);
    closers.push(() => applications.close());
    const door: DatabaseDoor = await openDoor(async () =>
      applications.databaseRuns
        ? {
            host: server.host,
            port: server.port,
            database: (name) => name,
            role: (name) => name,
            settings: { search_path: 'public,handrail_stand_in,pg_catalog', 'stand_in.data': DATA },
          }
        : undefined,
    );
    closers.push(() => door.close());
    const isDatabase = (pod: Pod) => pod.metadata.labels?.['app'] === plan.database.name;
    const addresses = new Map<string, number>();
    const world: World = {
      begin(past) {
        opened.previous = makePast(plan, past, clock(), () => applications.isFull());
      },
      address(pod) {
        const node = NODES.findIndex((name) => name === pod.spec.nodeName);
        const next = (addresses.get(pod.spec.nodeName ?? '') ?? 9) + 1;
        addresses.set(pod.spec.nodeName ?? '', next);
        return `127.${plan.network}.${node}.${next}`;
      },
      behaviour: (pod): Behaviour =>
        isDatabase(pod)
          ? // pg_isready says that it accepts connections also when it is full.
            { is: 'running', ready: true, log: ['LOG:  database system is ready to accept connections'] }
          : applications.behaviourOf(pod.metadata.labels?.['app'] ?? ''),
      changed: () => opened.cluster && applications.follow(opened.cluster),
      door: (pod, port) =>
        isDatabase(pod) && port === 5432 ? { host: '127.0.0.1', port: door.port } : undefined,
      programs: () => (opened.programs ? [opened.programs.folder] : []),
      folders: (pod) => (isDatabase(pod) ? [DATA] : []),
      environment: (pod): Record<string, string> => ({
        PGPASSWORD: server.password,
        PGHOST: '127.0.0.1',
        PGPORT: String(door.port),
        ...(isDatabase(pod) ? { PGUSER: 'postgres', PGDATABASE: 'postgres' } : {}),
        HANDRAIL_STAND_IN_VERSION: `${SERVER_MAJOR}.0`,
        HANDRAIL_VOLUME_KB: String(10 * 1024 * 1024),
        HANDRAIL_VOLUME_USED_KB: String(1024 * 1024),
      }),
    };
    const cluster = await startStandInCluster({
      world,
      clock,
      namespace: plan.namespace,
      stepMs: options.stepMs ?? 1500,
      ...(options.port === undefined ? {} : { port: options.port }),
    });
    opened.cluster = cluster;
    closers.push(() => cluster.close());
    const programs = installPrograms(join(cluster.folder, 'bin'), SERVER_MAJOR, options.programs);
    opened.programs = programs;
    const previous = opened.previous ?? { set: '', pods: [] };
    const atFirst = await applications.begin(cluster, previous);
    return {
      plan,
      cluster,
      server,
      applications,
      previous,
      atFirst,
      machinePrograms: programs.machine,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Roles, databases and a few rows that must still be there at the end. */
function statementsOf({ applications, watcher }: SurgePlan): { database: string; sql: string }[] {
  return [
    { database: 'postgres', sql: 'create role postgres superuser login password :password' },
    ...(watcher
      ? [
          { database: 'postgres', sql: `create role ${watcher} login password :password` },
          { database: 'postgres', sql: `grant pg_monitor, pg_signal_backend to ${watcher}` },
        ]
      : []),
    { database: 'postgres', sql: PLAYED },
    ...applications.flatMap(({ name }) => [
      { database: 'postgres', sql: `create role ${name} login password :password` },
      { database: 'postgres', sql: `create database ${name} owner ${name} template template0` },
      { database: name, sql: PLAYED },
      {
        database: name,
        sql: `create table entry as select n as id, 'Entry ' || n as title from generate_series(1, ${ROWS}) n; alter table entry owner to ${name}`,
      },
    ]),
  ];
}

/** In each application's table `entry`. */
export const ROWS = 500;
