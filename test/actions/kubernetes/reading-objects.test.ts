/** Small reading actions on a real API server: images, strategies, claims, addresses, volumes, probes, accounts. */
import { KubeConfig, StorageV1Api } from '@kubernetes/client-node';
import { beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { failure, read } from './call.ts';
import { pod, WORLD } from './objects-world.ts';
import { named, useStage } from './stage.ts';

const DIGESTS = ['a', 'b'].map((one) => `sha256:${one.repeat(64)}`);

describeWith(['controlPlane'], 'reading objects', () => {
  const stage = useStage();

  beforeAll(async () => {
    await stage.plane.addKubelet({ name: 'node-a' });
    await stage.make(WORLD);
    const { uid } = (await stage.read('Deployment', 'web')).metadata;
    await stage.make(
      ['1.4', '1.5']
        .map((tag, at) => pod(`web-abc-${at}`, `registry.example.org/web:${tag}`, uid ?? ''))
        .join('\n---\n'),
    );
    for (const name of ['web-abc-0', 'web-abc-1', 'db-0']) {
      await waitUntil(
        `${name} runs`,
        async () => (await stage.read('Pod', name))['status']?.phase === 'Running',
      );
    }
  });

  it('k8s.image-by-pod says which pods differ from the template', async () => {
    const found = await read(named('k8s.image-by-pod'), stage.admin, { workload: 'web' });
    expect(found).toMatchObject({
      template: [{ container: 'web', image: 'registry.example.org/web:1.5' }],
      differing: ['web-abc-0'],
      count: 2,
      moved_tags: [],
    });
    expect((found as { pods: object[] }).pods).toMatchObject([
      {
        pod: 'web-abc-0',
        container: 'web',
        image: 'registry.example.org/web:1.4',
        differs: true,
        ready: true,
      },
      {
        pod: 'web-abc-1',
        container: 'web',
        image: 'registry.example.org/web:1.5',
        differs: false,
        ready: true,
      },
    ]);
  });

  it('k8s.update-strategy gives strategy, partition and how far a rollout is', async () => {
    expect(await read(named('k8s.update-strategy'), stage.admin, { workload: 'web' })).toEqual({
      type: 'RollingUpdate',
      partition: 0,
      max_unavailable: '25%',
      max_surge: '25%',
      paused: true,
      desired: 2,
      ready: 0,
      updated: 0,
      complete: false,
      restarted_at: '',
    });
    expect(
      await read(named('k8s.update-strategy'), stage.admin, { workload: 'db', kind: 'statefulset' }),
    ).toMatchObject({ type: 'RollingUpdate', partition: 2, paused: false });
    expect(
      (await failure(read(named('k8s.update-strategy'), stage.admin, { workload: 'none' }))).says,
    ).toMatch(/^Not found while reading deployment none in default/);
  });

  it('k8s.pvc gives size, phase, who mounts it, and how full it is when asked', async () => {
    const pvc = named('k8s.pvc');
    expect(await read(pvc, stage.admin, {})).toEqual({
      claims: [
        {
          name: 'data',
          phase: 'Pending',
          size_bytes: 2 ** 30,
          volume: 'volume-1',
          pods: ['db-0'],
          growing: false,
        },
        { name: 'forgotten', phase: 'Pending', size_bytes: 5 * 2 ** 20, pods: [], growing: false },
      ],
      count: 2,
      not_bound: ['data', 'forgotten'],
      unused: ['forgotten'],
      fullest_percent: -1,
      unknowns: [],
    });
    const full = await read<{
      claims: { used_bytes: number; used_percent: number }[];
      fullest_percent: number;
    }>(pvc, stage.admin, { pod: 'db-0', used: true });
    expect(full.claims).toHaveLength(1);
    expect(full.claims[0]?.used_bytes).toBeGreaterThan(0);
    expect(full.fullest_percent).toBe(full.claims[0]?.used_percent);
    expect((await failure(read(pvc, stage.admin, { claim: 'nothing' }))).says).toContain(
      'There is no claim nothing',
    );
    expect((await failure(read(pvc, stage.admin, { pod: 'nobody' }))).says).toContain(
      'There is no pod nobody',
    );
  });

  it('k8s.endpoints tells a Service with addresses from one that matches nothing', async () => {
    const endpoints = named('k8s.endpoints');
    expect(await read(endpoints, stage.admin, { service: 'kept' })).toEqual({
      addresses: [
        { address: '10.1.2.3', pod: 'db-0', ready: true },
        { address: '10.1.2.4', ready: false },
      ],
      ready: 1,
      not_ready: 1,
      selector: '',
      matching: [],
      none_matched: false,
      says: 'Service kept has no selector: its 2 addresses are written by somebody else.',
      routes: [],
      unknowns: [],
    });
    expect(await read(endpoints, stage.admin, { service: 'old' })).toMatchObject({
      none_matched: true,
      matching: [],
      says: 'Service old selects app=db,role=master, and no pod has these labels. 1 pods match all but the role.',
    });
    expect(await read(endpoints, stage.admin, { service: 'web' })).toMatchObject({
      none_matched: false,
      matching: ['web-abc-0', 'web-abc-1'],
      ready: 0,
      says: 'Service web has no ready address: the cluster has not written them yet.',
    });
    expect(await read(endpoints, stage.admin, { service: 'alias' })).toMatchObject({
      says: 'Service alias is only another name for db.example.org: it has no addresses here.',
    });
  });

  it('k8s.wait-volume-detached names the node, since when, and the error; then that nobody holds it', async () => {
    const detached = named('k8s.wait-volume-detached');
    const config = new KubeConfig();
    config.loadFromFile(stage.plane.kubeconfig);
    const storage = config.makeApiClient(StorageV1Api);
    const made = await storage.createVolumeAttachment({
      body: {
        metadata: { name: 'held' },
        spec: {
          attacher: 'csi.example.org',
          nodeName: 'node-b',
          source: { persistentVolumeName: 'volume-1' },
        },
      },
    });
    await storage.patchVolumeAttachmentStatus({
      name: 'held',
      body: [
        {
          op: 'add',
          path: '/status',
          value: {
            attached: true,
            detachError: { message: 'rpc error: volume is busy, token=abcdef0123456789abcdef' },
          },
        },
      ],
    });
    const since = made.metadata?.creationTimestamp?.toISOString().replace('.000Z', 'Z');
    const held = await read<{ says: string; error: string }>(detached, stage.admin, { claim: 'data' });
    expect(held).toMatchObject({ known: true, detached: false, volume: 'volume-1', node: 'node-b', since });
    expect(held.error).toContain('volume is busy');
    expect(held.says).toMatch(
      /^Volume volume-1 is attached to node-b since .* When it hangs, ask .* The driver says: rpc error: volume is busy/,
    );
    await storage.deleteVolumeAttachment({ name: 'held' });
    expect(await read(detached, stage.admin, { claim: 'data' })).toMatchObject({
      known: true,
      detached: true,
      says: 'No node holds volume volume-1 any more.',
    });
    expect((await failure(read(detached, stage.admin, { claim: 'forgotten' }))).says).toBe(
      'Claim forgotten has no volume: it is Pending.',
    );
  });

  it('without the right to see volume attachments or nodes it says whom to ask', async () => {
    const tenant = await stage.person('tenant', [
      ['', 'persistentvolumeclaims', 'get'],
      ['', 'pods', 'get'],
    ]);
    const contacts = [
      { name: 'Data team', what: 'the database' },
      { name: 'Platform team', what: 'the cluster', channel: '#platform' },
    ];
    const system = {
      id: 's',
      title: 'S',
      namespace: 'default',
      workloads: [],
      databases: [],
      docs: [],
      dependencies: [],
      runbooks: [],
      contacts,
    };
    const caller = { ...tenant, catalog: { systems: [system] } };
    expect(await read(named('k8s.wait-volume-detached'), caller, { claim: 'data' })).toEqual({
      known: false,
      detached: false,
      volume: 'volume-1',
      says: 'Whether a node still holds volume volume-1 is not known: no right to see volume attachments: ask Platform team (#platform).',
      unknowns: ['no right to see volume attachments: ask Platform team (#platform)'],
    });
    expect(await read(named('k8s.pod'), tenant, { pod: 'db-0' })).toMatchObject({
      node_state: 'unknown',
      unknowns: ["no right to see nodes: ask the cluster's administrators"],
    });
  });

  it('k8s.pod tells a pod that runs, one on a node that is gone, and none', async () => {
    const action = named('k8s.pod');
    const { uid } = (await stage.read('Pod', 'db-0')).metadata;
    expect(await read(action, stage.admin, { pod: 'db-0' })).toEqual({
      exists: true,
      uid,
      phase: 'Running',
      ready: true,
      restarts: 0,
      deleting: false,
      node: 'node-a',
      node_state: 'ready',
      unknowns: [],
    });
    expect(await read(action, stage.admin, { pod: 'stranded' })).toMatchObject({
      node: 'node-gone',
      node_state: 'gone',
    });
    expect(await read(action, stage.admin, { pod: 'none' })).toEqual({
      exists: false,
      ready: false,
      restarts: 0,
      deleting: false,
      unknowns: [],
    });
  });

  it('k8s.probes and k8s.env read the template, and never what is in a Secret', async () => {
    expect(await read(named('k8s.probes'), stage.admin, { workload: 'web' })).toEqual({
      container: 'web',
      has: ['readiness'],
      found: true,
      timeout_seconds: 1,
      period_seconds: 10,
      failures: 3,
      complete: false,
    });
    expect(
      await read(named('k8s.probes'), stage.admin, { workload: 'web', probe: 'liveness' }),
    ).toMatchObject({
      found: false,
      timeout_seconds: 0,
    });
    const env = (name: string) => read(named('k8s.env'), stage.admin, { workload: 'web', name });
    expect(await env('MODE')).toEqual({
      container: 'web',
      set: true,
      from: 'value',
      value: 'fast',
      complete: false,
    });
    expect(await env('URL')).toEqual({
      container: 'web',
      set: true,
      from: 'Secret login, key url',
      complete: false,
    });
    expect(await env('NONE')).toEqual({ container: 'web', set: false, complete: false });
    const unclear = await failure(
      read(named('k8s.probes'), stage.admin, { workload: 'db', kind: 'statefulset' }),
    );
    expect(unclear.says).toBe('db has 2 containers (postgresql, metrics): name the one that is meant.');
    const wrong = { workload: 'db', kind: 'statefulset', container: 'web' };
    expect((await failure(read(named('k8s.probes'), stage.admin, wrong))).says).toBe(
      'db has no container web. It has: postgresql, metrics.',
    );
  });

  it('k8s.service-account and k8s.role-binding', async () => {
    expect(await read(named('k8s.service-account'), stage.admin, { service_account: 'puller' })).toEqual({
      exists: true,
      pull_secrets: ['registry'],
    });
    expect(await read(named('k8s.service-account'), stage.admin, {})).toEqual({
      exists: false,
      pull_secrets: [],
    });
    expect(await read(named('k8s.role-binding'), stage.admin, { binding: 'given' })).toEqual({
      exists: true,
      role: 'ClusterRole view',
      subjects: ['User jane'],
      expires: '2026-01-01T00:00:00Z',
      expired: true,
    });
    expect(await read(named('k8s.role-binding'), stage.admin, { binding: 'none' })).toEqual({
      exists: false,
      subjects: [],
      expired: false,
    });
  });

  it('two pods with the same tag and different contents are a moved tag', async () => {
    const workload = await stage.read('Deployment', 'web');
    await stage.make(
      DIGESTS.map((_, at) =>
        pod(`web-abc-1${at}`, 'registry.example.org/web:moved', workload.metadata.uid ?? ''),
      ).join('\n---\n'),
    );
    const config = new KubeConfig();
    config.loadFromFile(stage.plane.kubeconfig);
    const { CoreV1Api, PatchStrategy, setHeaderOptions } = await import('@kubernetes/client-node');
    const core = config.makeApiClient(CoreV1Api);
    for (const [at, digest] of DIGESTS.entries()) {
      const name = `web-abc-1${at}`;
      // The pretend kubelet writes no image id; a real one does.
      await waitUntil(
        `${name} runs`,
        async () => (await stage.read('Pod', name))['status']?.phase === 'Running',
      );
      const { status } = await core.readNamespacedPodStatus({ name, namespace: 'default' });
      const containerStatuses = status?.containerStatuses?.map((one) =>
        Object.assign({}, one, { imageID: `registry.example.org/web@${digest}` }),
      );
      await core.patchNamespacedPodStatus(
        { name, namespace: 'default', body: { status: { containerStatuses } } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    }
    expect(await read(named('k8s.image-by-pod'), stage.admin, { workload: 'web' })).toMatchObject({
      moved_tags: ['web registry.example.org/web:moved'],
    });
  });
});
