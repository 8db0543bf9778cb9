/** Snapshots of a namespace on a real API server, and `k8s.compare-baseline` against a stored one. */
import { KubeConfig, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { ReadingAction } from '../../../../src/actions/action.ts';
import { takeSnapshot } from '../../../../src/actions/kubernetes/snapshot/take.ts';
import type { StoredBaseline } from '../../../../src/actions/reach.ts';
import type { RecordedAct } from '../../../../src/incidents/baseline/diff.ts';
import { difference } from '../../../../src/incidents/baseline/diff.ts';
import { type Snapshot, snapshotSchema } from '../../../../src/incidents/baseline/snapshot.ts';
import { waitUntil } from '../../../support/control-plane/waiting.ts';
import { describeWith } from '../../../support/requirements.ts';
import { type Caller, callFor, plan, run } from '../call.ts';
import { named, useStage } from '../stage.ts';
import { PLANTED, SNAPSHOT_WORLD } from './world.ts';

const KEY = 'a key of this test';
const ACTION = 'k8s.compare-baseline';

interface Compared {
  readonly differences: readonly Readonly<Record<string, string>>[];
  readonly lines: readonly string[];
  readonly count?: number;
  readonly left_out: number;
  readonly objects: number;
  readonly not_checked: readonly string[];
  readonly taken_at?: string;
  readonly since?: string;
  readonly unknowns: readonly string[];
}

describeWith(['controlPlane'], 'a baseline', () => {
  const stage = useStage();
  let stored: Snapshot;

  const take = (caller: Caller, key = KEY): Promise<Snapshot> =>
    takeSnapshot(callFor(named(ACTION), caller, {}), key);
  async function compare(
    baseline: StoredBaseline | undefined,
    caller: Caller = stage.admin,
  ): Promise<Compared> {
    const action = named(ACTION) as ReadingAction<Record<string, unknown>>;
    const call = callFor(action, caller, {});
    const reach = { ...call.reach, ...(baseline ? { baseline: async () => baseline } : {}) };
    return (action.output as never as { strict(): { parse(out: unknown): Compared } })
      .strict()
      .parse(await action.run({ ...call, reach }));
  }
  const since = (acts: readonly RecordedAct[] = []): StoredBaseline => ({
    found: true,
    snapshot: stored,
    key: KEY,
    acts,
  });
  const fieldsOf = (snapshot: Snapshot, kind: string, name: string) => {
    const found = snapshot.objects.find((one) => one.kind === kind && one.name === name);
    return Object.fromEntries(Object.entries(found?.fields ?? {}).map(([key, { value }]) => [key, value]));
  };

  /** A merge patch, as a person's own tool writes it. */
  async function byHand(kind: string, name: string, body: object): Promise<void> {
    const config = new KubeConfig();
    config.loadFromFile(stage.admin.kubeconfig);
    const { apiVersion } = await stage.read(kind, name);
    await KubernetesObjectApi.makeApiClient(config).patch(
      { apiVersion: apiVersion ?? 'v1', kind, metadata: { name, namespace: 'default' }, ...body },
      undefined,
      undefined,
      'kubectl-edit',
      undefined,
      PatchStrategy.MergePatch,
    );
  }

  beforeAll(async () => {
    await stage.make(SNAPSHOT_WORLD);
    // The cluster remembers whole seconds: who made it is not to be taken for who changes it.
    const made = Math.floor(Date.now() / 1000);
    await waitUntil('another second has begun', () => Math.floor(Date.now() / 1000) > made || undefined);
  });
  beforeEach(async () => {
    stored = await take(stage.admin);
  });

  it('twice is no difference, and fits its own schema', async () => {
    expect(snapshotSchema.parse(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
    const found = await compare(since());
    expect(found).toMatchObject({ count: 0, differences: [], lines: [], not_checked: [], unknowns: [] });
    expect(found.objects).toBe(stored.objects.length);
    expect(found.taken_at).toBe(new Date(stored.takenAt).toISOString());
    expect(found.since).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\dZ, \d+ min ago$/);
  });

  it('holds what each kind is compared by', () => {
    expect(fieldsOf(stored, 'Deployment', 'web')).toMatchObject({
      replicas: '3',
      'image of container web': 'registry.example.org/web:1.5',
      'image of container wait': 'wait:1',
      'readiness probe of container web': 'httpGet',
      'readiness probe timeoutSeconds of container web': '5',
      'liveness probe of container web': 'exec',
      'variable URL of container web': 'key url of Secret login',
      'variables from ConfigMap settings of container web': 'there',
      'variables from Secret login with the prefix X_ of container web': 'there',
      'update strategy': 'RollingUpdate (maxSurge 25%, maxUnavailable 25%)',
    });
    expect(fieldsOf(stored, 'StatefulSet', 'db')['update strategy']).toBe('RollingUpdate (partition 0)');
    expect(fieldsOf(stored, 'RoleBinding', 'team')).toEqual({
      role: 'ClusterRole admin',
      'subject User li': 'there',
    });
    expect(fieldsOf(stored, 'Service', 'db')).toEqual({ selector: 'app=db,role=master' });
    expect(fieldsOf(stored, 'ServiceAccount', 'puller')).toEqual({ 'pull secret registry': 'there' });
    expect(fieldsOf(stored, 'PersistentVolumeClaim', 'data-db-0')).toMatchObject({ 'size asked for': '1Gi' });
    expect(fieldsOf(stored, 'HorizontalPodAutoscaler', 'scaled')).toEqual({
      target: 'Deployment scaled',
      'least replicas': '2',
      'most replicas': '5',
    });
    expect(fieldsOf(stored, 'Patroni', 'db')).toMatchObject({
      pause: 'false',
      'setting loop_wait': '10',
      'setting postgresql.parameters.work_mem': '8MB',
    });
    expect(Object.keys(fieldsOf(stored, 'ConfigMap', 'settings'))).toEqual(['key LEVEL']);
    expect(Object.keys(fieldsOf(stored, 'Secret', 'login'))).toEqual(['key url']);
    expect(stored.leftOut.map(({ kind, name, why }) => `${kind} ${name}: ${why}`)).toEqual(
      expect.arrayContaining([
        "ConfigMap db-config: Patroni's own state",
        "ConfigMap db-leader: Patroni's own state",
        'Secret site: certificate',
      ]),
    );
  });

  it('has no value of a Secret, a variable, a probe or a setting, nor has what it says of a change', async () => {
    await stage.edit('ConfigMap', 'settings', { data: { LEVEL: `${PLANTED.entry}-2` } });
    await stage.edit('Secret', 'login', { stringData: { url: `${PLANTED.password}-2` } });
    const found = await compare(since());
    expect(found.lines).toEqual([
      expect.stringContaining('ConfigMap settings: key LEVEL has another value'),
      expect.stringContaining('Secret login: key url has another value'),
    ]);
    const texts = JSON.stringify([stored, await take(stage.admin), found]);
    for (const value of Object.values(PLANTED)) {
      expect(texts).not.toContain(value);
      expect(texts).not.toContain(Buffer.from(value).toString('base64').slice(0, 12));
    }
  });

  it('asks about what somebody changed by hand, with both values, the tool and the time', async () => {
    await byHand('RoleBinding', 'team', {
      subjects: [
        { kind: 'User', name: 'li', apiGroup: 'rbac.authorization.k8s.io' },
        { kind: 'ServiceAccount', name: 'bot', namespace: 'default' },
      ],
    });
    await byHand('Deployment', 'web', { spec: { replicas: 1 } });
    await byHand('Service', 'db', { spec: { selector: { role: 'primary' } } });
    await byHand('ServiceAccount', 'puller', { imagePullSecrets: [{ name: 'other' }] });
    const found = await compare(since());
    expect(found.count).toBe(5);
    expect(found.differences).toMatchObject([
      { kind: 'Deployment', name: 'web', field: 'replicas', before: '3', after: '1' },
      { kind: 'RoleBinding', field: 'subject ServiceAccount default/bot', change: 'added' },
      { kind: 'Service', field: 'selector', before: 'app=db,role=master', after: 'app=db,role=primary' },
      { kind: 'ServiceAccount', field: 'pull secret other', change: 'added' },
      { kind: 'ServiceAccount', field: 'pull secret registry', change: 'removed' },
    ]);
    for (const { by, at } of found.differences) {
      expect(by).toBe('kubectl-edit');
      expect(new Date(at ?? 0).getTime()).toBeGreaterThan(stored.takenAt - 1000);
    }
    expect(found.lines[0]).toMatch(
      /^Deployment web: replicas was 3, is 1, at about \d{4}-\S+ \d\d:\d\dZ with /,
    );
    await byHand('Deployment', 'web', { spec: { replicas: 3 } });
    expect((await compare(since())).count).toBe(4);
  });

  it('asks about objects that were made and that are gone', async () => {
    await stage.make(`
apiVersion: v1
kind: ConfigMap
metadata: { name: fresh, namespace: default }
data: { a: b }`);
    await stage.remove('ServiceAccount', 'puller');
    const found = await compare(since());
    expect(found.lines).toEqual(
      expect.arrayContaining([
        expect.stringContaining('ConfigMap fresh was made'),
        'ServiceAccount puller is gone',
      ]),
    );
    await stage.remove('ConfigMap', 'fresh');
  });

  it('does not ask about a change that the incident made, nor about what an autoscaler sets', async () => {
    const scale = named('k8s.scale');
    const params = { workload: 'web', replicas: 2, expect: { replicas: 3 } };
    await run(scale, stage.admin, params, await plan(scale, stage.admin, params));
    await stage.edit('Deployment', 'scaled', { spec: { replicas: 4 } });
    const own = [{ kind: 'Deployment', name: 'web', uses: 'k8s.scale' }];
    expect(await compare(since(own))).toMatchObject({ count: 0, left_out: 2 });
    // Somebody changes it once more, by hand.
    await stage.edit('Deployment', 'web', { spec: { replicas: 5 } });
    expect((await compare(since(own))).lines).toEqual([
      expect.stringContaining('Deployment web: replicas was 3, is 5'),
    ]);
    await stage.edit('Deployment', 'web', { spec: { replicas: 3 } });
  });

  it('sees a pause and a setting of Patroni', async () => {
    const config = { pause: true, ttl: 30, loop_wait: 20 };
    await stage.edit('ConfigMap', 'db-config', {
      metadata: { annotations: { config: JSON.stringify(config) } },
    });
    const found = await compare(since());
    expect(found.lines).toEqual(
      expect.arrayContaining([
        expect.stringContaining('Patroni db: pause was false, is true'),
        expect.stringContaining('Patroni db: setting loop_wait was 10, is 20'),
        expect.stringContaining('Patroni db lost setting postgresql.parameters.archive_command'),
      ]),
    );
  });

  it('says that nothing is stored instead of 0', async () => {
    const found = await compare(undefined);
    expect(found).not.toHaveProperty('count');
    expect(found.unknowns[0]).toBe(
      'whether anything changed: nothing is stored here that could be compared with',
    );
    expect(found.objects).toBe(stored.objects.length);
    const says = 'the snapshot of INC-7 could not be taken: the cluster was away';
    expect((await compare({ found: false, says })).unknowns[0]).toContain(says);
  });

  it('with rights in one namespace for some kinds says which others were not checked, and whom to ask', async () => {
    const some = await stage.person('looker', [
      ['apps', 'deployments', 'list'],
      ['', 'configmaps', 'list'],
    ]);
    const taken = await take(some);
    expect(new Set(taken.objects.map(({ kind }) => kind))).toEqual(
      new Set(['Deployment', 'ConfigMap', 'Patroni']),
    );
    expect(taken.notChecked.map(({ kind }) => kind)).toEqual([
      'DeploymentConfig',
      'HorizontalPodAutoscaler',
      'Image digests',
      'PersistentVolumeClaim',
      'RoleBinding',
      'Secret',
      'Service',
      'ServiceAccount',
      'StatefulSet',
    ]);
    expect(taken.notChecked[5]?.why).toBe("no right to list secrets: ask the cluster's administrators");
    // What the one saw and the other may not is no difference.
    expect(difference(stored, taken).questions).toEqual([]);
    const found = await compare(since(), some);
    expect(found).toMatchObject({ count: 0 });
    expect(found.not_checked).toContain("Secret: no right to list secrets: ask the cluster's administrators");
    expect(found.unknowns.every((line) => line.startsWith('no right to list '))).toBe(true);
  });

  it('with no right at all is nothing but what was not checked', async () => {
    const nobody = await stage.person('stranger', [['', 'limitranges', 'list']]);
    const taken = await take(nobody);
    expect(taken.objects).toEqual([]);
    expect(taken.notChecked.map(({ kind }) => kind)).toContain('Patroni');
    expect(difference(stored, taken)).toMatchObject({ questions: [], objects: 0 });
  });
});
