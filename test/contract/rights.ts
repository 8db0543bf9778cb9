// The contract: what RBAC denies, in which words, and who may do what.

import type { KubeConfig } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { ask, clients, MERGE } from './asking.ts';
import type { Subject } from './subjects.ts';
import { APPS, CORE } from './workloads.ts';

export function rights(cluster: () => Subject): void {
  describe('rights', () => {
    let alice: KubeConfig;
    const expectDenied = async (
      asked: Promise<{ code: number; body: unknown }>,
      message: string,
      details: unknown,
    ) => {
      const seen = await asked;
      expect(seen.body).toMatchObject({
        kind: 'Status',
        status: 'Failure',
        reason: 'Forbidden',
        code: 403,
        message,
      });
      expect((seen.body as { details: unknown }).details).toEqual(details);
      expect(seen.code).toBe(403);
    };
    beforeAll(async () => {
      alice = await cluster().configFor('alice', ['on-call']);
    });

    it('denies in the same words', async () => {
      const inDefault = 'in the namespace "default"';
      await expectDenied(
        ask(alice, 'GET', `${CORE}/pods`),
        `pods is forbidden: User "alice" cannot list resource "pods" in API group "" ${inDefault}`,
        { kind: 'pods' },
      );
      await expectDenied(
        ask(alice, 'GET', `${APPS}/deployments/web`),
        `deployments.apps "web" is forbidden: User "alice" cannot get resource "deployments" in API group "apps" ${inDefault}`,
        { name: 'web', group: 'apps', kind: 'deployments' },
      );
      await expectDenied(
        ask(alice, 'PATCH', `${APPS}/deployments/web/scale`, { spec: { replicas: 1 } }, MERGE),
        `deployments.apps "web" is forbidden: User "alice" cannot patch resource "deployments/scale" in API group "apps" ${inDefault}`,
        { name: 'web', group: 'apps', kind: 'deployments' },
      );
      await expectDenied(
        ask(alice, 'GET', '/api/v1/nodes'),
        'nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" at the cluster scope',
        { kind: 'nodes' },
      );
      await expectDenied(
        ask(alice, 'GET', `${CORE}/pods/x/log`),
        `pods "x" is forbidden: User "alice" cannot get resource "pods/log" in API group "" ${inDefault}`,
        { name: 'x', kind: 'pods' },
      );
    });

    it('lets somebody do what a Role gives, by user or group, and no more', async () => {
      const { rbac } = clients(cluster().config);
      const rules = [
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] },
        { apiGroups: [''], resources: ['configmaps'], resourceNames: ['same'], verbs: ['get'] },
      ];
      await rbac.createNamespacedRole({
        namespace: 'default',
        body: { metadata: { name: 'looker' }, rules },
      });
      await rbac.createNamespacedRoleBinding({
        namespace: 'default',
        body: {
          metadata: { name: 'looker' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'looker' },
          subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'on-call' }],
        },
      });
      await waitUntil(
        'the role counts',
        async () => (await ask(alice, 'GET', `${APPS}/deployments`)).code === 200,
      );
      expect((await ask(alice, 'GET', `${APPS}/deployments/none`)).code).toBe(404);
      expect((await ask(alice, 'DELETE', `${APPS}/deployments/none`)).code).toBe(403);
      expect((await ask(alice, 'GET', `${CORE}/configmaps/same`)).code).toBe(200);
      expect((await ask(alice, 'GET', `${CORE}/configmaps/other`)).code).toBe(403);
    });

    it('answers "may I?" and "may they?"', async () => {
      const may = async (config: KubeConfig, verb: string, resource: string, group = '') => {
        const { authorization } = clients(config);
        const body = { spec: { resourceAttributes: { verb, resource, group, namespace: 'default' } } };
        return (await authorization.createSelfSubjectAccessReview({ body })).status?.allowed;
      };
      expect(await may(alice, 'get', 'deployments', 'apps')).toBe(true);
      expect(await may(alice, 'get', 'pods')).toBe(false);
      expect(await may(cluster().config, 'delete', 'nodes')).toBe(true);
      const { authorization } = clients(cluster().config);
      const about = (verb: string) => ({
        spec: {
          user: 'bob',
          groups: ['on-call'],
          resourceAttributes: { verb, resource: 'deployments', group: 'apps', namespace: 'default' },
        },
      });
      expect((await authorization.createSubjectAccessReview({ body: about('list') })).status?.allowed).toBe(
        true,
      );
      expect((await authorization.createSubjectAccessReview({ body: about('patch') })).status?.allowed).toBe(
        false,
      );
      const denied = await ask(
        alice,
        'POST',
        '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        about('list'),
      );
      expect(denied.code).toBe(403);
      const empty = await ask(alice, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        spec: {},
      });
      expect(empty).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
    });

    it('knows nobody by a wrong token', async () => {
      const { config } = cluster();
      const stranger = config.getContexts().length;
      expect(stranger).toBe(1);
      const server = config.getCurrentCluster()?.server.replace(/\/as\/.*$/, '') ?? '';
      const wrong = Object.assign(Object.create(config) as KubeConfig, {
        applyToHTTPSOptions: async (options: {
          headers?: Record<string, string>;
          rejectUnauthorized?: boolean;
        }) => {
          options.rejectUnauthorized = false;
          options.headers = { Authorization: 'Bearer nobody' };
        },
        getCurrentCluster: () => ({ server }),
      });
      expect(await ask(wrong, 'GET', `${CORE}/pods`)).toMatchObject({
        code: 401,
        body: { reason: 'Unauthorized', message: 'Unauthorized' },
      });
    });
  });
}
