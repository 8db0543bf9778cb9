/** The image actions on a real API server and a real registry: pull secrets, rights, ImageStreams. */
import { CustomObjectsApi, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { age } from '../../../src/actions/image/age.ts';
import { candidates } from '../../../src/actions/image/candidates.ts';
import { resolve } from '../../../src/actions/image/resolve.ts';
import { Seen } from '../../../src/actions/redact/seen.ts';
import type { ControlPlane } from '../../support/control-plane/control-plane.ts';
import { startControlPlane } from '../../support/control-plane/control-plane.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { type Pushed, pusher } from '../../support/registry/push.ts';
import { LOGIN, type RealRegistry, startRegistry } from '../../support/registry/real-registry.ts';
import { describeWith } from '../../support/requirements.ts';
import { apply, callFor, failure, read } from '../kubernetes/call.ts';

const basic = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');
const NOW = () => new Date('2024-01-10T17:34:00Z');
const INTERNAL = 'image-registry.openshift-image-registry.svc:5000';

const dockerconfig = (host: string, auth: string) =>
  Buffer.from(JSON.stringify({ auths: { [host]: { auth } } })).toString('base64');

function world(host: string, digest: string): string {
  const pod = (labels: string, name: string, extra = '') => `
    metadata: { labels: { ${labels} } }
    spec:
      containers: [{ name: ${name}, image: "${host}/team/patroni:2.0.1-12.4-latest" }]${extra}`;
  return `
apiVersion: v1
kind: Secret
metadata: { name: artifactory, namespace: default }
type: kubernetes.io/dockerconfigjson
data: { .dockerconfigjson: "${dockerconfig(host, basic)}" }
---
apiVersion: v1
kind: Secret
metadata: { name: expired, namespace: default }
type: kubernetes.io/dockerconfigjson
data: { .dockerconfigjson: "${dockerconfig(host, Buffer.from('puller:last year').toString('base64'))}" }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: patroni, namespace: default }
imagePullSecrets: [{ name: artifactory }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: bare, namespace: default }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: stale, namespace: default }
imagePullSecrets: [{ name: expired }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: prod-patroni, namespace: default }
spec:
  serviceName: prod-patroni
  replicas: 0
  selector: { matchLabels: { app: patroni } }
  template:${pod('app: patroni', 'postgresql', '\n      serviceAccountName: patroni')}
---
apiVersion: v1
kind: Pod
metadata: { name: old, namespace: default, labels: { app: patroni } }
spec: { containers: [{ name: postgresql, image: x }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: bare, namespace: default }
spec:
  replicas: 0
  selector: { matchLabels: { app: bare } }
  template:${pod('app: bare', 'app', '\n      serviceAccountName: bare')}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: imagestreams.image.openshift.io }
spec:
  group: image.openshift.io
  names: { kind: ImageStream, plural: imagestreams, singular: imagestream }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`.replaceAll('DIGEST', digest);
}

describeWith(['controlPlane', 'registry'], 'images', () => {
  let plane: ControlPlane;
  let registry: RealRegistry;
  let good: Pushed;
  const caller = () => ({ kubeconfig: plane.kubeconfig, namespace: 'default', now: NOW });

  beforeAll(async () => {
    [plane, registry] = await Promise.all([startControlPlane(), startRegistry('basic')]);
    const push = pusher(registry.host, async () => `Basic ${basic}`);
    good = await push.image('team/patroni', '2.0.1-12.4-latest', {
      created: '2021-01-10T17:34:00Z',
      env: ['PATRONI_VERSION=2.0.1', 'PG_VERSION=12.4'],
    });
    await push.image('team/patroni', '1.6.5-12.4', { created: '2020-01-01T00:00:00Z' });
    await push.image('team/patroni', '3.0.0-15.2', {
      created: '2023-05-01T00:00:00Z',
      env: ['PG_VERSION=15.2'],
    });
    await apply(plane.kubeconfig, world(registry.host, good.digest));
  });
  afterAll(async () => {
    await Promise.all([plane?.stop(), registry?.close()]);
  });

  it('resolve with the pull secrets of the workload’s own service account', async () => {
    const found = await read(resolve, caller(), { workload: 'prod-patroni', kind: 'statefulset' });
    expect(found).toEqual({
      resolves: true,
      answer: 'resolves',
      says: `${registry.host}/team/patroni:2.0.1-12.4-latest is there, built 2021-01-10; it says PostgreSQL 12.4, Patroni 2.0.1.`,
      image: `${registry.host}/team/patroni:2.0.1-12.4-latest`,
      pinned: `${registry.host}/team/patroni@${good.digest}`,
      digest: good.digest,
      created: '2021-01-10T17:34:00.000Z',
      age_seconds: 3 * 365 * 86_400,
      platforms: ['linux/amd64'],
      postgres: '12.4',
      postgres_major: '12',
      patroni: '2.0.1',
      declared_by: 'environment',
      asked_with: 'pull secret artifactory',
      unknowns: [],
    });
  });

  it('do not resolve without one, or with one of last year: each with its own remedy', async () => {
    expect(await read(resolve, caller(), { workload: 'bare' })).toMatchObject({
      resolves: false,
      answer: 'needs login',
      asked_with: 'no login',
    });
    const image = `${registry.host}/team/patroni:2.0.1-12.4-latest`;
    expect(await read(resolve, caller(), { image, service_account: 'stale' })).toMatchObject({
      answer: 'login refused',
      asked_with: 'pull secret expired',
      says: expect.stringContaining('Renew the pull secret'),
    });
    expect(
      await read(resolve, caller(), { image: `${registry.host}/team/patroni:9`, service_account: 'patroni' }),
    ).toMatchObject({ answer: 'no such tag' });
  });

  it('keep the password to themselves', async () => {
    const seen = new Seen();
    const call = callFor(resolve, caller(), { workload: 'prod-patroni', kind: 'statefulset' });
    const out = await (resolve as ReadingAction<Record<string, unknown>>).run({ ...call, seen });
    expect(seen.secrets).toEqual(expect.arrayContaining([LOGIN.password, basic]));
    expect(JSON.stringify(out)).not.toContain(LOGIN.password);
  });

  it('are refused in words when the call names none', async () => {
    expect((await failure(read(resolve, caller(), {}))).says).toContain('Name an image or a workload');
    expect((await failure(read(resolve, caller(), { image: 'a b' }))).says).toContain('no name of an image');
    const other = { workload: 'prod-patroni', kind: 'statefulset', container: 'nope' };
    expect((await failure(read(resolve, caller(), other))).says).toContain('It has postgresql.');
  });

  it('say what could not be seen when Secrets may not be read', async () => {
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    const rbac = config.makeApiClient(RbacAuthorizationV1Api);
    const metadata = { name: 'half', namespace: 'default' };
    await rbac.createNamespacedRole({
      namespace: 'default',
      body: {
        metadata,
        rules: [
          { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['get'] },
          { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get'] },
        ],
      },
    });
    await rbac.createNamespacedRoleBinding({
      namespace: 'default',
      body: {
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'half' },
        subjects: [{ kind: 'User', name: 'half', apiGroup: 'rbac.authorization.k8s.io' }],
      },
    });
    const half = { kubeconfig: await plane.kubeconfigFor('half'), namespace: 'default', now: NOW };
    const found = await waitUntil('the role is in force', async () => {
      const params = { workload: 'prod-patroni', kind: 'statefulset' };
      return await read<{ unknowns: string[]; answer: string }>(resolve, half, params).catch(() => undefined);
    });
    expect(found).toMatchObject({
      answer: 'needs login',
      unknowns: ['no right to see pull secret artifactory, so its login was not tried'],
    });
  });

  it('have an age, and a tag that may have moved since the pods were started', async () => {
    const params = { workload: 'prod-patroni', kind: 'statefulset' };
    const before = await read(age, caller(), params);
    expect(before).toMatchObject({ resolves: true, age_seconds: 3 * 365 * 86_400, running_digests: [] });
    expect(before).not.toHaveProperty('moved');
    const { CoreV1Api } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    const old = `sha256:${'e'.repeat(64)}`;
    await config.makeApiClient(CoreV1Api).patchNamespacedPodStatus({
      name: 'old',
      namespace: 'default',
      body: [
        {
          op: 'add',
          path: '/status/containerStatuses',
          value: [
            {
              name: 'postgresql',
              image: 'x',
              imageID: `docker-pullable://${registry.host}/team/patroni@${old}`,
              ready: true,
              restartCount: 0,
            },
          ],
        },
      ],
    });
    expect(await read(age, caller(), params)).toMatchObject({ running_digests: [old], moved: true });
  });

  it('that could be used instead are those that can be pulled, of the same PostgreSQL, newest first', async () => {
    const params = { workload: 'prod-patroni', kind: 'statefulset' };
    const all = await read<{ candidates: { tag: string }[] }>(candidates, caller(), params);
    expect(all.candidates.map((one) => one.tag)).toEqual(['3.0.0-15.2', '2.0.1-12.4-latest', '1.6.5-12.4']);
    const same = await read(candidates, caller(), { ...params, postgres_major: '12' });
    expect(same).toMatchObject({
      found: 2,
      looked_at: 3,
      newest: `${registry.host}/team/patroni:2.0.1-12.4-latest`,
      hollow: [],
      says: '2 of 3 tags have an image with PostgreSQL 12; the newest is 2.0.1-12.4-latest, built 2021-01-10.',
    });
    expect(await read(candidates, caller(), { ...params, most: 1 })).toMatchObject({
      looked_at: 1,
      unknowns: ['2 of 3 tags were not looked at'],
    });
    expect((await failure(read(candidates, caller(), { workload: 'bare' }))).says).toContain('wants a login');
  });

  describe('of an ImageStream', () => {
    const stream = (tag: string) => ({
      image: `${INTERNAL}/tools/patroni:${tag}`,
      service_account: 'patroni',
    });

    beforeAll(async () => {
      await apply(plane.kubeconfig, 'apiVersion: v1\nkind: Namespace\nmetadata: { name: tools }');
      const config = new KubeConfig();
      config.loadFromFile(plane.kubeconfig);
      const api = config.makeApiClient(CustomObjectsApi);
      const at = { group: 'image.openshift.io', version: 'v1', namespace: 'tools', plural: 'imagestreams' };
      const item = (reference: string) => [
        {
          created: '2022-03-01T00:00:00Z',
          dockerImageReference: reference,
          image: `sha256:${'c'.repeat(64)}`,
        },
      ];
      const body = {
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStream',
        metadata: { name: 'patroni' },
        spec: { tags: [{ name: 'v12-latest' }, { name: 'imported' }, { name: 'failed' }] },
        status: {
          tags: [
            { tag: 'imported', items: item(`${registry.host}/team/patroni@${good.digest}`) },
            { tag: 'built', items: item(`${INTERNAL}/tools/patroni@sha256:${'c'.repeat(64)}`) },
            {
              tag: 'failed',
              items: null,
              conditions: [{ type: 'ImportSuccess', status: 'False', message: 'manifest unknown' }],
            },
          ],
        },
      };
      await waitUntil('the API server serves ImageStreams', () =>
        api.createNamespacedCustomObject({ ...at, body }).then(
          () => true,
          () => false,
        ),
      );
    });

    it('resolve through it to where they came from', async () => {
      expect(await read(resolve, caller(), stream('imported'))).toMatchObject({
        resolves: true,
        digest: good.digest,
        asked_with: 'pull secret artifactory',
      });
    });

    it('are told apart: a tag without an image, a failed import, no such tag, no such stream', async () => {
      expect(await read(resolve, caller(), stream('v12-latest'))).toMatchObject({
        resolves: false,
        answer: 'no image behind it',
        says: expect.stringContaining('no complete image behind it'),
      });
      expect(await read(resolve, caller(), stream('failed'))).toMatchObject({
        answer: 'no image behind it',
        says: expect.stringContaining('manifest unknown'),
      });
      expect(await read(resolve, caller(), stream('v9'))).toMatchObject({ answer: 'no such tag' });
      const none = { image: `${INTERNAL}/tools/nothing:1` };
      expect(await read(resolve, caller(), none)).toMatchObject({ answer: 'no such repository' });
    });

    it('that lie in the registry inside are told by the stream, and what is not known is said', async () => {
      const built = await read<{ unknowns: string[] }>(resolve, caller(), stream('built'));
      expect(built).toMatchObject({ resolves: true, created: '2022-03-01T00:00:00.000Z' });
      expect(built.unknowns.join()).toContain('cannot be asked from here');
    });

    it('are candidates too', async () => {
      const found = await read<{ candidates: { tag: string }[]; hollow: string[] }>(
        candidates,
        caller(),
        stream('x'),
      );
      expect(found.candidates.map((one) => one.tag)).toEqual(['built', 'imported']);
      expect(found.hollow.toSorted()).toEqual(['failed', 'v12-latest']);
    });
  });
});

describeWith(['controlPlane'], 'images where the cluster has no ImageStreams', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
  });
  afterAll(async () => {
    await plane?.stop();
  });

  it('are unknown, not an error', async () => {
    const caller = { kubeconfig: plane.kubeconfig, namespace: 'default', now: NOW };
    const image = `${INTERNAL}/tools/patroni:v12`;
    expect(await read(resolve, caller, { image })).toMatchObject({
      resolves: false,
      answer: 'no answer',
      unknowns: expect.arrayContaining(['this cluster has no image streams']),
    });
  });
});
