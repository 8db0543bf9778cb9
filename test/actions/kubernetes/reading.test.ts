/** The reading actions on a real API server with a pretend kubelet whose pods are real processes. */
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { actionNamed } from '../../../src/actions/index.ts';
import { Seen } from '../../../src/actions/redact/seen.ts';
import { sha256 } from '../../../src/incidents/hash.ts';
import type { ControlPlane } from '../../support/control-plane/control-plane.ts';
import { startControlPlane } from '../../support/control-plane/control-plane.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import type { Caller } from './call.ts';
import { apply, callFor, failure, read } from './call.ts';
import { WORLD } from './world.ts';

const action = (name: string) => {
  const found = actionNamed(name);
  if (!found) throw new Error(`no action ${name}`);
  return found;
};

describeWith(['controlPlane'], 'reading a real cluster', () => {
  let plane: ControlPlane;
  let admin: Caller;
  let tenant: Caller;

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: true });
    await plane.addKubelet({ name: 'node-a', backOffMs: 500 });
    admin = { kubeconfig: plane.kubeconfig, namespace: 'prod' };
    tenant = { kubeconfig: await plane.kubeconfigFor('tenant'), namespace: 'prod' };
    await apply(
      plane.kubeconfig,
      ['prod', 'shared']
        .map((name) => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }`)
        .join('\n---\n'),
    );
    await waitUntil('the service account of prod is there', async () => {
      const config = new KubeConfig();
      config.loadFromFile(plane.kubeconfig);
      const { items } = await config
        .makeApiClient(CoreV1Api)
        .listNamespacedServiceAccount({ namespace: 'prod' });
      return items.some((item) => (item.secrets ?? []).length > 0);
    });
    await apply(plane.kubeconfig, WORLD);
    await apply(plane.kubeconfig, rbac);
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    for (const name of ['prod-patroni', 'crunchy']) {
      await waitUntil(`the pods of ${name} are there`, async () => {
        const { items } = await core.listNamespacedPod({
          namespace: 'prod',
          labelSelector: `cluster-name=${name}`,
        });
        return items.length === 2;
      });
      // Patroni 4 says primary; the Service of prod-patroni still selects master.
      const role = name === 'crunchy' ? 'master' : 'primary';
      const body = { metadata: { labels: { role } } };
      await core.patchNamespacedPod({ namespace: 'prod', name: `${name}-0`, body }, merge);
    }
    await waitUntil('member 1 has restarted twice', async () => {
      const found = await read<{ restarts: number }>(action('k8s.workload'), admin, {
        workload: 'prod-patroni',
        kind: 'statefulset',
      });
      return found.restarts >= 2;
    });
  });
  afterAll(async () => {
    await plane?.stop();
  });

  it('traces web-api to the Patroni cluster, not to the healthy look-alike', async () => {
    const found = await read(action('k8s.trace-database'), admin, { workload: 'web-api' });
    expect(found).toEqual({
      found: true,
      certain: true,
      hosts: ['prod-patroni'],
      host: 'prod-patroni',
      port: 5432,
      database: 'web',
      source: 'env DATABASE_URL from Secret web-api-db key url',
      service: {
        name: 'prod-patroni',
        namespace: 'prod',
        selector: 'cluster-name=prod-patroni,role=master',
        matching: 0,
        ready: 0,
        pods: [],
      },
      service_found: true,
      shared_with: ['metabase', 'reports'],
      unused: ['crunchy', 'crunchy-replicas'],
      unknowns: [
        'Service prod-patroni selects cluster-name=prod-patroni,role=master, and no pod has these labels; 2 pods match without role (theirs: none, primary)',
      ],
      statefulset: 'prod-patroni',
    });
    expect(JSON.stringify(found)).not.toContain('hunter22');
  });

  it('reads envFrom and full Service names', async () => {
    expect(await read(action('k8s.trace-database'), admin, { workload: 'reports' })).toMatchObject({
      host: 'prod-patroni.prod.svc.cluster.local',
      database: 'reports',
      source: 'env DB_HOST from ConfigMap reports',
      service: { name: 'prod-patroni' },
      shared_with: ['metabase', 'web-api'],
    });
  });

  it('is not certain for an application that keeps its connections inside its own database', async () => {
    const found = await read<{ unknowns: string[] }>(action('k8s.trace-database'), admin, {
      workload: 'metabase',
    });
    expect(found).toMatchObject({
      found: true,
      certain: false,
      application_of_its_own: 'Metabase',
      database: 'metabase',
    });
    expect(found.unknowns[0]).toContain('Metabase keeps the databases it queries inside its own database');
  });

  it('follows an alias out of the cluster, and looks into another namespace', async () => {
    expect(await read(action('k8s.trace-database'), admin, { workload: 'legacy' })).toMatchObject({
      host: 'alias',
      service_found: false,
      unknowns: [expect.stringContaining('db.example.org is outside the cluster')],
    });
    expect(await read(action('k8s.trace-database'), admin, { workload: 'tenant' })).toMatchObject({
      service_found: true,
      service: { name: 'pg', namespace: 'shared', matching: 0 },
    });
  });

  it('finds nothing where nothing is named', async () => {
    expect(await read(action('k8s.trace-database'), admin, { workload: 'utility' })).toMatchObject({
      found: false,
      certain: false,
      host: '',
      hosts: [],
    });
  });

  it('shows a workload that is alive and not ready', async () => {
    const found = await read(action('k8s.workload'), admin, { workload: 'web-api' });
    expect(found).toMatchObject({
      desired: 1,
      ready: 0,
      restarts: 0,
      image: 'registry.example.org/web-api:1.4',
      not_ready: [expect.stringMatching(/^web-api-/)],
      nodes: ['node-a'],
      new_nodes: ['node-a'],
      alive_not_ready: 1,
      managed_by: 'Helm release web',
      unknowns: [],
    });
  });

  it('shows the crashing member', async () => {
    const asked = { workload: 'prod-patroni', kind: 'statefulset' };
    // It counts as ready for the moment between its start and its crash.
    const found = await waitUntil('the crash has been noticed', async () => {
      const seen = await read<{ ready: number; pods: object[] }>(action('k8s.workload'), admin, asked);
      return seen.ready === 1 ? seen : undefined;
    });
    expect(found).toMatchObject({ desired: 2, ready: 1, not_ready: ['prod-patroni-1'], alive_not_ready: 0 });
    expect(found.pods).toContainEqual(
      expect.objectContaining({ name: 'prod-patroni-1', ready: false, exit_code: 1 }),
    );
  });

  it.each([
    { service: 'prod-patroni' },
    { statefulset: 'prod-patroni' },
    { workload: 'prod-patroni' },
    { pod: 'prod-patroni-1' },
  ])('names the crash, asked by %j', async (by) => {
    const found = await read<{ log: string }>(action('k8s.last-termination'), admin, by);
    expect(found).toMatchObject({
      found: true,
      pod: 'prod-patroni-1',
      container: 'postgresql',
      exit_code: 1,
      image: 'registry.example.org/prod-patroni:2.0.1-12.4',
      first_error: "ModuleNotFoundError: No module named 'yaml'",
      signature: 'python-module-missing',
      affected: ['prod-patroni-1'],
    });
    expect(found.log.split('\n')[0]).toBe('Traceback (most recent call last):');
  });

  it('finds no bad end where there was none', async () => {
    expect(await read(action('k8s.last-termination'), admin, { statefulset: 'crunchy' })).toMatchObject({
      found: false,
      affected: [],
    });
  });

  it('gives logs as they are, for whoever redacts them, and no more than asked', async () => {
    const found = await waitUntil('both lines are there', async () => {
      const seen = await read<{ lines: number }>(action('k8s.logs'), admin, {
        workload: 'web-api',
        lines: 10,
      });
      return seen.lines === 2 ? seen : undefined;
    });
    expect(found).toMatchObject({ text: 'listening\nlogin jane.doe@example.org password=Tr0ub4dor' });
    expect(await read(action('k8s.logs'), admin, { workload: 'web-api', lines: 1 })).toMatchObject({
      lines: 1,
      text: 'login jane.doe@example.org password=Tr0ub4dor',
    });
    const seen = new Seen();
    const call = { ...callFor(action('k8s.logs'), admin, { workload: 'web-api', lines: 2 }), seen };
    await (action('k8s.logs') as ReadingAction<Record<string, unknown>>).run(call);
    // What kubectl gives is what the hash is of, times included.
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    const text = await config.makeApiClient(CoreV1Api).readNamespacedPodLog({
      namespace: 'prod',
      tailLines: 2,
      timestamps: true,
      name: String((found as unknown as { pods: string[] }).pods[0]),
    });
    expect(seen.hash()).toBe(sha256(text));
  });

  it('tells what changed, newest first', async () => {
    const { lines, count, first } = await read<{ lines: string[]; count: number; first: string[] }>(
      action('k8s.changes'),
      admin,
      {},
    );
    expect(first.length).toBeLessThanOrEqual(3);
    expect(first[0]).toMatch(/^node node-\w+ joined/);
    expect(first.join('\n')).not.toMatch(/started on|Back-off/);
    const said = lines.join('\n');
    expect(count).toBe(lines.length);
    expect(said).toMatch(/node node-a joined/);
    expect(said).toMatch(/Deployment web-api made with image registry\.example\.org\/web-api:1\.4/);
    expect(said).toMatch(/StatefulSet prod-patroni made with image/);
    expect(said).toMatch(/1 pod of web-api-\w+ started on node-a/);
    expect(said).toMatch(/pod prod-patroni-0 started on node-a/);
    expect(said).not.toMatch(/kube-controller-manager/);
    expect(
      [...lines].sort((a, b) =>
        b.slice(0, 17) < a.slice(0, 17) ? -1 : b.slice(0, 17) > a.slice(0, 17) ? 1 : 0,
      ),
    ).toEqual(lines);
  });

  it('counts replicas, also none', async () => {
    expect(await read(action('k8s.replicas'), admin, { workload: 'utility' })).toEqual({
      desired: 0,
      ready: 0,
    });
  });

  it('says what is not there', async () => {
    const failed = await failure(read(action('k8s.workload'), admin, { workload: 'nobody' }));
    expect(failed.says).toContain('deployments.apps "nobody" not found');
  });

  it('says that nothing can be run in a container that crashes', async () => {
    const params = { pod: 'prod-patroni-1', container: 'postgresql', path: '/x' };
    const failed = await failure(read(action('k8s.file-exists'), admin, params));
    expect(failed.says).toContain('The container is not running now');
    expect(failed.nothingHappened).toBe(true);
  });

  it('with rights in one namespace only: no nodes, no Secrets, and it says so', async () => {
    expect(await read(action('k8s.workload'), tenant, { workload: 'web-api' })).toMatchObject({
      desired: 1,
      new_nodes: [],
      unknowns: ["no right to see nodes: ask the cluster's administrators"],
    });
    expect(await read(action('k8s.changes'), tenant, {})).toMatchObject({
      unknowns: ["no right to see nodes: ask the cluster's administrators"],
    });
    expect(await read(action('k8s.trace-database'), tenant, { workload: 'web-api' })).toMatchObject({
      found: false,
      certain: false,
      unknowns: [
        'no right to read Secret web-api-db (env DATABASE_URL)',
        expect.stringContaining('"unused" may be wrong'),
      ],
    });
    expect(await read(action('k8s.trace-database'), tenant, { workload: 'tenant' })).toMatchObject({
      service_found: false,
      unknowns: expect.arrayContaining(['no right to look into namespace shared']),
    });
    const failed = await failure(
      read(action('k8s.workload'), { ...tenant, namespace: 'shared' }, { workload: 'x' }),
    );
    expect(failed.says).toContain('tenant has no right to get deployments.apps in namespace shared');
  });
});

const rbac = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: prod }
rules:
  - { apiGroups: [apps], resources: [deployments, statefulsets, replicasets, controllerrevisions], verbs: [get, list] }
  - { apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [list] }
  - { apiGroups: [""], resources: [pods, services, endpoints, configmaps, events, resourcequotas, persistentvolumeclaims], verbs: [get, list] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: reader, namespace: prod }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: tenant }]
`;
