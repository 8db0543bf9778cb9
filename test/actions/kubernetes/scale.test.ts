/** `k8s.scale` on a real API server: at most once, whoever else writes and whenever a worker wakes up. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppsV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { actionNamed } from '../../../src/actions/index.ts';
import type { ControlPlane } from '../../support/control-plane/control-plane.ts';
import { startControlPlane } from '../../support/control-plane/control-plane.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import type { Caller } from './call.ts';
import { apply, failure, happened, plan, read, run } from './call.ts';
import { startCutProxy } from './cut-proxy.ts';

const named = (name: string) => {
  const found = actionNamed(name);
  if (!found) throw new Error(`no action ${name}`);
  return found;
};
const scale = named('k8s.scale');
const up = { workload: 'utility', replicas: 1, expect: { replicas: 0 } };
const down = { workload: 'utility', replicas: 0, expect: { replicas: 1 } };

describeWith(['controlPlane'], 'k8s.scale', () => {
  let plane: ControlPlane;
  let admin: Caller;
  let apps: AppsV1Api;
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const at = { name: 'utility', namespace: 'default' };
  const live = async () => await apps.readNamespacedDeployment(at);
  const edit = async (body: object) => void (await apps.patchNamespacedDeployment({ ...at, body }, merge));

  beforeAll(async () => {
    plane = await startControlPlane();
    admin = { kubeconfig: plane.kubeconfig, namespace: 'default' };
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    apps = config.makeApiClient(AppsV1Api);
  });
  afterAll(async () => {
    await plane?.stop();
  });
  beforeEach(async () => {
    await apps
      .deleteNamespacedDeployment({ ...at, gracePeriodSeconds: 0, propagationPolicy: 'Background' })
      .catch(() => {});
    await apply(plane.kubeconfig, utility);
  });

  it('keeps the manifest when it is asked to, which puts it back as it was', async () => {
    await edit({ spec: { replicas: 1 } });
    const stop = { ...down, keep_manifest: true };
    const made = await plan(scale, admin, stop);
    expect(made.notes).toContain('Its manifest is captured, so that k8s.apply can put it back as it is now.');
    await run(scale, admin, stop, made);
    const before = (await live()).spec?.template.spec?.containers[0]?.image;
    await edit({ spec: { template: { spec: { containers: [{ name: 'utility', image: 'in-a-hurry' }] } } } });
    const back = { kind: 'deployment', name: 'utility', capture: made.values['manifest'] };
    const again = await plan(named('k8s.apply'), admin, back);
    expect(again.changes).toContainEqual({ field: 'spec.replicas', before: '0', after: '1' });
    await run(named('k8s.apply'), admin, back, again);
    const now = await live();
    expect(now.spec?.replicas).toBe(1);
    expect(now.spec?.template.spec?.containers[0]?.image).toBe(before);
  });

  it('stops it also when its manifest holds what the record may not take, and says how to keep it', async () => {
    await edit({
      spec: {
        replicas: 1,
        template: {
          spec: {
            containers: [
              {
                name: 'utility',
                image: 'utility',
                env: [{ name: 'P', value: 'ghp_0123456789abcdefghijklmnopqrstuvwxyz' }],
              },
            ],
          },
        },
      },
    });
    const made = await plan(scale, admin, { ...down, keep_manifest: true });
    expect(made.values).toEqual({ before: 1, after: 0 });
    expect(made.notes.at(-1)).toMatch(
      /^Its manifest is not kept: .* Save it by hand first: kubectl .*get deployment utility -o yaml > utility\.yaml$/,
    );
  });

  it('plans with a dry run: what, who may put it back, and how to undo it', async () => {
    const before = await live();
    const made = await plan(scale, admin, up);
    expect(made).toEqual({
      target: { kind: 'Deployment', namespace: 'default', name: 'utility', uid: before.metadata?.uid },
      changes: [{ field: 'replicas', before: '0', after: '1' }],
      values: { before: 0, after: 1 },
      notes: ['Helm release tools puts its own number back at the next upgrade, if the chart sets one.'],
      unknowns: [],
      undo: { workload: 'utility', kind: 'deployment', replicas: 0, expect: { replicas: 1 }, undoes: 1 },
    });
    expect((await live()).metadata?.resourceVersion).toBe(before.metadata?.resourceVersion);
  });

  it('does not plan when the number is not the expected one', async () => {
    const failed = await failure(plan(scale, admin, down));
    expect(failed).toMatchObject({ planChanged: true, nothingHappened: true });
    expect(failed.says).toContain('is at 0 replicas now, not at 1');
  });

  it('scales up and back with its own undo, and leaves its trace', async () => {
    const made = await plan(scale, admin, up);
    expect(await run(scale, { ...admin, operation: 'op-1' }, up, made)).toEqual({ replicas: 1 });
    const object = await live();
    expect(object.spec?.replicas).toBe(1);
    expect(object.metadata?.annotations).toMatchObject({
      'handrail.dev/operation': 'op-1',
      'handrail.dev/incident': expect.stringMatching(/^INC-7 \d{4}-\d\d-\d\dT/),
    });
    expect(object.metadata?.managedFields?.map((f) => f.manager)).toContain('handrail');
    expect(await happened(scale, { ...admin, operation: 'op-1' }, up, made)).toBe('made');
    const undo = made.undo ?? {};
    expect(await run(scale, { ...admin, operation: 'op-2' }, undo, await plan(scale, admin, undo))).toEqual({
      replicas: 0,
    });
    expect(await read(named('k8s.replicas'), admin, { workload: 'utility' })).toMatchObject({ desired: 0 });
    // The undo did not hide that the first was made.
    expect(await happened(scale, { ...admin, operation: 'op-1' }, up, made)).toBe('made');
  });

  it('repeats after a conflict while its own field is as planned', async () => {
    const made = await plan(scale, admin, up);
    let asked = 0;
    const stillOurs = async () => {
      asked += 1;
      if (asked <= 3) await edit({ metadata: { labels: { touched: String(asked) } } });
      return true;
    };
    expect(await run(scale, { ...admin, stillOurs }, up, made)).toEqual({ replicas: 1 });
    expect(asked).toBe(4);
    expect((await live()).metadata?.labels).toMatchObject({ touched: '3' });
  });

  it('gives up when somebody else set the number meanwhile', async () => {
    const made = await plan(scale, admin, up);
    const stillOurs = async () => {
      await edit({ spec: { replicas: 3 } });
      return true;
    };
    expect(await failure(run(scale, { ...admin, operation: 'op-1', stillOurs }, up, made))).toMatchObject({
      planChanged: true,
      nothingHappened: true,
    });
    expect((await live()).spec?.replicas).toBe(3);
    expect(await happened(scale, { ...admin, operation: 'op-1' }, up, made)).toBe('cannot tell');
  });

  it('a worker frozen after its last check wakes with an old version and does not write', async () => {
    const made = await plan(scale, admin, up);
    let asked = 0;
    let ours = true;
    const stillOurs = async () => {
      asked += 1;
      const answer = ours;
      if (asked === 1) {
        // Frozen here. Meanwhile the attempt is given up, a second one scales up, and it is undone.
        ours = false;
        const second = { ...admin, operation: 'op-second' };
        await run(scale, second, up, made);
        await run(scale, { ...admin, operation: 'op-undo' }, down, await plan(scale, admin, down));
      }
      return answer;
    };
    const failed = await failure(run(scale, { ...admin, operation: 'op-frozen', stillOurs }, up, made));
    expect(failed).toMatchObject({ nothingHappened: true });
    expect(asked).toBe(2);
    const object = await live();
    expect(object.spec?.replicas).toBe(0);
    expect(object.metadata?.annotations).toMatchObject({
      'handrail.dev/operation': 'op-undo',
      'handrail.dev/earlier-operations': 'op-second',
    });
    expect(await happened(scale, { ...admin, operation: 'op-frozen' }, up, made)).toBe('not made');
  });

  it('does not write into an object that was made again under the same name', async () => {
    const made = await plan(scale, admin, up);
    const stillOurs = async () => {
      await apps.deleteNamespacedDeployment({
        ...at,
        gracePeriodSeconds: 0,
        propagationPolicy: 'Background',
      });
      await apply(plane.kubeconfig, utility);
      return true;
    };
    expect(await failure(run(scale, { ...admin, operation: 'op-1', stillOurs }, up, made))).toMatchObject({
      planChanged: true,
      nothingHappened: true,
    });
    expect((await live()).spec?.replicas).toBe(0);
    expect(await happened(scale, { ...admin, operation: 'op-1' }, up, made)).toBe('cannot tell');
  });

  it('writes nothing when the lease cannot be asked for, or is lost', async () => {
    const made = await plan(scale, admin, up);
    const before = (await live()).metadata?.resourceVersion;
    const lost = await failure(run(scale, { ...admin, stillOurs: async () => false }, up, made));
    const away = await failure(
      run(scale, { ...admin, stillOurs: () => Promise.reject(new Error('database away')) }, up, made),
    );
    expect([lost.nothingHappened, away.nothingHappened]).toEqual([true, true]);
    expect((await live()).metadata?.resourceVersion).toBe(before);
    expect(await happened(scale, admin, up, made)).toBe('not made');
  });

  it.each([
    { lost: 'answers' as const, trace: 'made', replicas: 1 },
    { lost: 'requests' as const, trace: 'not made', replicas: 0 },
  ])(
    'a connection lost with $lost on the way proves nothing; the trace says $trace',
    async ({ lost, trace, replicas }) => {
      const proxy = await startCutProxy(new URL(plane.url));
      try {
        const kubeconfig = join(plane.dir, `through-proxy-${lost}.yaml`);
        const text = await readFile(plane.kubeconfig, 'utf8');
        await writeFile(kubeconfig, text.replaceAll(plane.url, `https://127.0.0.1:${proxy.port}`), {
          mode: 0o600,
        });
        const through = { kubeconfig, namespace: 'default', operation: 'op-lost' };
        const made = await plan(scale, through, up);
        const stillOurs = async () => {
          proxy.keepBack(lost);
          return true;
        };
        const failing = failure(run(scale, { ...through, stillOurs }, up, made));
        await waitUntil(
          'the request is where it can get',
          async () => proxy.holds && (await live()).spec?.replicas === replicas,
        );
        proxy.drop();
        expect(await failing).toMatchObject({ nothingHappened: false, planChanged: false });
        expect(await happened(scale, through, up, made)).toBe(trace);
      } finally {
        await proxy.stop();
      }
    },
  );

  it('an API server that hangs ends at the timeout, and nothing is claimed', async () => {
    const made = await plan(scale, admin, up);
    plane.freeze(true);
    try {
      const failed = await failure(run(scale, { ...admin, timeoutMs: 500 }, up, made));
      expect(failed.says).toContain('did not answer in time');
    } finally {
      plane.freeze(false);
    }
    expect(await happened(scale, admin, up, made)).toBe('not made');
  });

  it('names the right that is missing, at the plan', async () => {
    const reader: Caller = { kubeconfig: await plane.kubeconfigFor('only-reads'), namespace: 'default' };
    await apply(plane.kubeconfig, rbac);
    const failed = await failure(plan(scale, reader, up));
    expect(failed.says).toContain('only-reads has no right to patch deployments.apps in namespace default');
    expect(failed.nothingHappened).toBe(true);
  });

  it('scales a StatefulSet, and names an autoscaler', async () => {
    await apply(plane.kubeconfig, set);
    const params = { workload: 'web', kind: 'statefulset', replicas: 3, expect: { replicas: 2 } };
    const made = await plan(scale, admin, params);
    expect(made.notes).toEqual([
      expect.stringContaining('HorizontalPodAutoscaler web (2 to 5) sets the number of replicas itself'),
    ]);
    expect(await run(scale, admin, params, made)).toEqual({ replicas: 3 });
  });
});

const utility = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: utility, namespace: default, annotations: { meta.helm.sh/release-name: tools } }
spec:
  replicas: 0
  selector: { matchLabels: { app: utility } }
  template:
    metadata: { labels: { app: utility } }
    spec: { containers: [{ name: utility, image: utility }] }
`;
const set = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web, namespace: default }
spec:
  serviceName: web
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: default }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: web }, minReplicas: 2, maxReplicas: 5 }
`;
const rbac = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: only-reads, namespace: default }
rules: [{ apiGroups: [apps], resources: [deployments], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: only-reads, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: only-reads }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: only-reads }]
`;
