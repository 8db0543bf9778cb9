// The contract: whose an address is: pods by address in every namespace, ReplicaSets by revision, networks of nodes.
import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { ask, clients, MERGE, STRATEGIC } from './asking.ts';
import type { Subject } from './subjects.ts';
import { APPS, deployed, nameOf, podsWhere } from './workloads.ts';

export function clientOwners(cluster: () => Subject): void {
  describe('owners of addresses', () => {
    const REVISION = 'deployment.kubernetes.io/revision';

    it('a pod is found by its address in all namespaces, and an address that no pod has finds none', async () => {
      const { core } = clients(cluster().config);
      const [pod] = await deployed(cluster(), 'addressed', {});
      const ip = pod?.status?.podIP ?? '';
      expect(pod?.status?.podIPs).toEqual([{ ip }]);
      const at = async (address: string) =>
        (await core.listPodForAllNamespaces({ fieldSelector: `status.podIP=${address}` })).items.map(nameOf);
      expect(await at(ip)).toContain(nameOf(pod));
      expect(await at('192.0.2.77')).toEqual([]);
      const { items, metadata } = await core.listPodForAllNamespaces({ limit: 1 });
      expect(items.length).toBe(1);
      const more = await core.listPodForAllNamespaces({ limit: 500 });
      expect(metadata?._continue !== undefined && metadata._continue !== '').toBe(more.items.length > 1);
    });

    it('ReplicaSets of a Deployment are numbered, and a rollback gives the old one the next number', async () => {
      const { apps } = clients(cluster().config);
      const images = async () => {
        const { items } = await apps.listNamespacedReplicaSet({ namespace: 'default' });
        const own = items.filter((set) =>
          set.metadata?.ownerReferences?.some(
            ({ kind, name, controller }) => kind === 'Deployment' && name === 'turned' && controller,
          ),
        );
        return Object.fromEntries(
          own.map((set) => [
            set.spec?.template?.spec?.containers[0]?.image,
            set.metadata?.annotations?.[REVISION],
          ]),
        );
      };
      const roll = async (image: string) => {
        const containers = [{ name: 'main', image }];
        const patch = { spec: { template: { spec: { containers } } } };
        await ask(cluster().config, 'PATCH', `${APPS}/deployments/turned`, patch, STRATEGIC);
        await podsWhere(cluster(), 'turned', 1, (pod) => pod.spec?.containers[0]?.image === image);
      };
      const [first] = await deployed(cluster(), 'turned', { image: 'shop/web:1' });
      const set = first?.metadata?.ownerReferences?.[0];
      expect(set).toMatchObject({ kind: 'ReplicaSet', controller: true });
      await roll('shop/web:2');
      expect(await images()).toEqual({ 'shop/web:1': '1', 'shop/web:2': '2' });
      await roll('shop/web:1');
      await waitUntil(
        'the old ReplicaSet has the next number',
        async () => {
          const { 'shop/web:1': old, 'shop/web:2': newer } = await images();
          return old === '3' && newer === '2';
        },
        { seconds: 40 },
      );
      const [again] = await podsWhere(cluster(), 'turned', 1);
      expect(again?.metadata?.ownerReferences?.[0]?.uid).toBe(set?.uid);
    });

    it('a pod that has failed keeps its address, and its ReplicaSet makes another one', async () => {
      const { core } = clients(cluster().config);
      const [pod] = await deployed(cluster(), 'evicted', {});
      const name = nameOf(pod);
      const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
      const path = `/api/v1/namespaces/default/pods/${name}/status`;
      expect((await ask(cluster().config, 'PATCH', path, { status }, MERGE)).code).toBe(200);
      const others = await waitUntil('another pod is there', async () => {
        const { items } = await core.listNamespacedPod({
          namespace: 'default',
          labelSelector: 'app=evicted',
        });
        return items.length > 1 ? items : undefined;
      });
      const failed = others.find((one) => nameOf(one) === name);
      expect(failed?.status).toMatchObject({ ...status, podIP: pod?.status?.podIP });
      expect(failed?.metadata?.ownerReferences).toEqual(pod?.metadata?.ownerReferences);
    });

    it('nodes say their addresses, and the networks of their pods where they were given', async () => {
      const { core } = clients(cluster().config);
      const { items } = await core.listNode();
      expect(items.length).toBeGreaterThan(0);
      for (const node of items) expect(node.status?.addresses?.length).toBeGreaterThan(0);
      const networks = { podCIDR: '10.250.7.0/24', podCIDRs: ['10.250.7.0/24'] };
      const spec = { ...networks, unschedulable: true };
      await core.createNode({ body: { metadata: { name: 'with-network' }, spec } });
      try {
        const node = await core.readNode({ name: 'with-network' });
        expect(node.spec).toMatchObject(networks);
      } finally {
        await core.deleteNode({ name: 'with-network' });
      }
    });

    it('who has rights in one namespace only is refused both', async () => {
      const { core, rbac } = clients(cluster().config);
      const user = 'looks-at-default';
      await rbac.createNamespacedRoleBinding({
        namespace: 'default',
        body: {
          metadata: { name: user },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
          subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
        },
      });
      const own = (await cluster().configFor(user)).makeApiClient(CoreV1Api);
      await waitUntil(
        'the rights are in force',
        () =>
          own.listNamespacedPod({ namespace: 'default' }).then(
            () => true,
            () => false,
          ),
        { seconds: 40 },
      );
      expect((await core.listNamespacedPod({ namespace: 'default' })).items).toBeDefined();
      await expect(own.listPodForAllNamespaces({ limit: 1 })).rejects.toMatchObject({ code: 403 });
      await expect(own.listNode()).rejects.toMatchObject({ code: 403 });
    });
  });
}
