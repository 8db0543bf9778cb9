// The contract: OpenShift's DeploymentConfigs, as the actions read and change them. Nobody rolls them out on either side.
import { describe, expect, it } from 'vitest';
import { ask, MERGE } from './asking.ts';
import type { Subject } from './subjects.ts';

const CONFIGS = '/apis/apps.openshift.io/v1/namespaces/default/deploymentconfigs';

const config = (name: string) => ({
  apiVersion: 'apps.openshift.io/v1',
  kind: 'DeploymentConfig',
  metadata: { name },
  spec: {
    replicas: 1,
    triggers: [{ type: 'ConfigChange' }],
    selector: { app: name },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'shop/web:1' }] },
    },
  },
});

export function deploymentConfigs(cluster: () => Subject): void {
  describe('DeploymentConfigs', () => {
    const send = (method: string, path: string, body?: unknown, type?: string) =>
      ask(cluster().config, method, `${CONFIGS}${path}`, body, type);

    it('are made, read and listed', async () => {
      expect((await send('POST', '', config('shop'))).code).toBe(201);
      expect(await send('GET', '/shop')).toMatchObject({
        code: 200,
        body: {
          kind: 'DeploymentConfig',
          apiVersion: 'apps.openshift.io/v1',
          metadata: { name: 'shop', generation: 1 },
          spec: { replicas: 1, selector: { app: 'shop' } },
        },
      });
      const list = await send('GET', '');
      expect(list.body.items.map((one: { metadata: { name: string } }) => one.metadata.name)).toContain(
        'shop',
      );
      expect((await send('GET', '/none')).body).toMatchObject({ kind: 'Status', reason: 'NotFound' });
    });

    it('are patched as one that was read, tried first, and refused when somebody was faster', async () => {
      const { metadata } = (await send('GET', '/shop')).body;
      const { uid, resourceVersion } = metadata;
      const tried = await send(
        'PATCH',
        '/shop?dryRun=All',
        { metadata: { uid }, spec: { replicas: 4 } },
        MERGE,
      );
      expect(tried).toMatchObject({ code: 200, body: { spec: { replicas: 4 } } });
      expect((await send('GET', '/shop')).body.spec.replicas).toBe(1);
      const bound = {
        metadata: { uid, resourceVersion, annotations: { trace: 'a' } },
        spec: { replicas: 3 },
      };
      const made = await send('PATCH', '/shop', bound, MERGE);
      expect(made).toMatchObject({
        code: 200,
        body: { spec: { replicas: 3 }, metadata: { generation: 2, annotations: { trace: 'a' } } },
      });
      expect((await send('PATCH', '/shop', bound, MERGE)).code).toBe(409);
    });

    it('stand beside Routes, which are listed', async () => {
      const routes = '/apis/route.openshift.io/v1/namespaces/default/routes';
      const body = {
        apiVersion: 'route.openshift.io/v1',
        kind: 'Route',
        metadata: { name: 'shop' },
        spec: { host: 'shop.example.org', to: { kind: 'Service', name: 'shop' } },
      };
      expect((await ask(cluster().config, 'POST', routes, body)).code).toBe(201);
      const { items } = (await ask(cluster().config, 'GET', routes)).body;
      expect(items).toMatchObject([{ metadata: { name: 'shop' }, spec: body.spec }]);
    });

    it('have a status of their own, which counts no generation', async () => {
      const { body } = await send('GET', '/shop');
      const status = { observedGeneration: 2, readyReplicas: 1 };
      expect((await send('PUT', '/shop/status', { ...body, status })).code).toBe(200);
      expect((await send('GET', '/shop')).body).toMatchObject({ status, metadata: { generation: 2 } });
    });
  });
}
