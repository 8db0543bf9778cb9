// The contract: every refusal has the same code, reason, words and details.
import { describe, expect, it } from 'vitest';
import { APPLY, ask, JSON_PATCH, MERGE } from './asking.ts';
import type { Subject } from './subjects.ts';
import { APPS, CORE, workload } from './workloads.ts';

export function refusals(cluster: () => Subject): void {
  describe('refusals', () => {
    const web = `${APPS}/deployments/refused`;
    const expectStatus = async (
      asked: Promise<{ code: number; body: unknown }>,
      code: number,
      reason: string,
      message: string,
      details?: Record<string, unknown>,
    ) => {
      const { code: seen, body } = await asked;
      expect(body).toMatchObject({
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        code,
        reason,
        message,
      });
      expect(seen).toBe(code);
      if (details) expect((body as { details: unknown }).details).toEqual(details);
    };
    const patch = (body: unknown, type = MERGE, query = '') =>
      ask(cluster().config, 'PATCH', `${web}${query}`, body, type);

    it('what is not there, and what is there already', async () => {
      const { config } = cluster();
      const about = { name: 'none', group: 'apps', kind: 'deployments' };
      const absent = 'deployments.apps "none" not found';
      await expectStatus(ask(config, 'GET', `${APPS}/deployments/none`), 404, 'NotFound', absent, about);
      await expectStatus(
        ask(config, 'GET', `${APPS}/deployments/none/scale`),
        404,
        'NotFound',
        'deployments/scale.apps "none" not found',
        { name: 'none', group: 'apps', kind: 'deployments/scale' },
      );
      await expectStatus(ask(config, 'DELETE', `${APPS}/deployments/none`), 404, 'NotFound', absent, about);
      const patched = ask(config, 'PATCH', `${APPS}/deployments/none`, { spec: { replicas: 1 } }, MERGE);
      await expectStatus(patched, 404, 'NotFound', absent, about);
      await expectStatus(ask(config, 'GET', `${CORE}/pods/none`), 404, 'NotFound', 'pods "none" not found', {
        name: 'none',
        kind: 'pods',
      });
      await expectStatus(
        ask(config, 'GET', `${CORE}/pods/none/log`),
        404,
        'NotFound',
        'pods "none" not found',
      );
      const unknown = 'the server could not find the requested resource';
      await expectStatus(ask(config, 'GET', `${APPS}/nonsense`), 404, 'NotFound', unknown, {});
      expect(await ask(config, 'GET', '/apis/none.example/v1/things')).toEqual({
        code: 404,
        body: '404 page not found\n',
      });
      const elsewhere = ask(config, 'POST', '/api/v1/namespaces/nowhere/configmaps', {
        metadata: { name: 'x' },
      });
      await expectStatus(elsewhere, 404, 'NotFound', 'namespaces "nowhere" not found', {
        name: 'nowhere',
        kind: 'namespaces',
      });

      expect(
        (await ask(config, 'POST', `${APPS}/deployments`, workload('refused', { replicas: 0 }))).code,
      ).toBe(201);
      const again = ask(config, 'POST', `${APPS}/deployments`, workload('refused', { replicas: 0 }));
      await expectStatus(again, 409, 'AlreadyExists', 'deployments.apps "refused" already exists', {
        name: 'refused',
        group: 'apps',
        kind: 'deployments',
      });
    });

    it('an old version, another uid', async () => {
      const conflict =
        'Operation cannot be fulfilled on deployments.apps "refused": the object has been modified; please apply your changes to the latest version and try again';
      const old = patch({ metadata: { resourceVersion: '1' }, spec: { replicas: 1 } });
      const about = { name: 'refused', group: 'apps', kind: 'deployments' };
      await expectStatus(old, 409, 'Conflict', conflict, about);
      const both = { metadata: { resourceVersion: '1', uid: 'x' }, spec: { replicas: 1 } };
      await expectStatus(patch(both), 409, 'Conflict', conflict);
      const other = patch({
        metadata: { uid: '00000000-0000-0000-0000-000000000000' },
        spec: { replicas: 1 },
      });
      const immutable =
        'Deployment.apps "refused" is invalid: metadata.uid: Invalid value: "00000000-0000-0000-0000-000000000000": field is immutable';
      await expectStatus(other, 422, 'Invalid', immutable);
      const scale = ask(
        cluster().config,
        'PATCH',
        `${web}/scale`,
        { metadata: { resourceVersion: '1' }, spec: { replicas: 1 } },
        MERGE,
      );
      await expectStatus(scale, 409, 'Conflict', conflict);
      const deleted = ask(cluster().config, 'DELETE', web, { preconditions: { uid: 'xx' } });
      const { code, body } = await deleted;
      expect(code).toBe(409);
      expect(body.message).toMatch(
        /^Operation cannot be fulfilled on Deployment.apps "refused": the UID in the precondition \(xx\) does not match the UID in record \([0-9a-f-]+\)\. The object might have been deleted and then recreated$/,
      );
    });

    it('what is not valid', async () => {
      const negative =
        'Deployment.apps "refused" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0';
      const details = {
        name: 'refused',
        group: 'apps',
        kind: 'Deployment',
        causes: [
          {
            reason: 'FieldValueInvalid',
            message: 'Invalid value: -1: must be greater than or equal to 0',
            field: 'spec.replicas',
          },
        ],
      };
      await expectStatus(patch({ spec: { replicas: -1 } }), 422, 'Invalid', negative, details);
      await expectStatus(
        patch({ spec: { replicas: -1 } }, MERGE, '?dryRun=All'),
        422,
        'Invalid',
        negative,
        details,
      );
      const labels = patch({ spec: { template: { metadata: { labels: { app: 'x' } } } } });
      const mismatch =
        'Deployment.apps "refused" is invalid: spec.template.metadata.labels: Invalid value: map[string]string{"app":"x"}: `selector` does not match template `labels`';
      await expectStatus(labels, 422, 'Invalid', mismatch);
      const dryRun =
        'PatchOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{"Some"}: supported values: "All"';
      await expectStatus(patch({}, MERGE, '?dryRun=Some'), 422, 'Invalid', dryRun);
      const nameless = ask(cluster().config, 'POST', `${CORE}/configmaps`, { metadata: {} });
      const required =
        'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required';
      await expectStatus(nameless, 422, 'Invalid', required);
      const elsewhere = ask(cluster().config, 'POST', `${CORE}/configmaps`, {
        metadata: { name: 'x', namespace: 'other' },
      });
      const place = 'the namespace of the provided object does not match the namespace sent on the request';
      await expectStatus(elsewhere, 400, 'BadRequest', place);
      const renamed = ask(cluster().config, 'PUT', web, { metadata: { name: 'other' } });
      const name = 'the name of the object (other) does not match the name on the URL (refused)';
      await expectStatus(renamed, 400, 'BadRequest', name);
      const scale = await ask(cluster().config, 'PATCH', `${web}/scale`, { spec: { replicas: -1 } }, MERGE);
      expect(scale).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
      expect(scale.body.message).toContain('must be greater than or equal to 0');
    });

    it('patches that do not fit', async () => {
      const rejected = 'the server rejected our request due to an error in our request';
      await expectStatus(
        patch([{ op: 'test', path: '/spec/replicas', value: 9 }], JSON_PATCH),
        422,
        'Invalid',
        rejected,
        {},
      );
      await expectStatus(
        patch([{ op: 'replace', path: '/spec/nope/x', value: 1 }], JSON_PATCH),
        422,
        'Invalid',
        rejected,
      );
      await expectStatus(
        patch('{}', 'application/yaml'),
        415,
        'UnsupportedMediaType',
        '415: Unsupported Media Type',
      );
      const applied = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'refused' },
        spec: { replicas: 3 },
      };
      const nobody =
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch';
      await expectStatus(patch(applied, APPLY), 422, 'Invalid', nobody);
      expect((await patch({ spec: { replicas: 2 } }, MERGE, '?fieldManager=first')).code).toBe(200);
      const contested = await patch(applied, APPLY, '?fieldManager=second');
      expect(contested).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
      expect(contested.body.message).toContain('Apply failed with 1 conflict: conflict with "first"');
      expect(contested.body.details.causes[0]).toMatchObject({
        reason: 'FieldManagerConflict',
        field: '.spec.replicas',
      });
      const forced = await patch(applied, APPLY, '?fieldManager=second&force=true');
      expect(forced).toMatchObject({ code: 200, body: { spec: { replicas: 3 } } });
      expect((await patch({ spec: { replicas: 0 } })).code).toBe(200);
    });

    it('selectors that cannot be read', async () => {
      const { config } = cluster();
      const list = (query: string) => ask(config, 'GET', `${CORE}/pods?${query}`);
      await expectStatus(
        list('fieldSelector=spec.foo=1'),
        400,
        'BadRequest',
        'field label not supported: spec.foo',
      );
      await expectStatus(
        list('labelSelector=a=b=c'),
        400,
        'BadRequest',
        "found '=', expected: ',' or 'end of string'",
      );
      expect((await list('limit=1&continue=bad')).body.message).toMatch(
        /^(invalid continue token|continue key is not valid)/,
      );
      const unknown = ask(config, 'GET', `${CORE}/configmaps?fieldSelector=data.x=1`);
      const known = '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"';
      await expectStatus(unknown, 400, 'BadRequest', known);
    });
  });
}
