/** Rights given for an incident, asked for as that person, used by that person, and taken back, on a real API server. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import type { Caller } from './call.ts';
import { failure, happened, plan, read, run } from './call.ts';
import { named, useStage } from './stage.ts';

const grant = named('k8s.grant-access');
const revoke = named('k8s.revoke-access');
const access = named('k8s.access');
const pullSecret = named('k8s.add-pull-secret');
const jane = { subject: 'jane', role: 'helper', hours: 2 };
const can = ['get pods', 'list pods', 'patch deployments.apps', 'create pods/exec'];

describeWith(['controlPlane'], 'access', () => {
  const stage = useStage();
  let person: Caller;
  const binding = async () => (await plan(grant, stage.admin, jane)).values['binding'] as string;

  beforeAll(async () => {
    await stage.make(ROLES);
    person = { kubeconfig: await stage.plane.kubeconfigFor('jane'), namespace: 'default' };
  });
  beforeEach(async () => {
    for (const name of ['handrail-inc-7-0', 'mine', ...given]) await stage.remove('RoleBinding', name);
    await stage.remove('ServiceAccount', 'puller');
    await stage.make(
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: puller, namespace: default }\nimagePullSecrets: [{ name: first }]',
    );
  });
  const given: string[] = [];
  const give = async (params: Record<string, unknown>, operation: string) => {
    const made = await plan(grant, stage.admin, params);
    given.push(made.values['binding'] as string);
    const out = await run<{ binding: string; expires: string }>(
      grant,
      { ...stage.admin, operation },
      params,
      made,
    );
    return { made, out };
  };

  it('gives a role for some hours; the person can then really do it, and after the revocation cannot', async () => {
    expect(await read(access, stage.admin, { subject: 'jane', can })).toEqual({
      allowed: [],
      denied: can,
      all: false,
      says: `jane may not ${can.join(', ')}.`,
    });
    const before = await failure(read(named('k8s.pod'), person, { pod: 'none' }));
    expect(before.says).toContain('jane has no right to get pods in namespace default');
    const now = new Date('2026-11-21T10:00:00Z');
    const made = await plan(grant, stage.admin, jane);
    expect(made).toMatchObject({
      target: {
        kind: 'RoleBinding',
        namespace: 'default',
        name: expect.stringMatching(/^handrail-inc-7-[0-9a-f]{8}$/),
      },
      changes: [
        {
          field: 'rights of user jane',
          before: 'not from this incident',
          after: 'ClusterRole helper in default, for 2 h',
        },
      ],
      values: { role: 'helper', subject: 'jane', hours: 2 },
    });
    given.push(made.target.name);
    const call = { ...stage.admin, operation: 'op-give', now: () => now };
    expect(await happened(grant, call, jane, made)).toBe('not made');
    expect(await run(grant, call, jane, made)).toEqual({
      binding: made.target.name,
      expires: '2026-11-21T12:00:00.000Z',
    });
    expect(await happened(grant, call, jane, made)).toBe('made');
    const object = await stage.read('RoleBinding', made.target.name);
    expect(object.metadata).toMatchObject({
      labels: { 'handrail.dev/incident': '7' },
      annotations: {
        'handrail.dev/operation': 'op-give',
        'handrail.dev/expires': '2026-11-21T12:00:00.000Z',
      },
    });
    await waitUntil(
      'the API server knows it',
      async () => (await read(access, stage.admin, { subject: 'jane' }))['all'],
    );
    expect(await read(access, stage.admin, { subject: 'jane', can })).toMatchObject({
      allowed: ['get pods', 'list pods'],
      says: 'jane may get pods, list pods, but not patch deployments.apps, create pods/exec.',
    });
    expect(await read(named('k8s.pod'), person, { pod: 'none' })).toMatchObject({ exists: false });
    expect(await read(named('k8s.role-binding'), stage.admin, { binding: made.target.name })).toMatchObject({
      exists: true,
      role: 'ClusterRole helper',
      subjects: ['User jane'],
    });

    const back = { binding: made.target.name };
    const undo = await plan(revoke, stage.admin, back);
    expect(undo).toMatchObject({
      changes: [
        { field: 'rights of User jane', before: 'ClusterRole helper', after: 'not from this incident' },
      ],
    });
    expect(await happened(revoke, stage.admin, back, undo)).toBe('not made');
    expect(await run(revoke, stage.admin, back, undo)).toEqual({ revoked: true });
    expect(await happened(revoke, stage.admin, back, undo)).toBe('made');
    await waitUntil(
      'the API server has forgotten it',
      async () => !(await read(access, stage.admin, { subject: 'jane' }))['all'],
    );
    expect((await failure(plan(revoke, stage.admin, back))).says).toMatch(
      /^There is no RoleBinding .*nothing to delete/,
    );
  });

  it('gives it once: a second plan, and a second maker, are refused', async () => {
    const first = await plan(grant, stage.admin, jane);
    await give(jane, 'op-first');
    const again = await failure(plan(grant, stage.admin, jane));
    expect(again).toMatchObject({ planChanged: true, nothingHappened: true });
    const late = await failure(run(grant, { ...stage.admin, operation: 'op-late' }, jane, first));
    expect(late).toMatchObject({ planChanged: true, nothingHappened: true });
    expect(late.says).toContain('somebody was faster');
    expect(await happened(grant, { ...stage.admin, operation: 'op-late' }, jane, first)).toBe('cannot tell');
    // The same operation again is the one that was made.
    expect(await run(grant, { ...stage.admin, operation: 'op-first' }, jane, first)).toMatchObject({
      binding: first.target.name,
    });
  });

  it('knows service accounts and groups, and asks as they are', async () => {
    await give(
      { subject: 'puller', subject_kind: 'serviceaccount', role: 'little', role_kind: 'role' },
      'op-account',
    );
    await give({ subject: 'on-call', subject_kind: 'group', role: 'helper' }, 'op-group');
    const asked = async (params: object) => (await read(access, stage.admin, { ...params }))['allowed'];
    await waitUntil('both are known', async () => {
      const account = await asked({
        subject: 'puller',
        subject_kind: 'serviceaccount',
        can: ['watch services'],
      });
      const group = await asked({ subject: 'on-call', subject_kind: 'group' });
      return JSON.stringify([account, group]) === '[["watch services"],["get pods"]]';
    });
    expect(
      await asked({ subject: 'default:puller', subject_kind: 'serviceaccount', can: ['watch services'] }),
    ).toEqual(['watch services']);
    expect(
      await asked({ subject: 'other:puller', subject_kind: 'serviceaccount', can: ['watch services'] }),
    ).toEqual([]);
  });

  it.each([
    ['cluster-admin', 'cluster-admin is not given by Handrail'],
    ['system:controller:job-controller', 'is not given by Handrail'],
    ['everything', 'ClusterRole everything allows everything, so it is not given here'],
    ['nothing-of-this-name', 'There is no ClusterRole nothing-of-this-name.'],
  ])('does not give %s', async (role, says) => {
    const refused = await failure(plan(grant, stage.admin, { ...jane, role }));
    expect(refused.nothingHappened).toBe(true);
    expect(refused.says).toContain(says);
  });

  it.each([[['helper']], [['other', 'help*']], [['*']]])(
    'does not give what handrail.yaml forbids, at the plan and at the write: %j',
    async (neverGive) => {
      const forbids = { ...stage.admin, catalog: { systems: [], neverGive } };
      const refused = await failure(plan(grant, forbids, jane));
      expect(refused).toMatchObject({
        nothingHappened: true,
        says: `helper is not given in an incident: handrail.yaml says so (access.never_give: ${neverGive.at(-1)}). Choose a smaller role.`,
      });
      const planned = await plan(grant, stage.admin, jane);
      const late = await failure(run(grant, forbids, jane, planned));
      expect(late).toMatchObject({ nothingHappened: true, says: refused.says });
      expect(await happened(grant, stage.admin, jane, planned)).toBe('not made');
    },
  );

  it('gives what is only like a forbidden role', async () => {
    const forbids = { ...stage.admin, catalog: { systems: [], neverGive: ['help', 'helper-', 'x*'] } };
    expect(await plan(grant, forbids, jane)).toMatchObject({ values: { role: 'helper' } });
  });

  it('does not give anything to everybody', async () => {
    const everybody = { ...jane, subject: 'system:authenticated', subject_kind: 'group' };
    expect((await failure(plan(grant, stage.admin, everybody))).says).toContain('is everybody');
  });

  it('cannot give what it may not bind: said at the plan, in words', async () => {
    const bot = await stage.person('bot', [['rbac.authorization.k8s.io', 'rolebindings', 'create,get']]);
    const refused = await failure(plan(grant, bot, jane));
    expect(refused.nothingHappened).toBe(true);
    expect(refused.says).toMatch(/^This bot has no right to give helper: it needs the verb bind on it/);
    const nobody: Caller = { kubeconfig: await stage.plane.kubeconfigFor('nobody'), namespace: 'default' };
    expect((await failure(plan(grant, nobody, jane))).says).toContain(
      'nobody has no right to get rolebindings',
    );
    expect((await failure(read(access, nobody, { subject: 'jane' }))).says).toContain(
      'nobody has no right to create localsubjectaccessreviews.authorization.k8s.io in namespace default',
    );
  });

  it('leaves bindings alone that no incident made', async () => {
    await stage.make(
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: mine, namespace: default }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: helper }',
    );
    const refused = await failure(plan(revoke, stage.admin, { binding: 'mine' }));
    expect(refused.says).toContain('was not made by an incident, so it is left alone');
  });

  it('does not revoke a binding that was made again since the plan', async () => {
    const { made } = await give(jane, 'op-1');
    const params = { binding: made.target.name };
    const undo = await plan(revoke, stage.admin, params);
    await stage.remove('RoleBinding', made.target.name);
    await give(jane, 'op-2');
    const other = await failure(run(revoke, stage.admin, params, undo));
    expect(other).toMatchObject({ planChanged: true, nothingHappened: true });
    expect(await stage.find('RoleBinding', made.target.name)).toBeDefined();
  });

  it.each([
    ['answers', 'made'],
    ['requests', 'not made'],
  ] as const)('when %s are lost on the way, its trace tells', async (lost, trace) => {
    const name = await binding();
    given.push(name);
    await stage.cutOff(lost, async (through, cut, held, drop) => {
      const made = await plan(grant, through, jane);
      const failing = failure(run(grant, { ...through, stillOurs: cut }, jane, made));
      await waitUntil('the request is where it can get', async () => {
        const there = (await stage.find('RoleBinding', name)) !== undefined;
        return held() && there === (trace === 'made');
      });
      drop();
      expect(await failing).toMatchObject({ nothingHappened: false });
      expect(await happened(grant, through, jane, made)).toBe(trace);
    });
  });

  it('adds a pull secret, takes it away again, and refuses what is none', async () => {
    const params = { service_account: 'puller', secret: 'registry' };
    const made = await plan(pullSecret, stage.admin, params);
    expect(made).toMatchObject({
      target: { kind: 'ServiceAccount', name: 'puller' },
      changes: [{ field: 'pull secrets', before: 'first', after: 'first, registry' }],
      undo: { service_account: 'puller', secret: 'registry', present: false },
    });
    const call = { ...stage.admin, operation: 'op-pull' };
    expect(await run(pullSecret, call, params, made)).toEqual({ pull_secrets: ['first', 'registry'] });
    expect(await happened(pullSecret, call, params, made)).toBe('made');
    expect(await read(named('k8s.service-account'), stage.admin, { service_account: 'puller' })).toEqual({
      exists: true,
      pull_secrets: ['first', 'registry'],
    });
    expect((await failure(run(pullSecret, stage.admin, params, made))).planChanged).toBe(true);
    const undo = made.undo ?? {};
    expect(await run(pullSecret, stage.admin, undo, await plan(pullSecret, stage.admin, undo))).toEqual({
      pull_secrets: ['first'],
    });
    const says = async (secret: string) =>
      (await failure(plan(pullSecret, stage.admin, { ...params, secret }))).says;
    expect(await says('none')).toMatch(
      /^There is no Secret none in default. Make it first: kubectl -n default create secret/,
    );
    expect(await says('login')).toContain('holds no login for a registry');
    expect(
      (await failure(plan(pullSecret, stage.admin, { ...params, service_account: 'none' }))).says,
    ).toContain('Not found');
  });

  it('adds a pull secret without the right to see Secrets, and says that it did not look', async () => {
    const blind = await stage.person('blind', [['', 'serviceaccounts', 'get,patch']]);
    const made = await plan(pullSecret, blind, { service_account: 'puller', secret: 'none' });
    expect(made.unknowns).toEqual(['no right to see Secret none']);
  });
});

const ROLES = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: helper }
rules: [{ apiGroups: [""], resources: [pods], verbs: [get, list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: little, namespace: default }
rules: [{ apiGroups: [""], resources: [services], verbs: [watch] }]
---
apiVersion: v1
kind: Secret
type: kubernetes.io/dockerconfigjson
metadata: { name: registry, namespace: default }
stringData: { .dockerconfigjson: "{}" }
---
apiVersion: v1
kind: Secret
metadata: { name: login, namespace: default }
`;
