/** The world of `pidp-patroni`, opened: its objects with their past, its databases, and Patroni played over them. */
import { join } from 'node:path';
import { resourceOf } from '../../cluster/api/resources.ts';
import type { ContainerSpec, Pod, Wire } from '../../cluster/api/wire.ts';
import { Databases } from '../../cluster/databases/databases.ts';
import { type DatabaseDoor, openDoor } from '../../cluster/databases/door.ts';
import { Patroni } from '../../cluster/databases/patroni.ts';
import type { Behaviour } from '../../cluster/pods/behaviour.ts';
import { type Installed, installPrograms } from '../../cluster/programs/install.ts';
import { type StandInCluster, startStandInCluster } from '../../cluster/server.ts';
import type { World } from '../../cluster/world.ts';
import type { OpenOptions, PlayedWorld } from '../scenario.ts';
import { apiLog, CRASH, leaderLog, memberLog } from './crash-text.ts';
import { patroniState } from './database-objects.ts';
import { makePast } from './past.ts';
import { type ClusterPlan, type PidpPlan, roleLabelOf } from './plan.ts';
import { databasesOf } from './rows.ts';

export interface PidpWorld extends PlayedWorld<PidpPlan> {
  readonly databases: Databases;
  readonly patroni: ReadonlyMap<string, Patroni>;
}

const SERVER_MAJOR = 18;
const statefulSets = resourceOf('StatefulSet');
const podsResource = resourceOf('Pod');

