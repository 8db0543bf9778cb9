/** Pods and workloads removed, and a workload put back from its capture, on a real API server. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { failure, happened, plan, read, run } from './call.ts';
import { holder, POSTGRES, pod, WORLD } from './removed-world.ts';
import { named, useStage } from './stage.ts';

const deletePod = named('k8s.delete-pod');
const deleteWorkload = named('k8s.delete-workload');
const applyOne = named('k8s.apply');
const debugCopy = named('k8s.debug-copy');
const pg = { workload: 'postgres' };

describeWith(['controlPlane'], 'removed and put back', () => {
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

  it('deletes a pod that runs, and says that nobody makes it again', async () => {
    await waitUntil('it runs', async () => (await stage.read('Pod', 'here'))['status']?.phase === 'Running');
    const params = { pod: 'here' };
    const made = await plan(deletePod, stage.admin, params);
    expect(made).toMatchObject({
      target: { kind: 'Pod', name: 'here' },
      changes: [{ field: 'pod here', before: 'Running on node-a', after: 'deleted' }],
      values: { pod: 'here', node: 'node-a', force: false },
      notes: ['Nobody makes here again: it belongs to no workload.'],
    });
    const call = { ...stage.admin, operation: 'op-delete' };
    expect(await happened(deletePod, call, params, made)).toBe('not made');
    expect(await run(deletePod, call, params, made)).toEqual({ deleted: true });
    expect(await happened(deletePod, call, params, made)).toBe('made');
    await waitUntil('it is gone', async () => !(await read(named('k8s.pod'), stage.admin, params))['exists']);
    // Gone is gone: once more changes nothing.
    expect(await run(deletePod, call, params, made)).toEqual({ deleted: true });
    expect((await failure(plan(deletePod, stage.admin, params))).says).toBe(
      'There is no pod here in default, so there is nothing to delete.',
    );
  });

  it('strikes a pod off whose node is gone, and not one whose node answers, unless that was asked for', async () => {
    await stage.remove('Pod', 'here');
    await stage.make(pod('here', 'node-a'));
    const forced = await plan(deletePod, stage.admin, { pod: 'lone', force: true });
    expect(forced).toMatchObject({
      changes: [
        {
          field: 'pod lone',
          before: 'Pending on node-gone',
          after: 'struck off without waiting for its node',
        },
      ],
      notes: ['Node node-gone is not in the cluster any more.', expect.any(String)],
    });
    expect(await run(deletePod, stage.admin, { pod: 'lone', force: true }, forced)).toEqual({
      deleted: true,
    });
    expect(await stage.find('Pod', 'lone')).toBeUndefined();
    const ready = await failure(plan(deletePod, stage.admin, { pod: 'here', force: true }));
    expect(ready.says).toContain(
      'Node node-a answers, so here ends by itself when it is deleted without force',
    );
    const anyway = await plan(deletePod, stage.admin, { pod: 'here', force: true, even_if_node_ready: true });
    expect(anyway.notes[0]).toContain('it was asked to do it anyway');
    const tenant = await stage.person('tenant', [['', 'pods', 'get,delete']]);
    const blind = await failure(plan(deletePod, tenant, { pod: 'here', force: true }));
    expect(blind.says).toMatch(
      /cannot be seen here \(no right to see nodes\). Ask the cluster's administrators/,
    );
    const told = await plan(deletePod, tenant, { pod: 'here', force: true, even_if_node_ready: true });
    expect(told.unknowns).toEqual(["no right to see nodes: ask the cluster's administrators"]);
  });

  it('a deletion that hangs is not yet the one by force', async () => {
    const params = { pod: 'stuck' };
    await run(deletePod, stage.admin, params, await plan(deletePod, stage.admin, params));
    // Its node never confirms.
    expect((await stage.read('Pod', 'stuck')).metadata.deletionTimestamp).toBeDefined();
    const force = { pod: 'stuck', force: true };
    const made = await plan(deletePod, stage.admin, force);
    expect(made.changes[0]?.before).toBe('ending on node-gone');
    expect(await happened(deletePod, stage.admin, force, made)).toBe('not made');
    await run(deletePod, stage.admin, force, made);
    expect(await happened(deletePod, stage.admin, force, made)).toBe('made');
  });

  it('does not delete a pod, nor a workload, that was made again since the plan', async () => {
    const lone = await plan(deletePod, stage.admin, { pod: 'lone', force: true });
    const workload = await plan(deleteWorkload, stage.admin, pg);
    const stillOurs = async () => {
      await stage.remove('Pod', 'lone');
      await stage.remove('Deployment', 'postgres');
      await stage.make(pod('lone', 'node-gone'));
      await stage.make(POSTGRES);
      return true;
    };
    const other = await failure(
      run(deletePod, { ...stage.admin, stillOurs }, { pod: 'lone', force: true }, lone),
    );
    expect(other).toMatchObject({ planChanged: true, nothingHappened: true });
    const second = await failure(run(deleteWorkload, stage.admin, pg, workload));
    expect(second).toMatchObject({ planChanged: true, nothingHappened: true });
    expect(await stage.find('Pod', 'lone')).toBeDefined();
    expect(await stage.find('Deployment', 'postgres')).toBeDefined();
  });

  it('deletes a Deployment after capturing it, and puts it back as it was', async () => {
    const before = await stage.read('Deployment', 'postgres');
    const made = await plan(deleteWorkload, stage.admin, pg);
    expect(made).toMatchObject({
      target: { kind: 'Deployment', name: 'postgres', uid: before.metadata.uid },
      changes: [{ field: 'Deployment postgres', before: 'there, 1 replicas', after: 'not there' }],
      values: { claims: ['pgdata'], replicas: 1 },
      notes: [
        'It has no pods now.',
        'Its data stays: pgdata.',
        'Its manifest is captured, so that k8s.apply can put it back.',
        'Argo CD application shop may put its own copy back within minutes if self-heal is on.',
      ],
    });
    const manifest = made.values['manifest'] as string;
    expect(manifest).not.toMatch(/uid|resourceVersion|managedFields|status|last-applied/);
    const call = { ...stage.admin, operation: 'op-delete' };
    expect(await run(deleteWorkload, call, pg, made)).toEqual({ deleted: true });
    expect(await happened(deleteWorkload, call, pg, made)).toBe('made');
    expect(await stage.find('Deployment', 'postgres')).toBeUndefined();

    const back = { kind: 'deployment', name: 'postgres', capture: manifest };
    const apply = await plan(applyOne, stage.admin, back);
    expect(apply).toMatchObject({
      target: { kind: 'Deployment', name: 'postgres' },
      changes: [
        { field: 'Deployment postgres', before: 'not there', after: 'made' },
        {
          field: 'manifest',
          before: 'none',
          after: expect.stringMatching(/^what was captured, sha256 [0-9a-f]{12}$/),
        },
      ],
      values: { existed: false },
    });
    expect(apply.undo).toBeUndefined();
    const again = { ...stage.admin, operation: 'op-apply' };
    expect(await happened(applyOne, again, back, apply)).toBe('not made');
    expect(await run(applyOne, again, back, apply)).toMatchObject({ made: true });
    expect(await happened(applyOne, again, back, apply)).toBe('made');
    const after = await stage.read('Deployment', 'postgres');
    expect(after['spec']).toEqual(before['spec']);
    expect(after.metadata.labels).toEqual(before.metadata.labels);
    expect(after.metadata.annotations).toMatchObject({
      'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:default/postgres',
    });
  });

  it('does not delete what was changed since it was captured', async () => {
    const made = await plan(deleteWorkload, stage.admin, pg);
    await stage.edit('Deployment', 'postgres', { spec: { replicas: 3 } });
    const changed = await failure(run(deleteWorkload, stage.admin, pg, made));
    expect(changed).toMatchObject({ planChanged: true, nothingHappened: true });
    expect(await happened(deleteWorkload, stage.admin, pg, made)).toBe('not made');
    const now = await plan(deleteWorkload, stage.admin, pg);
    let asked = 0;
    const stillOurs = async () => {
      if (++asked === 1) await stage.edit('Deployment', 'postgres', { spec: { replicas: 4 } });
      return true;
    };
    expect((await failure(run(deleteWorkload, { ...stage.admin, stillOurs }, pg, now))).planChanged).toBe(
      true,
    );
    expect((await stage.read('Deployment', 'postgres'))['spec'].replicas).toBe(4);
  });

  it('does not delete what it cannot keep whole, and names the claims of a StatefulSet', async () => {
    const secretive = await failure(plan(deleteWorkload, stage.admin, { workload: 'secretive' }));
    expect(secretive.says).toMatch(/something that looks like a secret or personal data in plain text/);
    expect(secretive.says).not.toContain('hunter22');
    const made = await plan(deleteWorkload, stage.admin, { workload: 'db', kind: 'statefulset' });
    expect(made.values).toMatchObject({ claims: ['data-db-0', 'data-db-1'], replicas: 2 });
  });

  it('names the right that is missing, at the plan', async () => {
    const reader = await stage.person('reads', [
      ['apps', 'deployments', 'get'],
      ['', 'pods', 'get,list'],
    ]);
    const says = async (action: Parameters<typeof plan>[0], params: Record<string, unknown>) =>
      (await failure(plan(action, reader, params))).says;
    expect(await says(deletePod, { pod: 'lone' })).toContain(
      'reads has no right to delete pods in namespace default',
    );
    expect(await says(deleteWorkload, pg)).toContain('reads has no right to delete deployments.apps');
    const { values } = await plan(deleteWorkload, stage.admin, pg);
    const capture = { kind: 'deployment', name: 'postgres', capture: values['manifest'] };
    expect(await says(applyOne, capture)).toContain('reads has no right to patch deployments.apps');
    await stage.remove('Pod', 'here');
    await stage.make(holder);
    expect(await says(debugCopy, { pod: 'here' })).toContain('reads has no right to create pods');
  });
});
