/** `handrail rbac` as it is typed: what it prints, what it says of it, and its exit codes. No cluster is needed. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { inProject } from '../support/terminal-world.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handrail-rbac-'));
  mkdirSync(join(folder, 'runbooks'));
  for (const name of readdirSync(inProject('runbooks')).filter((one) => one.endsWith('.yaml')))
    copyFileSync(inProject(`runbooks/${name}`), join(folder, 'runbooks', name));
  writeFileSync(join(folder, 'handrail.yaml'), CONFIGURATION);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CONFIGURATION = `
zone: UTC
access:
  everywhere: { operate: ["slack:U0EXAMPLE01"] }
systems:
  - id: web-api
    title: Web API
    namespace: shop-prod
    workloads: [web-api]
    databases:
      - { name: prod-patroni, kind: patroni, statefulset: prod-patroni, user: reader, databases: [app], personal_data: true }
  - id: forum
    title: Forum
    namespace: forum-prod
    workloads: [forum]
    databases:
      - { name: forum-db, kind: postgres, service: forum-db, databases: [forum], personal_data: true }
`;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function rbac(...args: readonly string[]): Promise<Ended> {
  const all = ['--disable-warning=ExperimentalWarning', inProject('src/cli/main.ts'), 'rbac', ...args];
  const env = { PATH: process.env.PATH, HOME: folder };
  return new Promise((resolve) =>
    execFile(process.execPath, all, { cwd: folder, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    ),
  );
}

interface Printed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly { resources: string[]; verbs: string[]; resourceNames?: string[] }[];
  readonly subjects?: readonly object[];
}

function objectsIn(text: string): Printed[] {
  const documents = parseAllDocuments(text);
  for (const one of documents) expect(one.errors).toEqual([]);
  return documents.map((one) => one.toJS() as Printed);
}
const named = (objects: readonly Printed[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);

it('prints an account, a role in each namespace of handrail.yaml, and one for the cluster', async () => {
  const { code, out, err } = await rbac();
  expect(err).toBe(
    'The account is handrail in forum-prod: for another one say --service-account NAMESPACE/NAME.\n',
  );
  expect(code).toBe(0);
  const objects = objectsIn(out);
  expect(named(objects)).toEqual([
    'ServiceAccount forum-prod/handrail',
    'Role forum-prod/handrail',
    'RoleBinding forum-prod/handrail',
    'Role shop-prod/handrail',
    'RoleBinding shop-prod/handrail',
    'ClusterRole /handrail-forum-prod',
    'ClusterRoleBinding /handrail-forum-prod',
  ]);
  for (const { subjects } of objects.filter(({ kind }) => kind.endsWith('Binding')))
    expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'handrail', namespace: 'forum-prod' }]);
  const wide = objects.find(({ kind }) => kind === 'ClusterRole')?.rules;
  expect(wide?.map(({ resources, verbs }) => `${verbs.join()} ${resources.join()}`)).toEqual([
    'get,list nodes',
    'list pods',
    'get clusterroles',
    'list volumeattachments',
  ]);
  expect(out).not.toMatch(/["' ]\*["' ]/);
  expect(out).toMatch(/# k8s\.scale needs get, patch: .*scale-utility-pod \(step scale, undo of scale\)/);
  expect(out).toMatch(/# It reads Secrets \(all of this namespace\)/);
  expect(out).toMatch(
    /# PostgreSQL in forum-prod: psql and pg_dump run inside the pod, which pods\/exec leads to\./,
  );
  expect(out).toMatch(/names no "user" \(forum-db\)/);
  expect(out).toMatch(/^# {5}GRANT pg_read_all_data TO "reader";$/m);
  expect(out).toMatch(/# Patroni in shop-prod: its REST API is only read/);
});

it('prints the same again, whatever the order in which runbooks are named', async () => {
  const one = await rbac('--runbook', 'dump-db', '--runbook', 'check-workload');
  const other = await rbac('--runbook', 'check-workload', '--runbook', 'dump-db');
  expect(one.code).toBe(0);
  expect(one.out).not.toBe('');
  expect(other).toEqual(one);
});

it('prints less for one runbook and one system, for the account that is wanted', async () => {
  const args = ['--runbook', 'scale-utility-pod', '--system', 'web-api', '--service-account', 'tools/bot'];
  const { code, out, err } = await rbac(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const objects = objectsIn(out);
  expect(named(objects)).toEqual([
    'ServiceAccount tools/bot',
    'Role shop-prod/bot',
    'RoleBinding shop-prod/bot',
  ]);
  expect(objects[1]?.rules).toEqual([
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'patch'] },
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'] },
  ]);
  expect(out).toContain('# May be left out: people then type the name.');
  expect(out).not.toMatch(/PostgreSQL|Patroni/);
});

it('says which runbook may be offered next and is not in it', async () => {
  const { err } = await rbac('--runbook', 'check-patroni', '-n', 'shop-prod');
  expect(err).toContain('repair-by-hand may be offered as the next runbook');
  expect(err).not.toContain('check-patroni may be');
});

it('holds a name that stands in a runbook', async () => {
  const fixed = `apiVersion: runbook/v1
id: restart-log
title: Look at one pod
summary: Reads the end of its log.
owner: "@somebody"
reviewed: 2026-11-20
steps:
  - id: look
    kind: check
    title: Look
    uses: k8s.logs
    with: { pod: forum-0, lines: 20 }
    timeout: 10s
    verdict: [{ else: ok, says: Read. }]
`;
  writeFileSync(join(folder, 'runbooks', 'restart-log.yaml'), fixed);
  const { code, out } = await rbac('--runbook', 'restart-log', '--system', 'forum');
  expect(code).toBe(0);
  expect(objectsIn(out)[1]?.rules).toEqual([
    { apiGroups: [''], resources: ['pods'], resourceNames: ['forum-0'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods/log'], resourceNames: ['forum-0'], verbs: ['get'] },
    { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
  ]);
});

it('prints the SQL alone, to be piped into psql', async () => {
  const { code, out } = await rbac('--sql');
  expect(code).toBe(0);
  expect(out.split('\n').filter((line) => line !== '' && !line.startsWith('-- '))).toEqual([
    'GRANT CONNECT ON DATABASE "app" TO "reader";',
    'GRANT pg_monitor TO "reader";',
    'GRANT pg_read_all_data TO "reader";',
    'GRANT pg_read_all_settings TO "reader";',
    'GRANT pg_signal_backend TO "reader";',
  ]);
});

it('leaves a broken runbook out, says why, and ends with 1', async () => {
  writeFileSync(join(folder, 'runbooks', 'broken.yaml'), 'apiVersion: runbook/v1\nid: broken\nsteps: []\n');
  const all = await rbac();
  expect(all.code).toBe(1);
  expect(all.err).toMatch(/broken\.yaml:\d+:\d+ RB\d+/);
  expect(all.err).toContain('broken is broken, so the rights that it needs are left out.');
  expect(objectsIn(all.out).length).toBe(7);
  expect(all.out).toMatch(/^# Runbooks: .*check-patroni, /m);
  const others = await rbac('--runbook', 'dump-db');
  expect(others.code).toBe(0);
  const itself = await rbac('--runbook', 'broken');
  expect(itself).toMatchObject({ code: 2, out: '' });
  expect(itself.err).toMatch(/The runbook broken is broken.*\n.*RB\d+/);
});

it('covers what a runbook runs inside itself, and says when that is not there: 1', async () => {
  const outer = (inner: string) => `apiVersion: runbook/v1
id: outer
title: Both
summary: Runs another one.
owner: "@somebody"
reviewed: 2026-11-20
steps:
  - { id: inner, kind: run, title: Inside, runbook: ${inner}, with: {} }
`;
  writeFileSync(join(folder, 'runbooks', 'outer.yaml'), outer('check-workload'));
  const both = await rbac('--runbook', 'outer', '--system', 'web-api');
  expect(both.code).toBe(0);
  expect(both.out).toContain('# Runbooks: check-workload, outer.');
  expect(both.out).toContain('k8s.logs needs get: check-workload (step logs)');
  // Nobody chooses the parameters of one that runs inside another.
  expect(both.out).not.toContain('choice in Slack');
  writeFileSync(join(folder, 'runbooks', 'outer.yaml'), outer('absent'));
  const half = await rbac('--runbook', 'outer', '--system', 'web-api');
  expect(half.code).toBe(1);
  expect(half.err).toContain('absent, which one of these runs inside itself, is not there or broken');
  expect(named(objectsIn(half.out))).toEqual(['ServiceAccount shop-prod/handrail']);
});

it.each([
  [['--runbook', 'dump-bd'], /There is no runbook dump-bd\. Did you mean dump-db\?/],
  [['--runbook', 'something-else'], /There is: .*check-patroni, /],
  [['--system', 'web-apo'], /There is no system web-apo in handrail\.yaml\. Did you mean web-api\?/],
  [['--service-account', 'handrail'], /write it as NAMESPACE\/NAME/],
  [['--service-account', 'a/b/c'], /write it as NAMESPACE\/NAME/],
  [['--namespace', 'Shop Prod'], /lower-case letters, digits and - only/],
])('%s is wrong input: 2', async (args, says) => {
  const { code, out, err } = await rbac(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(says);
  expect(err).not.toMatch(/ at .*\.ts:\d+/);
});

it('asks for the namespace when handrail.yaml names no system', async () => {
  rmSync(join(folder, 'handrail.yaml'));
  const without = await rbac();
  expect(without).toMatchObject({ code: 2, out: '' });
  expect(without.err).toMatch(/names no system\. Say which namespace is meant: --namespace NAME/);
  const { code, out } = await rbac('--namespace', 'shop-prod');
  expect(code).toBe(0);
  expect(named(objectsIn(out))[0]).toBe('ServiceAccount shop-prod/handrail');
});

it('needs a runbook that loads', async () => {
  rmSync(join(folder, 'runbooks'), { recursive: true });
  mkdirSync(join(folder, 'runbooks'));
  const { code, err } = await rbac();
  expect(code).toBe(2);
  expect(err).toMatch(/nothing needs a right/);
});
