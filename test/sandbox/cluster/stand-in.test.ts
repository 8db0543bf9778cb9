// What the contract cannot hold against the old real server at hand: newer APIs, forgotten versions, kubectl's tables.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  AutoscalingV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PolicyV1Api,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceOf } from '../../../sandbox/cluster/api/resources.ts';
import { type StandInCluster, startStandInCluster } from '../../../sandbox/cluster/server.ts';
import { ask } from '../../contract/asking.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith, programOf } from '../../support/requirements.ts';

const CORE = '/api/v1/namespaces/default';
let cluster: StandInCluster;
let config: KubeConfig;

beforeAll(async () => {
  cluster = await startStandInCluster({ stepMs: 5 });
  config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
});
afterAll(async () => {
  await cluster?.close();
});

describe('the stand-in cluster beyond the contract', () => {
  it('has the newer APIs', async () => {
    const namespace = 'default';
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const body = { metadata: { name: 'web' }, spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 4 } };
    await config.makeApiClient(AutoscalingV2Api).createNamespacedHorizontalPodAutoscaler({ namespace, body });
    const old = await config
      .makeApiClient(AutoscalingV1Api)
      .listNamespacedHorizontalPodAutoscaler({ namespace });
    expect(old.items[0]?.spec).toMatchObject({ maxReplicas: 4, scaleTargetRef });
    await config.makeApiClient(PolicyV1Api).createNamespacedPodDisruptionBudget({
      namespace,
      body: { metadata: { name: 'web' }, spec: { maxUnavailable: 1 } },
    });
    const batch = config.makeApiClient(BatchV1Api);
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'job:1' }] } };
    const annotated = { ...template, metadata: { annotations: { 'stand-in.handrail.dev/exit-code': '0' } } };
    await batch.createNamespacedJob({
      namespace,
      body: { metadata: { name: 'once' }, spec: { template: annotated } },
    });
    const done = await waitUntil('the job is complete', async () => {
      const job = await batch.readNamespacedJob({ namespace, name: 'once' });
      return job.status?.completionTime ? job : undefined;
    });
    expect(done.status).toMatchObject({ succeeded: 1 });
  });

  it('answers a watch from a forgotten version with 410, and an informer goes on', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const seen: string[] = [];
    const informer = makeInformer<V1ConfigMap>(config, `${CORE}/configmaps`, () =>
      core.listNamespacedConfigMap({ namespace: 'default' }),
    );
    informer.on('add', (map) => seen.push(map.metadata?.name ?? ''));
    await informer.start();
    await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'first' } } });
    await waitUntil('it is seen', () => seen.includes('first'));
    await informer.stop();
    cluster.store.compact();
    const { code, body } = await ask(
      config,
      'GET',
      `${CORE}/configmaps?watch=1&resourceVersion=5&timeoutSeconds=1`,
    );
    expect(code).toBe(200);
    expect(body).toMatchObject({
      type: 'ERROR',
      object: {
        kind: 'Status',
        code: 410,
        reason: 'Expired',
        message: expect.stringMatching(/^too old resource version: 5 \(\d+\)$/),
      },
    });
  });

  it('lets go of a namespace with all that is in it', async () => {
    await ask(config, 'POST', '/api/v1/namespaces', { metadata: { name: 'brief' } });
    await ask(config, 'POST', '/api/v1/namespaces/brief/configmaps', { metadata: { name: 'x' } });
    await ask(config, 'DELETE', '/api/v1/namespaces/brief');
    await waitUntil(
      'it is gone',
      async () => (await ask(config, 'GET', '/api/v1/namespaces/brief')).code === 404,
    );
    expect(cluster.store.list(resourceOf('ConfigMap'), 'brief')).toEqual([]);
  });

  it('waits for finalizers', async () => {
    await ask(config, 'POST', `${CORE}/configmaps`, {
      metadata: { name: 'held', finalizers: ['example.org/hold'] },
    });
    const held = await ask(config, 'DELETE', `${CORE}/configmaps/held`);
    expect(held.body.metadata.deletionTimestamp).toBeTruthy();
    await ask(
      config,
      'PATCH',
      `${CORE}/configmaps/held`,
      { metadata: { finalizers: null } },
      'application/merge-patch+json',
    );
    expect((await ask(config, 'GET', `${CORE}/configmaps/held`)).code).toBe(404);
  });
});

describeWith(['kubectl'], 'the stand-in cluster through kubectl', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'handrail-kubectl-'));
    writeFileSync(join(folder, 'config'), cluster.kubeconfig);
    writeFileSync(join(folder, 'nobody'), cluster.kubeconfigFor('nobody'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const kubectl = async (args: string[], who = 'config') => {
    const variables = { ...process.env, HOME: folder };
    const { stdout } = await promisify(execFile)(
      programOf('kubectl', 'kubectl'),
      ['--kubeconfig', join(folder, who), ...args],
      { env: variables },
    );
    return stdout;
  };

  it('creates, shows, scales, enters and describes', async () => {
    await kubectl(['create', 'deployment', 'shop', '--image=shop/web:1']);
    await kubectl(['rollout', 'status', 'deployment/shop', '--timeout=20s']);
    const pods = await kubectl(['get', 'pods', '-l', 'app=shop']);
    expect(pods).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\nshop-[a-z0-9-]+ +1\/1 +Running +0 +\d+s\n$/);
    await kubectl(['scale', 'deployment/shop', '--replicas=2']);
    await kubectl(['rollout', 'status', 'deployment/shop', '--timeout=20s']);
    expect(await kubectl(['get', 'deployment', 'shop', '-o', 'jsonpath={.status.readyReplicas}'])).toBe('2');
    expect(await kubectl(['exec', 'deployment/shop', '--', 'sh', '-c', 'echo inside'])).toBe('inside\n');
    await expect(kubectl(['exec', 'deployment/shop', '--', 'sh', '-c', 'exit 4'])).rejects.toMatchObject({
      code: 4,
    });
    expect(await kubectl(['describe', 'deployment', 'shop'])).toMatch(/ScalingReplicaSet/);
    expect(await kubectl(['auth', 'can-i', 'delete', 'pods'])).toBe('yes\n');
  });

  it('denies somebody without rights in the words of a real cluster', async () => {
    await expect(kubectl(['get', 'pods'], 'nobody')).rejects.toMatchObject({
      stderr: expect.stringContaining(
        'pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "default"',
      ),
    });
  });
});
