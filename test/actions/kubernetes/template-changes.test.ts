/** restart, rollout-undo, set-probe-timeout, set-env: changes of a template on a real API server with real controllers. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { failure, happened, plan, read, run } from './call.ts';
import { arrives, named, untilItArrives, useStage } from './stage.ts';
import { DB, WORLD } from './template-world.ts';

const restart = named('k8s.restart');
const undo = named('k8s.rollout-undo');
const probe = named('k8s.set-probe-timeout');
const env = named('k8s.set-env');
const strategy = named('k8s.update-strategy');
const web = { workload: 'web' };

describeWith(['controlPlane'], 'changes of a template', () => {
  const stage = useStage({ controllers: true });
  const template = async (name = 'web') => (await stage.read('Deployment', name))['spec'].template;
  const container = async (name = 'web') => (await template(name)).spec.containers[0];
  const complete = (of: object = web) =>
    waitUntil(
      'the rollout is complete',
      async () => (await read(strategy, stage.admin, { ...of }))['complete'],
    );

  beforeAll(async () => {
    await stage.plane.addKubelet({ name: 'node-a' });
  });
  beforeEach(async () => {
    for (const name of ['web', 'held', 'owned']) await stage.remove('Deployment', name);
    await stage.remove('PodDisruptionBudget', 'web');
    await stage.remove('StatefulSet', 'manual');
    await stage.make(WORLD);
    await complete();
  });

  it('restarts: the pods are replaced, the plan names budget and owner, and the verification can tell', async () => {
    const made = await plan(restart, stage.admin, web);
    expect(made).toMatchObject({
      target: { kind: 'Deployment', namespace: 'default', name: 'web' },
      changes: [{ field: 'restarted', before: 'never', after: 'when this is confirmed' }],
      values: { before: '', pods: 1 },
      unknowns: [],
    });
    expect(made.notes).toEqual([
      expect.stringMatching(/^PodDisruptionBudget web allows (no pod|\d+) to be missing now/),
      'Helm release shop puts its own template back at the next upgrade, if the chart sets one.',
    ]);
    expect(made.undo).toBeUndefined();
    // Planning changes nothing, however often.
    expect((await plan(restart, stage.admin, web)).values).toEqual(made.values);
    expect((await template()).metadata.annotations).toBeUndefined();
    const pods = await read(named('k8s.image-by-pod'), stage.admin, web);
    const call = { ...stage.admin, operation: 'op-restart' };
    const { restarted_at: at } = await run<{ restarted_at: string }>(restart, call, web, made);
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(await happened(restart, call, web, made)).toBe('made');
    await waitUntil('the restart is verified', async () => {
      const seen = await read(strategy, stage.admin, web);
      return seen['complete'] && seen['restarted_at'] !== made.values['before'];
    });
    const after = await read<{ pods: { pod: string }[] }>(named('k8s.image-by-pod'), stage.admin, web);
    expect(after.pods.map((one) => one.pod)).not.toEqual((pods as typeof after).pods.map((one) => one.pod));
    // The next restart starts from this one.
    expect((await plan(restart, stage.admin, web)).values).toEqual({ before: at, pods: 1 });
  });

  it('does not restart what would take the change and replace no pod', async () => {
    const paused = await failure(plan(restart, stage.admin, { workload: 'held' }));
    expect(paused.says).toBe(
      'Deployment held is paused: it takes the change and replaces no pod. Resume it first: kubectl -n default rollout resume deployment/held',
    );
    const manual = await failure(plan(restart, stage.admin, { workload: 'manual', kind: 'statefulset' }));
    expect(manual.says).toContain('replaces a pod only when somebody deletes it (OnDelete)');
    expect([paused.nothingHappened, manual.nothingHappened]).toEqual([true, true]);
    const missing = await failure(plan(restart, stage.admin, { workload: 'none' }));
    expect(missing).toMatchObject({
      nothingHappened: true,
      says: expect.stringContaining('Not found while reading'),
    });
  });

  it('rolls back to the template before, settings too, and forward again by its undo', async () => {
    expect((await failure(plan(undo, stage.admin, web))).says).toMatch(/^web has no earlier revision/);
    const first = await container();
    await stage.edit('Deployment', 'web', {
      spec: {
        template: {
          spec: { containers: [{ ...first, image: 'web:2', env: [{ name: 'NEW', value: 'yes' }] }] },
        },
      },
    });
    await complete();
    const made = await plan(undo, stage.admin, web);
    expect(made.changes).toEqual([
      { field: 'revision', before: '2', after: '1' },
      { field: 'web.image', before: 'web:2', after: 'web:1' },
      { field: 'web.env.NEW', before: '{"name":"NEW","value":"yes"}', after: 'not set' },
      { field: 'web.env.MODE', before: 'not set', after: '{"name":"MODE","value":"fast"}' },
    ]);
    expect(made.undo).toEqual({ workload: 'web', kind: 'deployment', to_revision: 2 });
    const call = { ...stage.admin, operation: 'op-back' };
    expect(await run(undo, call, web, made)).toEqual({ images: ['web:1'] });
    expect(await happened(undo, call, web, made)).toBe('made');
    expect((await container()).env).toEqual([{ name: 'MODE', value: 'fast' }]);
    await complete();
    const forward = made.undo ?? {};
    expect(await run(undo, stage.admin, forward, await plan(undo, stage.admin, forward))).toEqual({
      images: ['web:2'],
    });
    expect((await container()).env).toEqual([{ name: 'NEW', value: 'yes' }]);
    await complete();
    expect((await failure(plan(undo, stage.admin, { ...web, to_revision: 7 }))).says).toMatch(
      /^web has no revision 7 any more. The cluster still has: \d, \d.$/,
    );
  });

  it('rolls a StatefulSet back by its ControllerRevisions', async () => {
    const set = { workload: 'db', kind: 'statefulset' };
    await stage.make(DB);
    await complete(set);
    const { containers } = (await stage.read('StatefulSet', 'db'))['spec'].template.spec;
    await stage.edit('StatefulSet', 'db', {
      spec: { template: { spec: { containers: [{ ...containers[0], image: 'db:2' }] } } },
    });
    await complete(set);
    const made = await plan(undo, stage.admin, set);
    expect(made.changes).toContainEqual({ field: 'db.image', before: 'db:2', after: 'db:1' });
    expect(await run(undo, stage.admin, set, made)).toEqual({ images: ['db:1'] });
    await complete(set);
    await stage.remove('StatefulSet', 'db');
  });

  it('sets a probe timeout and puts it back, and refuses a probe that is not there', async () => {
    const params = { ...web, seconds: 30 };
    const made = await plan(probe, stage.admin, params);
    expect(made).toMatchObject({
      changes: [{ field: 'readiness probe timeout of web', before: '1 s', after: '30 s' }],
      values: { container: 'web', before: 1, after: 30 },
      undo: {
        workload: 'web',
        kind: 'deployment',
        container: 'web',
        probe: 'readiness',
        seconds: 1,
        undoes: 30,
      },
    });
    expect(made.notes).toEqual([
      'All pods are replaced one after another.',
      'Helm release shop puts its own timeout back at the next upgrade, if the chart sets one.',
      'A probe runs every 10 s: with 30 s a slow answer is noticed later.',
    ]);
    const call = { ...stage.admin, operation: 'op-probe' };
    expect(await run(probe, call, params, made)).toEqual({ seconds: 30 });
    expect((await container()).readinessProbe).toMatchObject({ timeoutSeconds: 30, tcpSocket: { port: 80 } });
    expect(await read(named('k8s.probes'), stage.admin, web)).toMatchObject({
      timeout_seconds: 30,
    });
    const back = made.undo ?? {};
    expect(await run(probe, stage.admin, back, await plan(probe, stage.admin, back))).toEqual({ seconds: 1 });
    expect(await happened(probe, call, params, made)).toBe('made');
    const none = await failure(plan(probe, stage.admin, { ...params, probe: 'liveness' }));
    expect(none.says).toBe('Container web of web has no liveness probe, so there is no timeout to set.');
  });

  it('sets, changes and removes a variable, each with its way back, and leaves the others in their order', async () => {
    const names = async () => (await container()).env?.map((one: { name: string }) => one.name);
    const add = { ...web, name: 'LEVEL', value: 'debug' };
    const added = await plan(env, stage.admin, add);
    expect(added.changes).toEqual([{ field: 'LEVEL of web', before: 'not set', after: 'debug' }]);
    expect(await run(env, { ...stage.admin, operation: 'op-env' }, add, added)).toEqual({ set: true });
    expect(await names()).toEqual(['MODE', 'LEVEL']);
    expect(await happened(env, { ...stage.admin, operation: 'op-env' }, add, added)).toBe('made');
    const change = { ...web, name: 'MODE', value: 'slow' };
    const changed = await plan(env, stage.admin, change);
    expect(changed.undo).toMatchObject({ name: 'MODE', value: 'fast', undoes: { value: 'slow' } });
    await run(env, stage.admin, change, changed);
    expect(await names()).toEqual(['MODE', 'LEVEL']);
    const back = added.undo ?? {};
    expect(back).toMatchObject({ name: 'LEVEL', remove: true, undoes: { value: 'debug' } });
    expect(await run(env, stage.admin, back, await plan(env, stage.admin, back))).toEqual({ set: false });
    expect(await names()).toEqual(['MODE']);
  });

  it('takes no secret as a variable, in either direction', async () => {
    const says = async (params: object) =>
      (await failure(plan(env, stage.admin, { ...web, ...params }))).says;
    expect(await says({ name: 'DB_PASSWORD', value: 'x' })).toMatch(/^DB_PASSWORD looks like a secret/);
    expect(await says({ name: 'URL', value: 'postgres://web:hunter22@db/web' })).toMatch(
      /^URL looks like a secret/,
    );
    await stage.edit('Deployment', 'web', {
      spec: {
        template: {
          spec: {
            containers: [
              {
                ...(await container()),
                env: [
                  { name: 'URL', value: 'postgres://web:hunter22@db/web' },
                  { name: 'FROM', valueFrom: { secretKeyRef: { name: 'login', key: 'url' } } },
                ],
              },
            ],
          },
        },
      },
    });
    expect(await says({ name: 'URL', value: 'none' })).toMatch(/^URL looks like a secret. It has a value/);
    expect(await says({ name: 'FROM', value: 'none' })).toBe(
      'FROM of web comes from Secret login, key url. Change it there, then restart web.',
    );
    expect(await says({ name: 'MODE' })).toBe('Say either the value of MODE, or that it is removed.');
  });

  describe.each([
    ['k8s.restart', restart, web],
    ['k8s.set-probe-timeout', probe, { ...web, seconds: 30 }],
    ['k8s.set-env', env, { ...web, name: 'MODE', value: 'slow' }],
  ])('%s', (_name, action, params) => {
    it('keeps its eyes on the version: repeats after a conflict, gives up when its own field changed', async () => {
      const made = await plan(action, stage.admin, params);
      let asked = 0;
      const stillOurs = async () => {
        asked += 1;
        if (asked === 1) await stage.edit('Deployment', 'web', { metadata: { labels: { touched: 'yes' } } });
        return true;
      };
      await run(action, { ...stage.admin, operation: 'op-1', stillOurs }, params, made);
      expect(asked).toBeGreaterThanOrEqual(2);
      expect(await happened(action, { ...stage.admin, operation: 'op-1' }, params, made)).toBe('made');
      const late = await failure(run(action, { ...stage.admin, operation: 'op-2' }, params, made));
      expect(late).toMatchObject({ planChanged: true, nothingHappened: true });
      expect(await happened(action, { ...stage.admin, operation: 'op-2' }, params, made)).toBe('cannot tell');
    });

    it('writes nothing when it is not its turn any more, nor into an object that was made again', async () => {
      const made = await plan(action, stage.admin, params);
      const before = JSON.stringify(await template());
      const lost = await failure(run(action, { ...stage.admin, stillOurs: async () => false }, params, made));
      expect(lost.nothingHappened).toBe(true);
      expect(JSON.stringify(await template())).toBe(before);
      expect(await happened(action, { ...stage.admin, operation: 'op-none' }, params, made)).toBe('not made');
      await stage.remove('Deployment', 'web');
      await stage.make(WORLD.split('---')[0] ?? '');
      const other = await failure(run(action, stage.admin, params, made));
      expect(other).toMatchObject({ planChanged: true, nothingHappened: true });
      expect(await happened(action, stage.admin, params, made)).toBe('cannot tell');
    });

    it.each([
      ['answers', 'made'],
      ['requests', 'not made'],
    ] as const)(
      'when %s are lost on the way, its trace tells',
      async (lost, trace) => {
        await untilItArrives(() =>
          stage.cutOff(lost, async (through, cut, held, drop) => {
            const made = await plan(action, through, params);
            const failing = failure(run(action, { ...through, stillOurs: cut }, params, made));
            const arrived = await arrives(async () => {
              const { annotations } = (await stage.read('Deployment', 'web')).metadata;
              const ours = annotations?.['handrail.dev/operation'] === 'op-lost';
              return held() && ours === (trace === 'made');
            });
            drop();
            const failed = await failing;
            if (!arrived) return false;
            expect(failed).toMatchObject({ nothingHappened: false, planChanged: false });
            expect(await happened(action, through, params, made)).toBe(trace);
            return true;
          }),
        );
      },
      150_000,
    );
  });

  it('names the right that is missing at the plan, and a container that is not there', async () => {
    const reader = await stage.person('only-reads', [['apps', 'deployments', 'get,list']]);
    for (const [action, params] of [
      [restart, web],
      [probe, { ...web, seconds: 30 }],
      [env, { ...web, name: 'MODE', value: 'slow' }],
    ] as const) {
      const refused = await failure(plan(action, reader, params));
      expect(refused.says).toContain(
        'only-reads has no right to patch deployments.apps in namespace default',
      );
      expect(refused.nothingHappened).toBe(true);
    }
    const unknown = await failure(plan(probe, stage.admin, { ...web, container: 'none', seconds: 3 }));
    expect(unknown.says).toBe('web has no container none. It has: web.');
  });
});
