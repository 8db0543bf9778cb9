/** Routes in `k8s.endpoints`, as a kind of the same shape on a real API server; not OpenShift itself. */
import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.ts';
import { read } from './call.ts';
import { addRoutes } from './deployment-configs.ts';
import { named, useStage } from './stage.ts';

interface Found {
  routes: { name: string; host: string; path: string; tls: string; admitted: boolean }[];
  unknowns: string[];
}

describeWith(['controlPlane'], 'routes to a Service', () => {
  const stage = useStage();
  const endpoints = (params: object) =>
    read<Found>(named('k8s.endpoints'), stage.admin, { service: 'web', ...params });
  let before: Found;

  beforeAll(async () => {
    await stage.make(`
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { ports: [{ port: 80 }], selector: { app: web } }`);
    before = await endpoints({ routes: true });
    await addRoutes(stage.admin.kubeconfig);
    const config = new KubeConfig();
    config.loadFromFile(stage.admin.kubeconfig);
    const api = config.makeApiClient(CustomObjectsApi);
    const at = { group: 'route.openshift.io', version: 'v1', plural: 'routes', namespace: 'default' };
    const route = async (name: string, spec: object, admitted: string) => {
      const head = { apiVersion: 'route.openshift.io/v1', kind: 'Route' };
      const made = (await api.createNamespacedCustomObject({
        ...at,
        body: { ...head, metadata: { name }, spec },
      })) as {
        metadata: object;
      };
      const status = { ingress: [{ conditions: [{ type: 'Admitted', status: admitted }] }] };
      const body = { ...made, status };
      await api.replaceNamespacedCustomObjectStatus({ ...at, name, body });
    };
    const to = (name: string) => ({ kind: 'Service', name });
    await route('plain', { host: 'b.example.org', to: to('web') }, 'False');
    const canary = { host: 'a.example.org', path: '/v2', to: to('other'), tls: { termination: 'edge' } };
    await route('canary', { ...canary, alternateBackends: [to('web')] }, 'True');
    await route('elsewhere', { host: 'c.example.org', to: to('other') }, 'True');
  });

  it('are unknown where the cluster has no Routes', () => {
    expect(before).toMatchObject({ routes: [], unknowns: ['this cluster does not have Routes'] });
  });

  it('are those whose backends name it, when they are asked for', async () => {
    expect(await endpoints({})).toMatchObject({ routes: [], unknowns: [] });
    expect(await endpoints({ routes: true })).toMatchObject({
      routes: [
        { name: 'canary', host: 'a.example.org', path: '/v2', tls: 'edge', admitted: true },
        { name: 'plain', host: 'b.example.org', path: '', tls: '', admitted: false },
      ],
      unknowns: [],
    });
  });
});
