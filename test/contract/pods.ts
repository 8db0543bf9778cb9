// The contract: pods and their controllers: running, crashing, waiting for an image, Services, StatefulSets, deletion.
import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { ask, clients, MERGE, STRATEGIC } from './asking.ts';
import { behaves, type Subject } from './subjects.ts';
import {
  APPS,
  CORE,
  deployed,
  isReady,
  logFrom,
  nameOf,
  podsWhere,
  type Shape,
  workload,
} from './workloads.ts';

const waits = (reason: string) => (pod: V1Pod) =>
  pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === reason;

export function pods(cluster: () => Subject): void {
  describe('pods', () => {
    const deploy = (name: string, shape: Shape, condition = isReady) =>
      deployed(cluster(), name, shape, condition);
    const logOf = (pod: string, options = {}) => logFrom(cluster(), pod, options);

    it('run, with owner, node, address and image', async () => {
      const { core, apps } = clients(cluster().config);
      const runner = nameOf((await deploy('runner', {}))[0]);
      const pod = await core.readNamespacedPod({ namespace: 'default', name: runner });
      expect(pod.status).toMatchObject({
        phase: 'Running',
        containerStatuses: [{ ready: true, restartCount: 0, started: true }],
      });
      expect(pod.status?.podIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect(pod.status?.containerStatuses?.[0]?.image).toBe('docker.io/shop/web:1');
      expect(pod.status?.containerStatuses?.[0]?.imageID).toMatch(
        /^docker\.io\/shop\/web@sha256:[0-9a-f]{64}$/,
      );
      expect(pod.spec?.nodeName).toBeTruthy();
      const owner = pod.metadata?.ownerReferences?.[0];
      expect(owner).toMatchObject({ kind: 'ReplicaSet', controller: true });
      const set = await apps.readNamespacedReplicaSet({ namespace: 'default', name: owner?.name ?? '' });
      expect(set.metadata?.ownerReferences?.[0]).toMatchObject({ kind: 'Deployment', name: 'runner' });
      expect(set.metadata?.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
      const live = await waitUntil('the deployment reports it', async () => {
        const seen = await apps.readNamespacedDeployment({ namespace: 'default', name: 'runner' });
        return seen.status?.availableReplicas === 1 ? seen : undefined;
      });
      expect(live.status).toMatchObject({ replicas: 1, readyReplicas: 1, updatedReplicas: 1 });
      expect(live.status?.conditions).toContainEqual(
        expect.objectContaining({ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' }),
      );
    });

    it('crash in a loop: exit code, last state, previous log, events by field', async () => {
      const lines = ['starting', "ModuleNotFoundError: No module named 'yaml'"];
      const annotations = behaves.crashing(lines, 1);
      const [pod] = await deploy('crash', { annotations }, waits('CrashLoopBackOff'));
      const status = pod?.status?.containerStatuses?.[0];
      expect(status).toMatchObject({ ready: false, restartCount: 1 });
      expect(status?.state?.waiting?.message).toMatch(
        /^back-off 10s restarting failed container=main pod=crash-.*_default\(/,
      );
      expect(status?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
      expect(pod?.status?.phase).toBe('Running');
      expect(pod?.status?.conditions).toContainEqual(
        expect.objectContaining({ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }),
      );
      expect((await logOf(nameOf(pod), { previous: true })).trim().split('\n')).toEqual(lines);
      const { core } = clients(cluster().config);
      const { items } = await waitUntil('the event is there', async () => {
        const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${nameOf(pod)},type=Warning,reason=BackOff`;
        const events = await core.listNamespacedEvent({ namespace: 'default', fieldSelector });
        return events.items.length > 0 ? events : undefined;
      });
      expect(items[0]?.message).toMatch(/^Back-off restarting failed container/);
      expect(items[0]?.source?.component).toBe('kubelet');
    });

    it('wait for an image until it is corrected; a rollout keeps the old ReplicaSet', async () => {
      const annotations = behaves.withoutImage('registry.example/web:typo');
      const [pod] = await deploy(
        'pull',
        { image: 'registry.example/web:typo', annotations },
        waits('ImagePullBackOff'),
      );
      expect(pod?.status?.phase).toBe('Pending');
      expect(pod?.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(
        'Back-off pulling image "registry.example/web:typo"',
      );
      const { body } = await ask(cluster().config, 'GET', `${CORE}/pods/${nameOf(pod)}/log`);
      expect(body.message).toMatch(
        /is waiting to start: (trying and failing to pull image|image can't be pulled)$/,
      );
      const containers = [{ name: 'main', image: 'registry.example/web:2' }];
      await ask(
        cluster().config,
        'PATCH',
        `${APPS}/deployments/pull`,
        { spec: { template: { spec: { containers } } } },
        STRATEGIC,
      );
      await podsWhere(cluster(), 'pull', 1);
      const { apps } = clients(cluster().config);
      const sets = (await apps.listNamespacedReplicaSet({ namespace: 'default', labelSelector: 'app=pull' }))
        .items;
      const images = sets
        .sort(
          (a, b) =>
            Number(a.metadata?.annotations?.['deployment.kubernetes.io/revision']) -
            Number(b.metadata?.annotations?.['deployment.kubernetes.io/revision']),
        )
        .map((one) => [one.spec?.template?.spec?.containers[0]?.image, one.spec?.replicas]);
      expect(images).toEqual([
        ['registry.example/web:typo', 0],
        ['registry.example/web:2', 1],
      ]);
    });

    it('stand behind a Service only while they are ready', async () => {
      const [pod] = await deploy('unready', { annotations: behaves.unready }, (one) =>
        Boolean(one.status?.containerStatuses?.[0]?.state?.running),
      );
      const service = {
        metadata: { name: 'unready' },
        spec: { selector: { app: 'unready' }, ports: [{ port: 80, targetPort: 8080 }] },
      };
      expect((await ask(cluster().config, 'POST', `${CORE}/services`, service)).code).toBe(201);
      const subsets = () =>
        ask(cluster().config, 'GET', `${CORE}/endpoints/unready`).then(({ body }) => body.subsets?.[0]);
      const before = await waitUntil('the endpoints are written', subsets);
      expect(before.addresses).toBeUndefined();
      expect(before.notReadyAddresses[0].targetRef.name).toBe(nameOf(pod));
      expect(before.ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
      const annotations = { 'handrail.test/ready': 'true', 'stand-in.handrail.dev/ready': 'true' };
      await ask(
        cluster().config,
        'PATCH',
        `${CORE}/pods/${nameOf(pod)}`,
        { metadata: { annotations } },
        MERGE,
      );
      await waitUntil('it is ready there', async () => (await subsets())?.addresses?.length === 1);
    });

    it('of a StatefulSet come in order with their numbers and revisions', async () => {
      const set = workload('member', { replicas: 2, spec: { serviceName: 'member' } });
      expect((await ask(cluster().config, 'POST', `${APPS}/statefulsets`, set)).code).toBe(201);
      const members = await podsWhere(cluster(), 'member', 2);
      expect(members.map(nameOf).sort()).toEqual(['member-0', 'member-1']);
      const first = members.map((pod) => pod.metadata?.labels?.['controller-revision-hash']);
      expect(new Set(first).size).toBe(1);
      expect(members[0]?.metadata?.labels?.['statefulset.kubernetes.io/pod-name']).toBe(nameOf(members[0]));
      const containers = [{ name: 'main', image: 'shop/web:2' }];
      await ask(
        cluster().config,
        'PATCH',
        `${APPS}/statefulsets/member`,
        { spec: { template: { spec: { containers } } } },
        STRATEGIC,
      );
      const second = await podsWhere(
        cluster(),
        'member',
        2,
        (pod) => isReady(pod) && pod.spec?.containers[0]?.image === 'shop/web:2',
      );
      expect(second[0]?.metadata?.labels?.['controller-revision-hash']).not.toBe(first[0]);
      expect(
        (await ask(cluster().config, 'GET', `${APPS}/controllerrevisions?labelSelector=app=member`)).body
          .items,
      ).toHaveLength(2);
      const forbidden = await ask(
        cluster().config,
        'PATCH',
        `${APPS}/statefulsets/member`,
        { spec: { serviceName: 'other' } },
        MERGE,
      );
      expect(forbidden).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
    });

    it('end when they are deleted, by grace or at once', async () => {
      const { core } = clients(cluster().config);
      const uid = (await core.readNamespacedPod({ namespace: 'default', name: 'member-1' })).metadata?.uid;
      const wrong = await ask(cluster().config, 'DELETE', `${CORE}/pods/member-1`, {
        preconditions: { uid: 'x' },
      });
      expect(wrong).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
      const gone = await ask(cluster().config, 'DELETE', `${CORE}/pods/member-1`, { gracePeriodSeconds: 1 });
      expect(gone).toMatchObject({
        code: 200,
        body: { kind: 'Pod', metadata: { deletionGracePeriodSeconds: 1 } },
      });
      await waitUntil('another one is there', async () => {
        const { items } = await core.listNamespacedPod({
          namespace: 'default',
          fieldSelector: 'metadata.name=member-1',
        });
        return items.some((pod) => pod.metadata?.uid !== uid && isReady(pod));
      });
      const [pod] = (
        await core.listNamespacedPod({ namespace: 'default', fieldSelector: 'metadata.name=member-0' })
      ).items;
      const onNode = await core.listNamespacedPod({
        namespace: 'default',
        fieldSelector: `spec.nodeName=${pod?.spec?.nodeName}`,
      });
      expect(onNode.items.map(nameOf)).toContain('member-0');
    });
  });
}
