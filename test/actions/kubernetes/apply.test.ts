/** Manifests and captures put into a real cluster, volumes looked at, and answers that are lost on the way. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import type { Caller } from './call.ts';
import { failure, happened, plan, read, run } from './call.ts';
import { holder, POSTGRES, WORLD } from './removed-world.ts';
import { named, useStage } from './stage.ts';

const deletePod = named('k8s.delete-pod');
const deleteWorkload = named('k8s.delete-workload');
const applyOne = named('k8s.apply');
const debugCopy = named('k8s.debug-copy');
const pg = { workload: 'postgres' };

describeWith(['controlPlane'], 'put into the cluster', () => {
  const stage = useStage();
  const pods = ['lone', 'here', 'stuck'];

  beforeAll(async () => {
    await stage.plane.addKubelet({ name: 'node-a' });
  });
  beforeEach(async () => {
    for (const name of [...pods, 'handrail-inc-7-debug-3a6eb079', ...helpers])
      await stage.remove('Pod', name);
    for (const name of ['postgres', 'secretive']) await stage.remove('Deployment', name);
    await stage.remove('StatefulSet', 'db');
    await stage.remove('ConfigMap', 'settings');
    await stage.make(WORLD);
  });
  const helpers: string[] = [];

  it('applies nothing that is not whole, not for here, or of another kind', async () => {
    const { values } = await plan(deleteWorkload, stage.admin, pg);
    const manifest = values['manifest'] as string;
    const says = async (params: object, caller: Caller = stage.admin) =>
      (await failure(plan(applyOne, caller, { kind: 'deployment', name: 'postgres', ...params }))).says;
    expect(await says({ capture: manifest.replace('postgres:13', 'postgres:14') })).toContain(
      'its hash does not fit',
    );
    expect(await says({ capture: 'kind: Deployment' })).toContain('not what Handrail captured');
    expect(await says({ name: 'other', capture: manifest })).toBe(
      'what was captured holds no Deployment other.',
    );
    expect(await says({})).toBe('Say where Deployment postgres comes from: either a manifest or a capture.');
    expect(await says({ manifest: 'none.yaml' })).toBe(
      "There is no manifests/none.yaml in the runbooks' folder.",
    );
    const elsewhere = {
      ...stage.admin,
      manifests: {
        'a.yaml': POSTGRES.replace('namespace: default', 'namespace: other'),
        'b.yaml': 'a: [',
        'c.yaml': POSTGRES.replace('image', 'imagine'),
      },
    };
    expect(await says({ manifest: 'a.yaml' }, elsewhere)).toBe(
      'Deployment postgres in manifests/a.yaml is for the namespace other, not for default.',
    );
    expect(await says({ manifest: 'b.yaml' }, elsewhere)).toMatch(/^manifests\/b.yaml cannot be read: /);
    expect(applyOne.params.safeParse({ kind: 'secret', name: 'x', manifest: 'a.yaml' }).success).toBe(false);
    expect(
      applyOne.params.safeParse({ kind: 'deployment', name: 'x', manifest: '../../etc/a.yaml' }).success,
    ).toBe(false);
    const invalid = {
      ...stage.admin,
      manifests: {
        'a.yaml': POSTGRES.replace('app: postgres } }\n  template', 'app: other } }\n  template'),
      },
    };
    await stage.remove('Deployment', 'postgres');
    expect(await says({ manifest: 'a.yaml' }, invalid)).toMatch(/does not accept this change \(422\)/);
  });

  it('applies a manifest over what is there: the difference first, whose fields it takes, and back by its undo', async () => {
    const manifests = {
      'settings.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { mode: slow, more: "yes" }\n',
    };
    const caller = { ...stage.admin, manifests, operation: 'op-apply' };
    const params = { kind: 'configmap', name: 'settings', manifest: 'settings.yaml' };
    const made = await plan(applyOne, caller, params);
    expect(made.changes.slice(0, 2)).toEqual([
      { field: 'data.mode', before: 'fast', after: 'slow' },
      { field: 'data.more', before: 'not set', after: 'yes' },
    ]);
    expect(made.notes).toEqual([expect.stringMatching(/^It takes over fields that others wrote/)]);
    expect(await happened(applyOne, caller, params, made)).toBe('not made');
    expect(await run(applyOne, caller, params, made)).toMatchObject({ made: false });
    expect(await happened(applyOne, caller, params, made)).toBe('made');
    expect((await stage.read('ConfigMap', 'settings'))['data']).toEqual({
      mode: 'slow',
      more: 'yes',
      other: 'kept',
    });
    expect((await failure(run(applyOne, { ...caller, operation: 'op-2' }, params, made))).planChanged).toBe(
      true,
    );
    const same = await plan(applyOne, caller, params);
    expect(same.notes).toContain('It is so already: nothing will change.');
    const undo = made.undo ?? {};
    await run(applyOne, stage.admin, undo, await plan(applyOne, stage.admin, undo));
    expect((await stage.read('ConfigMap', 'settings'))['data']).toEqual({ mode: 'fast', other: 'kept' });
    expect(await happened(applyOne, caller, params, made)).toBe('made');
  });

  it('applies a Service whose ports do not name the protocol, which an old server answers with 500', async () => {
    const service = (app: string) =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: front, namespace: default }\nspec: { ports: [{ port: 80 }], selector: { app: ${app} } }\n`;
    await stage.make(service('web'));
    const caller = { ...stage.admin, manifests: { 'front.yaml': service('other') } };
    const params = { kind: 'service', name: 'front', manifest: 'front.yaml' };
    const made = await plan(applyOne, caller, params);
    expect(made.changes[0]).toEqual({ field: 'spec.selector.app', before: 'web', after: 'other' });
    await run(applyOne, caller, params, made);
    const { spec } = await stage.read('Service', 'front');
    expect(spec).toMatchObject({ ports: [{ port: 80, protocol: 'TCP' }], selector: { app: 'other' } });
    await stage.remove('Service', 'front');
  });

  it('a manifest that was edited between plan and confirmation is not applied', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { mode: slow }\n';
    const params = { kind: 'configmap', name: 'settings', manifest: 'settings.yaml' };
    const made = await plan(applyOne, { ...stage.admin, manifests: { 'settings.yaml': text } }, params);
    const edited = { ...stage.admin, manifests: { 'settings.yaml': text.replace('slow', 'slower') } };
    expect(await failure(run(applyOne, edited, params, made))).toMatchObject({
      planChanged: true,
      nothingHappened: true,
    });
  });

  const changedMode = {
    'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { mode: slow }\n',
  };
  describe.each([
    [
      'k8s.delete-workload',
      deleteWorkload,
      pg,
      async () => (await stage.find('Deployment', 'postgres')) === undefined,
    ],
    [
      'k8s.apply',
      applyOne,
      { kind: 'configmap', name: 'settings', manifest: 'settings.yaml' },
      async () => (await stage.read('ConfigMap', 'settings'))['data'].mode === 'slow',
    ],
  ] as const)('%s', (_name, action, params, isMade) => {
    it.each([
      ['answers', 'made'],
      ['requests', 'not made'],
    ] as const)('when %s are lost on the way, its trace tells', async (lost, trace) => {
      await stage.cutOff(lost, async (cutting, cut, held, drop) => {
        const through = { ...cutting, manifests: changedMode };
        const made = await plan(action, through, params);
        const failing = failure(run(action, { ...through, stillOurs: cut }, params, made));
        await waitUntil(
          'the request is where it can get',
          async () => held() && (await isMade()) === (trace === 'made'),
        );
        drop();
        expect(await failing).toMatchObject({ nothingHappened: false, planChanged: false });
        expect(await happened(action, through, params, made)).toBe(trace);
      });
    });
  });

  it('looks at a volume through a helper that only reads, as the same user, and is removed again', async () => {
    await stage.remove('Pod', 'here');
    await stage.make(holder);
    const params = { pod: 'here' };
    const made = await plan(debugCopy, stage.admin, params);
    const name = made.target.name;
    helpers.push(name);
    expect(made).toMatchObject({
      changes: [
        { field: `pod ${name}`, before: 'not there', after: 'reads pgdata at /var/lib/pg, for 4 h' },
        { field: 'image', before: 'none', after: 'postgres:13' },
      ],
      values: { pod: name, claim: 'pgdata', image: 'postgres:13', path: '/var/lib/pg' },
    });
    expect(await run(debugCopy, { ...stage.admin, operation: 'op-look' }, params, made)).toEqual({
      pod: name,
      path: '/var/lib/pg',
    });
    expect(await happened(debugCopy, { ...stage.admin, operation: 'op-look' }, params, made)).toBe('made');
    const { spec } = await stage.read('Pod', name);
    expect(spec).toMatchObject({
      nodeName: 'node-a',
      activeDeadlineSeconds: 4 * 3600,
      automountServiceAccountToken: false,
      securityContext: { runAsUser: 999, supplementalGroups: [1000] },
      volumes: [{ persistentVolumeClaim: { claimName: 'pgdata' } }],
    });
    expect(spec.securityContext.fsGroup).toBeUndefined();
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: 'looked-at', mountPath: '/var/lib/pg', readOnly: true },
    ]);
    expect((await failure(plan(debugCopy, stage.admin, params))).says).toContain(
      'already. Use it, or delete it first.',
    );
    const gone = { pod: name };
    await run(deletePod, stage.admin, gone, await plan(deletePod, stage.admin, gone));
    await waitUntil(
      'the helper is gone',
      async () => !(await read(named('k8s.pod'), stage.admin, gone))['exists'],
    );
    expect((await failure(plan(debugCopy, stage.admin, { pod: 'lone' }))).says).toBe(
      'Pod lone mounts no claim: there is no volume to look at.',
    );
  });
});
