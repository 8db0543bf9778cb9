// A Patroni cluster for tests: three real pods of a real StatefulSet object, each with a stand-in for its REST API.
import { AppsV1Api, type V1StatefulSet } from '@kubernetes/client-node';
import { expect } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { patroniActions } from '../../../src/actions/patroni/index.ts';
import type { Reach } from '../../../src/actions/reach.ts';
import { freePorts } from '../../support/control-plane/ports.ts';
import { NAMESPACE, type PodWish, type Stage, startStage } from '../../support/pod-stage.ts';
import { leader, listed, replica, type StandIn, startStandIn } from './stand-in.ts';

export interface ClusterSeen {
  reachable: number;
  expected: number;
  members: number;
  leaders: number;
  leader?: string;
  not_running: string[];
  missing: string[];
  timelines: number;
  max_lag_bytes: number;
  paused: boolean;
  statefulset: string;
  unknowns: string[];
  words: string[];
}

const action = <T>(name: string): T => patroniActions.find((a) => a.name === name) as unknown as T;
export const cluster = action<ReadingAction<unknown, ClusterSeen>>('patroni.cluster');
export const members =
  action<ReadingAction<unknown, { members: Record<string, unknown>[] }>>('patroni.members');

export const NAMES = ['prod-patroni-0', 'prod-patroni-1', 'prod-patroni-2'] as const;

/** What `patroni.cluster` says of the cluster as `reset` leaves it. */
export const HEALTHY: ClusterSeen = {
  reachable: 3,
  expected: 3,
  members: 3,
  leaders: 1,
  leader: 'prod-patroni-0',
  not_running: [],
  missing: [],
  timelines: 1,
  max_lag_bytes: 0,
  paused: false,
  statefulset: 'prod-patroni',
  unknowns: [],
  words: [
    'prod-patroni-0: leader, running, timeline 1, written up to 0/5000148',
    'prod-patroni-1: replica, running, timeline 1, applied up to 0/5000148, nothing behind',
    'prod-patroni-2: replica, running, timeline 1, applied up to 0/5000148, nothing behind',
  ],
};

/** Members reached at their own addresses, as a bot inside the cluster does. */
export const direct: Pick<Reach, 'podAddress'> = { podAddress: ({ ip, port }) => ({ host: ip, port }) };

export interface PatroniStage {
  readonly stage: Stage;
  readonly standIns: readonly [StandIn, StandIn, StandIn];
  makeSet(name: string, replicas: number): Promise<V1StatefulSet>;
  /** A pod of a set at `ip`. */
  podOf(set: V1StatefulSet, ip: string, more?: Partial<PodWish>): Partial<PodWish>;
  makeService(name: string, selector?: Record<string, string>): Promise<void>;
  /** Everybody well again. */
  reset(): void;
  /** What every member answers to /cluster. */
  list(answer: object | string): void;
  look(params?: object, reach?: Partial<Reach>): Promise<ClusterSeen>;
  members(params?: object): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startPatroniStage(): Promise<PatroniStage> {
  const port = (await freePorts(1))[0] ?? 0;
  const stage = await startStage();
  const apps = stage.config.makeApiClient(AppsV1Api);
  const containers = [
    { name: 'main', image: 'example/patroni:1', ports: [{ name: 'patroni', containerPort: port }] },
  ];

  const makeSet = async (name: string, replicas: number) => {
    const labels = { app: 'patroni', cluster: name };
    const template = { metadata: { labels }, spec: { containers } };
    const spec = { replicas, serviceName: name, selector: { matchLabels: labels }, template };
    return await apps.createNamespacedStatefulSet({
      namespace: NAMESPACE,
      body: { metadata: { name }, spec },
    });
  };
  const podOf = (set: V1StatefulSet, ip: string, more: Partial<PodWish> = {}): Partial<PodWish> => {
    const { name = '', uid = '' } = set.metadata ?? {};
    return {
      metadata: {
        labels: { app: 'patroni', cluster: name, ...more.metadata?.labels },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid, controller: true }],
      },
      containers,
      untilRunning: more.untilRunning ?? true,
      annotations: { 'pod-ip': ip, ...more.annotations },
    };
  };

  const set = await makeSet('prod-patroni', 3);
  const begin = (index: 0 | 1 | 2) => startStandIn(NAMES[index], `127.0.0.${21 + index}`, port);
  const standIns = await Promise.all([begin(0), begin(1), begin(2)]);
  await Promise.all(
    standIns.map(({ name, ip }) => {
      const role = name === NAMES[0] ? 'master' : 'replica';
      return stage.addPod(name, podOf(set, ip, { metadata: { labels: { role } } }));
    }),
  );
  const list = (answer: object | string) => {
    for (const one of standIns) one.state.cluster = answer;
  };
  return {
    stage,
    standIns,
    makeSet,
    podOf,
    async makeService(name, selector) {
      const spec = { ...(selector ? { selector } : {}), ports: [{ port: 5432 }] };
      await stage.core.createNamespacedService({ namespace: NAMESPACE, body: { metadata: { name }, spec } });
    },
    list,
    reset() {
      for (const one of standIns) one.state.history = [];
      list({
        members: [listed(NAMES[0], 'leader'), listed(NAMES[1], 'replica'), listed(NAMES[2], 'replica')],
      });
      standIns[0].state.patroni = leader(0x5000148);
      standIns[1].state.patroni = replica(0x5000148, 0x5000148);
      standIns[2].state.patroni = replica(0x5000148, 0x5000148);
    },
    async look(params = { statefulset: 'prod-patroni' }, reach = direct) {
      const call = stage.call(params);
      const seen = await cluster.run({ ...call, reach: { ...call.reach, ...reach } });
      expect(cluster.output.parse(seen)).toEqual(seen);
      return seen;
    },
    async members(params = { statefulset: 'prod-patroni' }) {
      const call = stage.call(params);
      const seen = await members.run({ ...call, reach: { ...call.reach, ...direct } });
      expect(members.output.parse(seen)).toEqual(seen);
      return seen.members;
    },
    async stop() {
      await Promise.all([stage.stop(), ...standIns.map((one) => one.stop())]);
    },
  };
}
