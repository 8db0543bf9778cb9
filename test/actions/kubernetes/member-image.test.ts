/** One member of a StatefulSet at a time, on a real API server with real controllers and a pretend kubelet. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { failure, happened, plan, read, run } from './call.ts';
import { arrives, named, untilItArrives, useStage } from './stage.ts';

const setImage = named('k8s.set-member-image');
const setStrategy = named('k8s.set-update-strategy');
const params = {
  statefulset: 'db',
  member: 'db-1',
  container: 'postgresql',
  image: 'registry.example.org/db:2',
};
const set = { workload: 'db', kind: 'statefulset' };

describeWith(['controlPlane'], 'one member at a time', () => {
  const stage = useStage({ controllers: true });
  const pod = async (name: string) => await stage.read('Pod', name);
  const images = async () => {
    const { pods } = await read<{ pods: { pod: string; container: string; image: string }[] }>(
      named('k8s.image-by-pod'),
      stage.admin,
      set,
    );
    return pods
      .filter((one) => one.container === 'postgresql')
      .map((one) => `${one.pod} ${one.image.split(':')[1]}`);
  };
  const allReady = (uid?: string) =>
    waitUntil('three members are ready, and the old one is gone', async () => {
      const { status } = await stage.read('StatefulSet', 'db');
      const now = await stage.find('Pod', 'db-1');
      return status?.readyReplicas === 3 && now !== undefined && now.metadata.uid !== uid;
    });

  beforeAll(async () => {
    await stage.plane.addKubelet({ name: 'node-a' });
  });
  beforeEach(async () => {
    await stage.remove('StatefulSet', 'db');
    await waitUntil('no member is left', async () => {
      const all = await Promise.all(['db-0', 'db-1', 'db-2'].map((name) => stage.find('Pod', name)));
      return all.every((one) => one === undefined);
    });
    await stage.make(DB);
    await allReady();
    await stage.edit('Pod', 'db-1', { metadata: { labels: { role: 'primary' } } });
  });

  it('plans image, template and strategy, and says who leads and what the hook does', async () => {
    const { uid } = (await pod('db-1')).metadata;
    const made = await plan(setImage, stage.admin, params);
    expect(made).toMatchObject({
      target: {
        kind: 'Pod',
        namespace: 'default',
        name: 'db-1',
        uid,
        owner: { kind: 'StatefulSet', name: 'db' },
      },
      changes: [
        { field: 'image of db-1', before: 'registry.example.org/db:1', after: 'registry.example.org/db:2' },
        {
          field: 'image in the template',
          before: 'registry.example.org/db:1',
          after: 'registry.example.org/db:2',
        },
        { field: 'update strategy', before: 'RollingUpdate', after: 'OnDelete' },
      ],
      values: {
        container: 'postgresql',
        before: 'registry.example.org/db:1',
        template_before: 'registry.example.org/db:1',
        after: 'registry.example.org/db:2',
        strategy_before: 'RollingUpdate',
        partition_before: 0,
        member: 'db-1',
        pod_uid: uid,
      },
      undo: {
        statefulset: 'db',
        member: 'db-1',
        container: 'postgresql',
        image: 'registry.example.org/db:1',
        undoes: 'registry.example.org/db:2',
      },
    });
    expect(made.notes).toEqual([
      'Before db-1 ends, container postgresql runs its preStop hook: /scripts/switchover.sh. It may move the leader before the pod ends.',
      'db-1 is labelled as the leader now.',
      'The other members keep their image until their pods are deleted.',
      'OnDelete stays until somebody sets the strategy back (k8s.set-update-strategy).',
    ]);
    expect((await pod('db-1')).metadata.uid).toBe(uid);
  });

  it('moves this member alone, then another, back again, and the strategy last', async () => {
    const before = await Promise.all(
      ['db-0', 'db-1', 'db-2'].map(async (name) => (await pod(name)).metadata.uid),
    );
    const made = await plan(setImage, stage.admin, params);
    const call = { ...stage.admin, operation: 'op-image' };
    expect(await happened(setImage, call, params, made)).toBe('not made');
    expect(await run(setImage, call, params, made)).toEqual({ image: params.image, member: 'db-1' });
    await allReady(before[1]);
    expect(await happened(setImage, call, params, made)).toBe('made');
    expect(await images()).toEqual(['db-0 1', 'db-1 2', 'db-2 1']);
    expect((await pod('db-0')).metadata.uid).toBe(before[0]);
    expect((await pod('db-2')).metadata.uid).toBe(before[2]);
    expect(await read(named('k8s.update-strategy'), stage.admin, set)).toMatchObject({
      type: 'OnDelete',
      complete: false,
    });

    const back = made.undo ?? {};
    const uid = (await pod('db-1')).metadata.uid;
    await run(setImage, stage.admin, back, await plan(setImage, stage.admin, back));
    await allReady(uid);
    expect(await images()).toEqual(['db-0 1', 'db-1 1', 'db-2 1']);
    expect(await happened(setImage, call, params, made)).toBe('made');

    const rolling = { statefulset: 'db', type: 'RollingUpdate' };
    const strategy = await plan(setStrategy, stage.admin, rolling);
    expect(strategy).toMatchObject({
      changes: [{ field: 'update strategy', before: 'OnDelete', after: 'RollingUpdate' }],
      notes: [],
      undo: {
        statefulset: 'db',
        type: 'OnDelete',
        partition: 0,
        undoes: { type: 'RollingUpdate', partition: 0 },
      },
    });
    expect(await run(setStrategy, stage.admin, rolling, strategy)).toEqual({ type: 'RollingUpdate' });
    expect(await read(named('k8s.update-strategy'), stage.admin, set)).toMatchObject({
      type: 'RollingUpdate',
    });
  });

  it('waits for the member before, and warns before the others would be replaced', async () => {
    const bad = { ...params, image: 'registry.example.org/db:bad' };
    await stage.edit('StatefulSet', 'db', {
      spec: {
        template: { metadata: { annotations: { 'handrail.test/ready': 'false' } } },
        updateStrategy: { type: 'OnDelete', rollingUpdate: null },
      },
    });
    await run(setImage, stage.admin, bad, await plan(setImage, stage.admin, bad));
    await waitUntil('db-1 is back with the image that does not get ready', async () =>
      (await stage.find('Pod', 'db-1'))?.['spec'].containers[0].image.endsWith(':bad'),
    );
    const second = await failure(plan(setImage, stage.admin, { ...bad, member: 'db-2' }));
    expect(second).toMatchObject({
      nothingHappened: true,
      says: 'db-1 has this image and is not ready yet. One member at a time: wait until it is ready, or look why it is not.',
    });
    const rolling = await waitUntil('the controller has seen the template', async () => {
      const made = await plan(setStrategy, stage.admin, { statefulset: 'db', type: 'RollingUpdate' });
      return made.notes.length > 0 ? made : undefined;
    });
    expect(rolling.notes).toEqual([
      'The cluster then replaces db-0, db-2 at once, one after another: they run an older template.',
    ]);
    const kept = await plan(setStrategy, stage.admin, {
      statefulset: 'db',
      type: 'RollingUpdate',
      partition: 2,
    });
    expect(kept.notes).toEqual([
      'The cluster then replaces db-2 at once, one after another: they run an older template.',
    ]);
  });

  it('refuses a member that was replaced since the plan, a name that is none, and a template somebody changed', async () => {
    const made = await plan(setImage, stage.admin, params);
    const none = await failure(plan(setImage, stage.admin, { ...params, member: 'db-7' }));
    expect(none.says).toBe('db has no member db-7 now. Its pods: db-0, db-1, db-2.');
    expect(setImage.params.safeParse({ ...params, image: 'registry.example.org/db' }).success).toBe(false);
    const { containers } = (await stage.read('StatefulSet', 'db'))['spec'].template.spec;
    const changed = containers.map((one: { name: string }) =>
      one.name === 'postgresql' ? { ...one, image: 'x:3' } : one,
    );
    await stage.edit('StatefulSet', 'db', {
      spec: {
        updateStrategy: { type: 'OnDelete', rollingUpdate: null },
        template: { spec: { containers: changed } },
      },
    });
    const other = await failure(run(setImage, stage.admin, params, made));
    expect(other).toMatchObject({ planChanged: true, nothingHappened: true });
    const { uid } = (await pod('db-1')).metadata;
    await stage.edit('Pod', 'db-1', {});
    const call = { ...stage.admin, operation: 'op-late' };
    expect(await happened(setImage, call, params, made)).toBe('cannot tell');
    await failure(
      run(
        setImage,
        { ...call, stillOurs: async () => false },
        params,
        await plan(setImage, stage.admin, params),
      ),
    );
    expect((await pod('db-1')).metadata.uid).toBe(uid);
  });

  it('given up between its two writes: it says which half was made, and the pod is left alone', async () => {
    const made = await plan(setImage, stage.admin, params);
    const { uid } = (await pod('db-1')).metadata;
    let asked = 0;
    const call = { ...stage.admin, operation: 'op-half', stillOurs: async () => ++asked === 1 };
    const half = await failure(run(setImage, call, params, made));
    expect(half.nothingHappened).toBe(false);
    expect(half.says).toContain(
      'StatefulSet db has the new image and OnDelete, but pod db-1 was not deleted',
    );
    expect(await happened(setImage, call, params, made)).toBe('cannot tell');
    expect((await pod('db-1')).metadata.uid).toBe(uid);
    // Another try finishes it.
    const again = await plan(setImage, stage.admin, params);
    expect(again.changes[0]).toEqual({
      field: 'image of db-1',
      before: 'registry.example.org/db:1',
      after: params.image,
    });
    await run(setImage, { ...stage.admin, operation: 'op-again' }, params, again);
    await allReady(uid);
    expect(await images()).toEqual(['db-0 1', 'db-1 2', 'db-2 1']);
  });

  it.each([
    ['answers', 'cannot tell'],
    ['requests', 'not made'],
  ] as const)(
    'when %s are lost at its first write, it says so',
    async (lost, trace) => {
      await untilItArrives(() =>
        stage.cutOff(lost, async (through, cut, held, drop) => {
          const made = await plan(setImage, through, params);
          const failing = failure(run(setImage, { ...through, stillOurs: cut }, params, made));
          const arrived = await arrives(async () => {
            const { annotations } = (await stage.read('StatefulSet', 'db')).metadata;
            const ours = annotations?.['handrail.dev/operation'] === 'op-lost';
            return held() && ours === (trace === 'cannot tell');
          });
          drop();
          const failed = await failing;
          if (!arrived) return false;
          expect(failed).toMatchObject({ nothingHappened: false });
          expect(await happened(setImage, through, params, made)).toBe(trace);
          return true;
        }),
      );
    },
    150_000,
  );
});

const DB = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: default }
spec:
  replicas: 3
  serviceName: db
  podManagementPolicy: Parallel
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      nodeName: node-a
      terminationGracePeriodSeconds: 0
      containers:
        - name: postgresql
          image: registry.example.org/db:1
          lifecycle: { preStop: { exec: { command: [/scripts/switchover.sh] } } }
        - { name: metrics, image: metrics }
`;
