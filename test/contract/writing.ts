// The contract: writes, what they leave behind, and what a dry run does not.
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { ask, clients, JSON_PATCH, MERGE, STRATEGIC } from './asking.ts';
import type { Subject } from './subjects.ts';
import { APPS, CORE, podsWhere, workload } from './workloads.ts';

interface Managed {
  readonly manager: string;
  readonly operation: string;
  readonly time: string;
  readonly fieldsV1: Record<string, Record<string, unknown>>;
}

export function writing(cluster: () => Subject): void {
  describe('writing', () => {
    const at = `${APPS}/deployments/written`;
    const patch = (body: unknown, query = '', type = MERGE) =>
      ask(cluster().config, 'PATCH', at + query, body, type);
    const read = async () => (await ask(cluster().config, 'GET', at)).body;

    it('fills in defaults, and says who wrote which fields when', async () => {
      const created = await ask(
        cluster().config,
        'POST',
        `${APPS}/deployments?fieldManager=maker`,
        workload('written', { replicas: 0 }),
      );
      expect(created).toMatchObject({
        code: 201,
        body: {
          kind: 'Deployment',
          apiVersion: 'apps/v1',
          metadata: { generation: 1, namespace: 'default' },
          spec: {
            replicas: 0,
            strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
            revisionHistoryLimit: 10,
            template: {
              spec: { restartPolicy: 'Always', containers: [{ imagePullPolicy: 'IfNotPresent' }] },
            },
          },
        },
      });
      const fields = created.body.metadata.managedFields as Managed[];
      expect(fields[0]).toMatchObject({
        manager: 'maker',
        operation: 'Update',
        apiVersion: 'apps/v1',
        fieldsType: 'FieldsV1',
      });
      expect(fields[0]?.fieldsV1['f:spec']).toMatchObject({
        'f:replicas': {},
        'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"main"}': { 'f:image': {} } } } },
      });
    });

    it('a dry run answers as the write would, and changes nothing', async () => {
      const before = await read();
      const tried = await patch({ spec: { replicas: 4 } }, '?dryRun=All&fieldManager=tester');
      expect(tried).toMatchObject({
        code: 200,
        body: { spec: { replicas: 4 }, metadata: { uid: before.metadata.uid } },
      });
      const after = await read();
      expect(after.spec.replicas).toBe(0);
      const managers = (after.metadata.managedFields as Managed[]).map((one) => one.manager);
      expect(managers).not.toContain('tester');
      const made = await ask(cluster().config, 'POST', `${CORE}/configmaps?dryRun=All`, {
        metadata: { name: 'never' },
      });
      expect(made.code).toBe(201);
      expect((await ask(cluster().config, 'GET', `${CORE}/configmaps/never`)).code).toBe(404);
    });

    it('a merge patch bound to version and uid is made once, and named after its manager', async () => {
      const started = Date.now();
      // A controller may write the status between our reading and our writing: then the next round counts.
      const { bound, first } = await waitUntil('it is written', async () => {
        const { metadata } = await read();
        const body = {
          metadata: {
            uid: metadata.uid,
            resourceVersion: metadata.resourceVersion,
            annotations: { 'handrail.dev/operation': 'op-1' },
          },
          spec: { replicas: 1 },
        };
        const said = await patch(body, '?fieldManager=handrail');
        return said.code === 409 ? undefined : { bound: body, first: said };
      });
      expect(first).toMatchObject({
        code: 200,
        body: { spec: { replicas: 1 }, metadata: { generation: 2 } },
      });
      const second = await patch(bound, '?fieldManager=handrail');
      expect(second).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
      const mine = ((await read()).metadata.managedFields as Managed[]).find(
        (one) => one.manager === 'handrail',
      );
      expect(mine?.fieldsV1).toMatchObject({
        'f:metadata': { 'f:annotations': { 'f:handrail.dev/operation': {} } },
        'f:spec': { 'f:replicas': {} },
      });
      expect(Math.abs(Date.parse(mine?.time ?? '') - started)).toBeLessThan(10_000);
      const maker = ((await read()).metadata.managedFields as Managed[]).find(
        (one) => one.manager === 'maker',
      );
      expect(maker?.fieldsV1['f:spec']).not.toHaveProperty('f:replicas');
      await podsWhere(cluster(), 'written', 1);
    });

    it('the scale subresource: undefined at 0, patched, replaced', async () => {
      const { apps } = clients(cluster().config);
      const scale = () => apps.readNamespacedDeploymentScale({ namespace: 'default', name: 'written' });
      const down = await ask(
        cluster().config,
        'PATCH',
        `${at}/scale?fieldManager=scaler`,
        { spec: { replicas: 0 } },
        MERGE,
      );
      expect(down).toMatchObject({
        code: 200,
        body: { kind: 'Scale', apiVersion: 'autoscaling/v1', status: { selector: 'app=written' } },
      });
      expect(down.body.spec).toEqual({});
      await podsWhere(cluster(), 'written', 0);
      const zero = await waitUntil('the scale is at 0', async () => {
        const seen = await scale();
        return seen.status?.replicas === 0 ? seen : undefined;
      });
      expect(zero.spec?.replicas).toBeUndefined();
      const replaced = await waitUntil('the scale is replaced', async () => {
        const live = await scale();
        try {
          return await apps.replaceNamespacedDeploymentScale({
            namespace: 'default',
            name: 'written',
            body: Object.assign(live, { spec: { replicas: 2 } }),
          });
        } catch (error) {
          // A controller writes too.
          if ((error as { code?: number }).code !== 409) throw error;
          return undefined;
        }
      });
      expect(replaced.spec?.replicas).toBe(2);
      await podsWhere(cluster(), 'written', 2);
    });

    it('a strategic merge keeps the other containers and variables, a JSON patch tests first', async () => {
      const two = {
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'main', env: [{ name: 'A', value: '1' }] },
                { name: 'side', image: 'shop/side:1' },
              ],
            },
          },
        },
      };
      expect((await patch(two, '', STRATEGIC)).code).toBe(200);
      const env = {
        spec: { template: { spec: { containers: [{ name: 'main', env: [{ name: 'B', value: '2' }] }] } } },
      };
      const { body } = await patch(env, '', STRATEGIC);
      // oxlint-disable-next-line typescript/no-explicit-any -- a container as sent
      const containers = body.spec.template.spec.containers as any[];
      expect(containers.map((one) => [one.name, one.image])).toEqual([
        ['main', 'shop/web:1'],
        ['side', 'shop/side:1'],
      ]);
      expect(containers[0].env).toEqual(
        expect.arrayContaining([
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ]),
      );
      const gone = { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } };
      expect((await patch(gone, '', STRATEGIC)).body.spec.template.spec.containers).toHaveLength(1);
      const tested = await patch(
        [
          { op: 'test', path: '/spec/replicas', value: 2 },
          { op: 'replace', path: '/spec/replicas', value: 1 },
          { op: 'add', path: '/metadata/annotations/a~1b', value: 'c' },
        ],
        '',
        JSON_PATCH,
      );
      expect(tested.body).toMatchObject({ spec: { replicas: 1 }, metadata: { annotations: { 'a/b': 'c' } } });
    });

    it('a write that changes nothing keeps the version', async () => {
      const { body } = await ask(cluster().config, 'POST', `${CORE}/configmaps`, {
        metadata: { name: 'same' },
        data: { a: '1' },
      });
      const again = await ask(
        cluster().config,
        'PATCH',
        `${CORE}/configmaps/same`,
        { data: { a: '1' } },
        MERGE,
      );
      expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
      const secret = await ask(cluster().config, 'POST', `${CORE}/secrets`, {
        metadata: { name: 'kept' },
        stringData: { word: 'x' },
      });
      expect(secret.body).toMatchObject({ type: 'Opaque', data: { word: 'eA==' } });
      expect(secret.body).not.toHaveProperty('stringData');
    });

    it('a dry run of a deletion leaves the object, asked in the body or, without one, in the address', async () => {
      const places = `${CORE}/configmaps`;
      const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' }, data: { a: '1' } };
      const place = `${places}/kept`;
      const there = async () => (await ask(cluster().config, 'GET', place)).code;
      expect((await ask(cluster().config, 'POST', places, manifest)).code).toBe(201);
      const options = { apiVersion: 'v1', kind: 'DeleteOptions' };
      expect((await ask(cluster().config, 'DELETE', place, { ...options, dryRun: ['All'] })).code).toBe(200);
      expect(await there()).toBe(200);
      expect((await ask(cluster().config, 'DELETE', `${place}?dryRun=All`)).code).toBe(200);
      expect(await there()).toBe(200);
      // With a body the address's values are not looked at.
      expect((await ask(cluster().config, 'DELETE', `${place}?dryRun=All`, options)).code).toBe(200);
      expect(await there()).toBe(404);
    });

    it('a deletion says what is gone, and its pods follow', async () => {
      const { metadata } = await read();
      const gone = await ask(cluster().config, 'DELETE', at);
      expect(gone).toEqual({
        code: 200,
        body: {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Success',
          details: { name: 'written', group: 'apps', kind: 'deployments', uid: metadata.uid },
        },
      });
      await podsWhere(cluster(), 'written', 0);
      expect((await ask(cluster().config, 'GET', at)).code).toBe(404);
    });
  });
}
