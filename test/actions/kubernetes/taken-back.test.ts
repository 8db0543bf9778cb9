/** An undo where somebody else has changed the value since: all three are shown, and the person is asked. Real API server. */
import { beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.ts';
import { plan, run } from './call.ts';
import { named, useStage } from './stage.ts';

const WORLD = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: default }
spec:
  replicas: 0
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: shop
          image: shop:1
          readinessProbe: { tcpSocket: { port: 80 }, timeoutSeconds: 1 }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store, namespace: default }
spec:
  replicas: 0
  serviceName: store
  updateStrategy: { type: OnDelete }
  selector: { matchLabels: { app: store } }
  template:
    metadata: { labels: { app: store } }
    spec: { containers: [{ name: store, image: "store:1" }] }
`;

const shop = { workload: 'shop' };
const store = { statefulset: 'store' };

interface Case {
  readonly action: string;
  /** What we do, and what somebody else does afterwards. */
  readonly ours: Record<string, unknown>;
  readonly theirs: Record<string, unknown>;
  readonly note: string;
}

const cases: Case[] = [
  {
    action: 'k8s.scale',
    ours: { ...shop, replicas: 1, expect: { replicas: 0 } },
    theirs: { ...shop, replicas: 3, expect: { replicas: 1 } },
    note: 'Somebody else has changed the number of pods of shop since: it was 0 before, we set it to 1, and it is 3 now. Look who needs 3 before you confirm: it goes back to 0.',
  },
  {
    action: 'k8s.set-probe-timeout',
    ours: { ...shop, seconds: 30 },
    theirs: { ...shop, seconds: 60 },
    note: 'Somebody else has changed the readiness timeout of shop since: it was 1 s before, we set it to 30 s, and it is 60 s now. Look who needs 60 s before you confirm: it goes back to 1 s.',
  },
  {
    action: 'k8s.set-env',
    ours: { ...shop, name: 'LEVEL', value: 'debug' },
    theirs: { ...shop, name: 'LEVEL', value: 'info' },
    note: 'Somebody else has changed LEVEL of shop since: it was not set before, we set it to debug, and it is info now. Look who needs info before you confirm: it goes back to not set.',
  },
  {
    action: 'k8s.set-update-strategy',
    ours: { ...store, type: 'RollingUpdate' },
    theirs: { ...store, type: 'RollingUpdate', partition: 2 },
    note: 'Somebody else has changed the update strategy of store since: it was OnDelete before, we set it to RollingUpdate, and it is RollingUpdate from member 2 now. Look who needs RollingUpdate from member 2 before you confirm: it goes back to OnDelete.',
  },
];

describeWith(['controlPlane'], 'an undo of what somebody else has changed since', () => {
  const stage = useStage({ controllers: false });
  beforeEach(async () => {
    await stage.remove('Deployment', 'shop');
    await stage.remove('StatefulSet', 'store');
    await stage.make(WORLD);
  });

  it.each(cases)('$action', async ({ action, ours, theirs, note }) => {
    const change = named(action);
    const made = await plan(change, stage.admin, ours);
    await run(change, { ...stage.admin, operation: 'op-ours' }, ours, made);
    const undo = made.undo ?? {};
    const others = (await plan(change, stage.admin, undo)).notes;
    expect(others.filter((one) => one.startsWith('Somebody else'))).toEqual([]);

    const other = await plan(change, stage.admin, theirs);
    await run(change, { ...stage.admin, operation: 'op-theirs' }, theirs, other);
    const back = await plan(change, stage.admin, undo);
    expect(back.notes[0]).toBe(note);
    await run(change, { ...stage.admin, operation: 'op-back' }, undo, back);

    // It is as before already: nothing to ask about.
    const again = await plan(change, stage.admin, undo);
    expect(again.changes[0]?.before).toBe(again.changes[0]?.after);
    expect(again.notes.filter((one) => one.startsWith('Somebody else'))).toEqual([]);
  });
});