export async function openPidp(plan: PidpPlan, options: OpenOptions): Promise<PidpWorld> {
  const clock = options.clock ?? (() => new Date());
  const clusters = [plan.used, plan.unused];
  const databases = new Databases(options.server, databasesOf(plan), [plan.role, 'handrail', 'metabase']);
  const patroni = new Map(clusters.map((one) => [one.name, playedPatroni(one, clock)]));
  const doors = new Map<string, DatabaseDoor>();
  const opened: { cluster?: StandInCluster; programs?: Installed } = {};
  /** Since when the image does not start any more: containers that were started before go on. */
  let brokenSince = Number.POSITIVE_INFINITY;

  const clusterAt = (pod: Pod) =>
    clusters.find(
      (one) => one.members.some((member) => member.name === pod.metadata.name) && one.members.length > 0,
    );
  const store = () => {
    if (!opened.cluster) throw new Error('the world is not open yet');
    return opened.cluster.store;
  };
  let early: StandInCluster['store'] | undefined;
  const objects = () => early ?? store();

  const serviceIsUp = () => {
    const endpoints = objects().get('Endpoints', plan.namespace, plan.used.service);
    const subsets = (endpoints?.['subsets'] ?? []) as { addresses?: unknown[] }[];
    return subsets.some((subset) => (subset.addresses ?? []).length > 0);
  };

  const behaviour = (pod: Pod, container: ContainerSpec): Behaviour => {
    if (container.image === plan.images.empty)
      return { is: 'no image', message: `reading manifest: manifest unknown` };
    const member = clusterAt(pod);
    if (member) {
      const isBroken =
        container.image === plan.images.present && Date.parse(pod.metadata.creationTimestamp) >= brokenSince;
      if (isBroken)
        return {
          is: 'ending',
          exitCode: 1,
          log: CRASH,
          restarts: 23,
          lastEnded: new Date(clock().getTime() - 140_000),
        };
      const played = patroni.get(member.name);
      const isLeader = played?.leader === pod.metadata.name;
      return {
        is: 'running',
        ready: true,
        log: isLeader ? leaderLog(pod.metadata.name) : memberLog(pod.metadata.name, played?.leader),
      };
    }
    if ([plan.api, plan.reports].includes(pod.metadata.labels?.['app'] ?? '')) {
      const isUp = serviceIsUp();
      return {
        is: 'running',
        ready: isUp,
        log: apiLog(isUp, plan.database),
        probe: 'HTTP probe failed with statuscode: 503',
      };
    }
    return { is: 'running', ready: true };
  };

  /** Patroni notices who runs, elects, and writes the role onto the pods. */
  const patroniLooks = () => {
    for (const one of clusters) {
      const played = patroni.get(one.name);
      if (!played) continue;
      const running = (name: string) => {
        const pod = objects().get<Pod>('Pod', plan.namespace, name);
        const container = pod?.spec.containers[0];
        const isRunning =
          container &&
          pod.status.containerStatuses?.[0]?.state.running &&
          !pod.metadata.deletionTimestamp &&
          // One that crashes has a container for a second, and dies before it listens.
          behaviour(pod, container).is === 'running';
        return isRunning ? pod.status.podIP : undefined;
      };
      const changed = played.look(running);
      for (const { name } of one.members) {
        if (running(name) !== undefined) label(objects(), plan, one, name, played.roleOf(name));
      }
      const leader = played.members.find((member) => member.name === played.leader);
      if (changed && leader) {
        for (const manifest of patroniState(plan, one, leader.name, leader.position, one.timeline + 1))
          writeState(objects(), manifest as unknown as Wire);
      }
    }
  };

  const world: World = {
    begin(past) {
      early = past.store;
      makePast(plan, past, clock(), {
        lead: () => {
          for (const one of clusters) patroni.get(one.name)?.begin(one.members[one.leader]?.name ?? '');
          patroniLooks();
        },
        breaks: (at) => {
          for (const { name, position } of plan.used.members)
            patroni.get(plan.used.name)?.place(name, position);
          // Times of objects are in whole seconds.
          brokenSince = Math.floor(at.getTime() / 1000) * 1000;
        },
        look: patroniLooks,
      });
      for (const one of patroni.values()) one.longAgo();
    },
    behaviour,
    changed: () => opened.cluster && patroniLooks(),
    door(pod, port) {
      const member = clusterAt(pod);
      const played = member && patroni.get(member.name);
      if (!member || !played) return undefined;
      const rest = played.port(pod.metadata.name);
      if (rest === undefined) return undefined;
      if (port === 8008) return { host: '127.0.0.1', port: rest };
      const door = doors.get(pod.metadata.name);
      return port === 5432 && door ? { host: '127.0.0.1', port: door.port } : undefined;
    },
    programs: () => (opened.programs ? [opened.programs.folder] : []),
    folders: (pod) => {
      const member = clusterAt(pod);
      return member ? [member.data] : [];
    },
    environment(pod): Record<string, string> {
      const member = clusterAt(pod);
      const name = member ? pod.metadata.name : patroni.get(plan.used.name)?.leader;
      const port = doors.get(name ?? '')?.port;
      return {
        ...databases.environment,
        PGHOST: '127.0.0.1',
        ...(port === undefined ? { PGPORT: '1' } : { PGPORT: String(port) }),
        PGUSER: 'postgres',
        HANDRAIL_STAND_IN_VERSION: `${SERVER_MAJOR}.0`,
        HANDRAIL_VOLUME_KB: String(member ? 10 * 1024 * 1024 : 5 * 1024 * 1024),
        HANDRAIL_VOLUME_USED_KB: String(member ? 1024 * 1024 : 64),
      };
    },
    async prepare() {
      await databases.ready();
    },
  };

  for (const one of patroni.values()) await one.open();
  for (const one of clusters) {
    const played = patroni.get(one.name);
    for (const { name } of one.members) {
      const door = await openDoor(async () =>
        played?.port(name) === undefined
          ? undefined
          : databases.behind({ data: one.data, recovery: played.leader !== name }),
      );
      doors.set(name, door);
    }
  }
  const cluster = await startStandInCluster({
    world,
    clock,
    namespace: plan.namespace,
    stepMs: options.stepMs ?? 1500,
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  opened.cluster = cluster;
  for (const one of patroni.values()) await one.listening();
  const programs = installPrograms(join(cluster.folder, 'bin'), SERVER_MAJOR, options.programs);
  opened.programs = programs;
  return {
    plan,
    cluster,
    databases,
    patroni,
    machinePrograms: programs.machine,
    async close() {
      await cluster.close();
      for (const door of doors.values()) await door.close();
      for (const one of patroni.values()) await one.close();
      await databases.close();
    },
  };
}

function playedPatroni(cluster: ClusterPlan, now: () => Date): Patroni {
  return new Patroni({
    scope: cluster.name,
    version: '2.0.1',
    serverVersion: SERVER_MAJOR * 10_000,
    members: cluster.members,
    timeline: cluster.timeline,
    systemIdentifier: cluster.systemIdentifier,
    now,
  });
}

function label(
  store: StandInCluster['store'],
  plan: PidpPlan,
  cluster: ClusterPlan,
  name: string,
  role: string,
): void {
  const key = roleLabelOf(cluster.style);
  const pod = store.get<Pod>('Pod', plan.namespace, name);
  if (!pod || pod.metadata.labels?.[key] === role) return;
  store.update<Pod>(
    podsResource,
    { namespace: plan.namespace, name },
    { manager: 'Patroni', operation: 'Update' },
    (copy) => {
      copy.metadata.labels = { ...copy.metadata.labels, [key]: role };
    },
  );
}

function writeState(store: StandInCluster['store'], manifest: Wire): void {
  const { name, namespace, annotations } = manifest.metadata;
  store.update(
    resourceOf('ConfigMap'),
    { namespace, name },
    { manager: 'Patroni', operation: 'Update' },
    (copy) => {
      copy.metadata.annotations = { ...copy.metadata.annotations, ...annotations };
    },
  );
}

/** The StatefulSet of the database that is used, for whoever repairs it. */
export function setImage(world: PidpWorld, image: string, manager: string): void {
  const { plan, cluster } = world;
  const at = { namespace: plan.namespace, name: plan.used.name };
  cluster.store.update(statefulSets, at, { manager, operation: 'Update' }, (copy) => {
    const spec = copy['spec'] as { template: { spec: { containers: { image: string }[] } } };
    for (const container of spec.template.spec.containers) container.image = image;
  });
}
