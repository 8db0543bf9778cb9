import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { NAMESPACE } from '../../support/pod-stage.ts';
import { describeWith } from '../../support/requirements.ts';
import { direct, HEALTHY, NAMES, type PatroniStage, startPatroniStage } from './patroni-stage.ts';

describeWith(
  ['controlPlane'],
  'finding the members of a Patroni cluster among real Kubernetes objects',
  () => {
    let at: PatroniStage;
    beforeAll(async () => {
      at = await startPatroniStage();
      await at.makeSet('crunchy-db', 1);
      await at.makeService('prod-patroni', { cluster: 'prod-patroni', role: 'master' });
      await at.makeService('prod-patroni-primary', { cluster: 'prod-patroni', role: 'primary' });
      await at.makeService('lonely', { app: 'nobody' });
      await at.makeService('managed');
      const targetRef = { kind: 'Pod', name: NAMES[1], namespace: NAMESPACE };
      await at.stage.core.createNamespacedEndpoints({
        namespace: NAMESPACE,
        body: {
          metadata: { name: 'managed' },
          subsets: [{ addresses: [{ ip: '10.1.1.1', targetRef }], ports: [{ port: 5432 }] }],
        },
      });
    });
    afterAll(async () => {
      await at?.stop();
    });
    beforeEach(() => at.reset());

    it('goes from the Service of its leader or its StatefulSet, directly and by port-forward', async () => {
      expect(await at.look({ service: 'prod-patroni' })).toEqual(HEALTHY);
      expect(await at.look({ statefulset: 'prod-patroni' })).toEqual(HEALTHY);
      expect(await at.look({ service: 'prod-patroni' }, { podAddress: () => undefined })).toEqual(HEALTHY);
    });

    it('finds the members behind a Service without selector, and one that selects nobody', async () => {
      expect(await at.look({ service: 'managed' })).toEqual(HEALTHY);
      expect(await at.look({ service: 'prod-patroni-primary' })).toEqual({
        ...HEALTHY,
        unknowns: [
          'no pod carries the labels that Service prod-patroni-primary selects (cluster=prod-patroni,role=primary)',
        ],
      });
      await expect(at.look({ service: 'lonely' })).rejects.toThrow(/No StatefulSet is behind Service lonely/);
      await expect(at.look({ service: 'nowhere' })).rejects.toThrow(
        /no Service and no StatefulSet named nowhere/,
      );
      await expect(at.look({})).rejects.toThrow(/Name its Service or its StatefulSet/);
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
      expect(await at.look({}, { ...direct, catalog: { systems: [system] } })).toEqual(HEALTHY);
    });

    it('tells a crash-looping member, one whose port nobody listens on, and one without a pod, by the pods', async () => {
      const set = await at.makeSet('broken', 3);
      const pod = (ip: string, annotations: Record<string, string>) =>
        at.podOf(set, ip, { annotations, untilRunning: false });
      await at.stage.addPod(
        'broken-0',
        pod('127.0.0.31', { run: 'echo "No module named yaml" >&2; exit 1' }),
      );
      await at.stage.addPod('broken-1', pod('127.0.0.32', { ready: 'false' }));
      const status = async (name: string) =>
        (await at.stage.core.readNamespacedPod({ name, namespace: NAMESPACE })).status;
      await waitUntil('broken-0 crash-loops', async () => {
        const [container] = (await status('broken-0'))?.containerStatuses ?? [];
        return container?.state?.waiting?.reason === 'CrashLoopBackOff';
      });
      await waitUntil('broken-1 runs', async () => (await status('broken-1'))?.phase === 'Running');
      for (const reach of [direct, { podAddress: () => undefined }]) {
        const seen = await at.look({ statefulset: 'broken' }, reach);
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
          /^broken-1: does not answer \(nothing listens on port \d+ of pod broken-1\)/,
        );
        expect(seen.words[2]).toBe('broken-2: no pod');
      }
      expect(await at.members({ statefulset: 'broken' })).toEqual([
        { name: 'broken-0', role: 'unknown', state: 'not running (crashes: exit code 1)', ready: false },
        { name: 'broken-1', role: 'unknown', state: 'no answer', ready: false },
        { name: 'broken-2', role: 'unknown', state: 'no pod', ready: false },
      ]);
    });
  },
);
