import { AppsV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { patroniActions } from '../../../src/actions/patroni/index.ts';
import { freePorts } from '../../support/control-plane/ports.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { NAMESPACE, type Stage, startStage } from '../../support/pod-stage.ts';
import { describeWith } from '../../support/requirements.ts';
import { leader, listed, replica, type StandIn, startStandIn } from './stand-in.ts';

interface Cluster {
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
const cluster = action<ReadingAction<unknown, Cluster>>('patroni.cluster');
const members = action<ReadingAction<unknown, { members: Record<string, unknown>[] }>>('patroni.members');

const NAMES = ['prod-patroni-0', 'prod-patroni-1', 'prod-patroni-2'];

describeWith(
  ['controlPlane'],
  'a Patroni cluster (stand-in for its REST API) on real Kubernetes objects',
  () => {
    let stage: Stage;
    let port: number;
    let standIns: StandIn[];
    let apps: AppsV1Api;

    const makeSet = async (name: string, replicas: number) => {
      const labels = { app: 'patroni', cluster: name };
      return await apps.createNamespacedStatefulSet({
        namespace: NAMESPACE,
        body: {
          metadata: { name },
          spec: {
            replicas,
            serviceName: name,
            selector: { matchLabels: labels },
            template: {
              metadata: { labels },
              spec: { containers: [{ name: 'main', image: 'example/patroni:1' }] },
            },
          },
        },
      });
    };
    const makeService = async (name: string, selector?: Record<string, string>) => {
      await stage.core.createNamespacedService({
        namespace: NAMESPACE,
        body: { metadata: { name }, spec: { ...(selector ? { selector } : {}), ports: [{ port: 5432 }] } },
      });
    };

    beforeAll(async () => {
      port = (await freePorts(1))[0] ?? 0;
      stage = await startStage();
      apps = stage.config.makeApiClient(AppsV1Api);
      const set = await makeSet('prod-patroni', 3);
      standIns = await Promise.all(
        NAMES.map((name, index) => startStandIn(name, `127.0.0.${21 + index}`, port)),
      );
      const owner = {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        name: 'prod-patroni',
        uid: set.metadata?.uid ?? '',
        controller: true,
      };
      await Promise.all(
        standIns.map(({ name, ip }) =>
          stage.addPod(name, {
            metadata: {
              labels: {
                app: 'patroni',
                cluster: 'prod-patroni',
                role: name === NAMES[0] ? 'master' : 'replica',
              },
              ownerReferences: [owner],
            },
            annotations: { 'pod-ip': ip },
            containers: [
              { name: 'main', image: 'example/patroni:1', ports: [{ name: 'patroni', containerPort: port }] },
            ],
          }),
        ),
      );
      await makeSet('crunchy-db', 1);
      await makeService('prod-patroni', { cluster: 'prod-patroni', role: 'master' });
      await makeService('prod-patroni-primary', { cluster: 'prod-patroni', role: 'primary' });
      await makeService('lonely', { app: 'nobody' });
      await makeService('managed');
      await stage.core.createNamespacedEndpoints({
        namespace: NAMESPACE,
        body: {
          metadata: { name: 'managed' },
          subsets: [
            {
              addresses: [
                { ip: '10.1.1.1', targetRef: { kind: 'Pod', name: NAMES[1] ?? '', namespace: NAMESPACE } },
              ],
              ports: [{ port: 5432 }],
            },
          ],
        },
      });
    });
    afterAll(async () => {
      await Promise.all([stage?.stop(), ...(standIns ?? []).map((one) => one.stop())]);
    });

    beforeEach(() => {
      const healthy = {
        members: [listed(NAMES[0]!, 'leader'), listed(NAMES[1]!, 'replica'), listed(NAMES[2]!, 'replica')],
      };
      for (const one of standIns) one.state.cluster = healthy;
      standIns[0]!.state.patroni = leader(0x5000148);
      standIns[1]!.state.patroni = replica(0x5000148, 0x5000148);
      standIns[2]!.state.patroni = replica(0x5000148, 0x5000148);
    });

    const direct = {
      podAddress: ({ ip, port: at }: { ip: string; port: number }) => ({ host: ip, port: at }),
    };
    const look = async (
      params: object = { service: 'prod-patroni' },
      reach: object = direct,
    ): Promise<Cluster> => {
      const call = stage.call(params);
      const seen = await cluster.run({ ...call, reach: { ...call.reach, ...reach } } as never);
      expect(cluster.output.parse(seen)).toEqual(seen);
      return seen;
    };
    const list = async () => {
      const call = stage.call({ statefulset: 'prod-patroni' });
      const seen = await members.run({ ...call, reach: { ...call.reach, ...direct } } as never);
      expect(members.output.parse(seen)).toEqual(seen);
      return seen.members;
    };

    const HEALTHY = {
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

    it('sees a healthy one directly and by port-forward, from the Service of its leader or its StatefulSet', async () => {
      expect(await look()).toEqual(HEALTHY);
      expect(await look({ statefulset: 'prod-patroni' })).toEqual(HEALTHY);
      expect(await look({ service: 'prod-patroni' }, { podAddress: () => undefined })).toEqual(HEALTHY);
    });

    it('finds the members behind a Service without selector, and one that selects nobody', async () => {
      expect(await look({ service: 'managed' })).toEqual(HEALTHY);
      expect(await look({ service: 'prod-patroni-primary' })).toEqual({
        ...HEALTHY,
        unknowns: [
          'no pod carries the labels that Service prod-patroni-primary selects (cluster=prod-patroni,role=primary)',
        ],
      });
      await expect(look({ service: 'lonely' })).rejects.toThrow(/No StatefulSet is behind Service lonely/);
      await expect(look({ service: 'nowhere' })).rejects.toThrow(
        /no Service and no StatefulSet named nowhere/,
      );
      await expect(look({})).rejects.toThrow(/Name its Service or its StatefulSet/);
    });

    it('takes the only Patroni cluster of handrail.yaml when nothing is named', async () => {
      const database = {
        name: 'main',
        statefulset: 'prod-patroni',
        kind: 'patroni' as const,
        databases: ['app'],
        backups: [],
        personalData: true,
      };
      const system = {
        id: 's',
        title: 'S',
        namespace: NAMESPACE,
        workloads: [],
        databases: [database],
        docs: [],
        dependencies: [],
        contacts: [],
        runbooks: [],
      };
      expect(await look({}, { ...direct, catalog: { systems: [system] } })).toEqual(HEALTHY);
    });

    it('counts what is not applied, which the listing hides', async () => {
      standIns[1]!.state.patroni = replica(0x5000148, 0x5000148 - 22 * 1024 * 1024);
      const seen = await look();
      expect(seen.max_lag_bytes).toBe(22 * 1024 * 1024);
      expect(seen.words[1]).toMatch(/applied up to 0\/3A00148, 22 MiB behind/);
    });

    it('compares positions beyond 32 bits as numbers, not as text', async () => {
      standIns[0]!.state.patroni = leader(2 ** 36 + 0x10);
      standIns[1]!.state.patroni = replica(2 ** 36 - 0x10, 2 ** 36 - 0x10);
      standIns[2]!.state.patroni = replica(2 ** 36 + 0x20, 2 ** 36 + 0x20);
      const [first, second, third] = await list();
      expect(first).toMatchObject({ role: 'leader', wal_position: '10/10', lag_bytes: 0 });
      expect(second).toMatchObject({ role: 'replica', wal_position: 'F/FFFFFFF0', lag_bytes: 0x20 });
      // Asked a moment later than the leader: ahead of it, which is no negative lag.
      expect(third).toMatchObject({ wal_position: '10/20', lag_bytes: 0 });
    });

    it('knows a leader by each of its names, and a streaming replica as running', async () => {
      for (const role of ['master', 'primary', 'leader']) {
        standIns[0]!.state.patroni = leader(0x5000148, 1, { role });
        standIns[1]!.state.patroni = replica(0x5000148, 0x5000148, 1, { state: 'streaming' });
        expect(await look()).toMatchObject({ leaders: 1, leader: 'prod-patroni-0', not_running: [] });
      }
    });

    it('counts leaders by what they say, not by the listing', async () => {
      standIns[1]!.state.patroni = leader(0x5000100, 2);
      const split = await look();
      expect(split).toMatchObject({ leaders: 2, timelines: 2 });
      expect(split.leader).toBeUndefined();
      expect(split.unknowns).toContain('prod-patroni-0 and prod-patroni-1 each say that they lead');
      expect(split.unknowns).toContain('Patroni lists prod-patroni-1 as replica; itself it says leader');
      standIns[0]!.state.patroni = replica(0x5000148, 0x5000148, 1, { cluster_unlocked: true });
      standIns[1]!.state.patroni = replica(0x5000100, 0x5000100, 1, { cluster_unlocked: true });
      const headless = await look();
      expect(headless).toMatchObject({ leaders: 0, max_lag_bytes: 0x48 });
      expect(headless.unknowns).toContain('Patroni lists prod-patroni-0 as leader; itself it says replica');
    });

    it('names the member that vanished from the listing', async () => {
      for (const one of standIns)
        one.state.cluster = { members: [listed(NAMES[0]!, 'leader'), listed(NAMES[1]!, 'replica')] };
      expect(await look()).toMatchObject({
        expected: 3,
        members: 2,
        missing: ['prod-patroni-2'],
        unknowns: ['prod-patroni-2 answers, but Patroni does not list it'],
      });
    });

    it('knows a member that is not named after its pod by its address, unless that is shared', async () => {
      const entry = (index: number, host: string) => ({
        ...listed(`pg${index}`, index === 0 ? 'leader' : 'replica'),
        host,
      });
      for (const one of standIns)
        one.state.cluster = { members: standIns.map(({ ip }, index) => entry(index, ip)) };
      expect(await look()).toEqual(HEALTHY);
      for (const one of standIns)
        one.state.cluster = { members: standIns.map((_, index) => entry(index, '127.0.0.21')) };
      expect(await look()).toMatchObject({ missing: NAMES, leaders: 1 });
    });

    it('takes a stopping member without positions, and a stopped one in the listing', async () => {
      standIns[2]!.state.patroni = { state: 'stopping', role: 'replica', server_version: 150020 };
      for (const one of standIns)
        one.state.cluster = {
          members: [
            listed(NAMES[0]!, 'leader'),
            listed(NAMES[1]!, 'replica'),
            listed(NAMES[2]!, 'replica', 'unknown', 'stopped'),
          ],
          pause: true,
        };
      const seen = await look();
      expect(seen).toMatchObject({
        not_running: ['prod-patroni-2'],
        paused: true,
        missing: [],
        unknowns: [],
      });
      expect(seen.words[2]).toBe('prod-patroni-2: replica, stopping');
    });

    it('waits for a hanging member and a hanging store once, side by side, and says what it could not see', async () => {
      for (const one of standIns) one.state.cluster = 'hang';
      standIns[1]!.state.patroni = 'hang';
      standIns[2]!.state.patroni = '<html>Internal error</html>';
      const seen = await look();
      expect(seen).toMatchObject({ reachable: 1, members: 1, leaders: 1, not_running: [], missing: [] });
      expect(seen.unknowns).toEqual([
        "Patroni's listing could not be read: its store (etcd or the Kubernetes API) may hang",
        'prod-patroni-1 does not answer (no answer within 3 s), though its pod is ready: it may even lead',
        expect.stringMatching(
          /^prod-patroni-2 does not answer \(what it answers is not what Patroni answers/,
        ),
      ]);
    });

    it('says when the members are not copies of one database', async () => {
      standIns[2]!.state.patroni = replica(1, 1, 1, { database_system_identifier: '7710281048170509836' });
      expect((await look()).unknowns).toEqual([
        'the members are not copies of one database: their system identifiers differ',
      ]);
    });

    it('tells a crash-looping member, one without a pod, and one whose port nobody listens on, by the pods', async () => {
      const set = await makeSet('broken', 3);
      const wish = (index: number, annotations: Record<string, string>) => ({
        metadata: {
          labels: { app: 'patroni', cluster: 'broken' },
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'StatefulSet',
              name: 'broken',
              uid: set.metadata?.uid ?? '',
              controller: true,
            },
          ],
        },
        annotations: { 'pod-ip': `127.0.0.${31 + index}`, ...annotations },
        containers: [
          { name: 'main', image: 'example/patroni:1', ports: [{ name: 'patroni', containerPort: port }] },
        ],
        untilRunning: false,
      });
      await stage.addPod('broken-0', wish(0, { run: 'echo "No module named yaml" >&2; exit 1' }));
      await stage.addPod('broken-1', wish(1, { ready: 'false' }));
      await waitUntil('broken-0 crash-loops', async () => {
        const pod = await stage.core.readNamespacedPod({ name: 'broken-0', namespace: NAMESPACE });
        return pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff';
      });
      await waitUntil('broken-1 runs', async () => {
        const pod = await stage.core.readNamespacedPod({ name: 'broken-1', namespace: NAMESPACE });
        return pod.status?.phase === 'Running';
      });
      for (const reach of [direct, { podAddress: () => undefined }]) {
        const seen = await look({ statefulset: 'broken' }, reach);
        expect(seen).toMatchObject({
          reachable: 0,
          expected: 3,
          members: 0,
          leaders: 0,
          not_running: ['broken-0', 'broken-1', 'broken-2'],
          missing: ['broken-2'],
        });
        expect(seen.words[0]).toMatch(/^broken-0: CrashLoopBackOff, does not answer/);
        expect(seen.words[1]).toMatch(
          /^broken-1: Running, does not answer \(nothing listens on its REST port\)/,
        );
        expect(seen.words[2]).toBe('broken-2: no pod');
      }
      const call = stage.call({ statefulset: 'broken' });
      const { members: shown } = await members.run({ ...call, reach: { ...call.reach, ...direct } } as never);
      expect(shown).toEqual([
        { name: 'broken-0', role: 'unknown', state: 'CrashLoopBackOff', ready: false },
        { name: 'broken-1', role: 'unknown', state: 'Running', ready: false },
        { name: 'broken-2', role: 'unknown', state: 'no pod', ready: false },
      ]);
    });

    it('prints commands with real names, whatever is missing', () => {
      expect(cluster.byHand({ statefulset: 'prod-patroni' }, NAMESPACE)).toContain(
        'kubectl -n shop exec prod-patroni-0 -- patronictl list',
      );
      expect(cluster.byHand({}, NAMESPACE).join('\n')).toContain('<statefulset>');
      expect(members.byHand({ service: 'x y' }, NAMESPACE).length).toBeGreaterThan(0);
    });
  },
);
