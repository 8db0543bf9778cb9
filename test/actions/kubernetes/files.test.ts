/** Files in containers, and exec itself, over both protocols that kubelets speak. */
import { chmod, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionNamed } from '../../../src/actions/index.ts';
import { exec } from '../../../src/actions/kubernetes/exec.ts';
import type { ControlPlane } from '../../support/control-plane/control-plane.ts';
import { startControlPlane } from '../../support/control-plane/control-plane.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import type { Caller } from './call.ts';
import { apply, failure, happened, plan, reachOf, read, run } from './call.ts';

const named = (name: string) => {
  const found = actionNamed(name);
  if (!found) throw new Error(`no action ${name}`);
  return found;
};
const fileExists = named('k8s.file-exists');
const deleteFile = named('k8s.delete-file');

describeWith(['controlPlane'], 'inside a container', () => {
  let plane: ControlPlane;
  let admin: Caller;
  let folder: string;
  const file = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'handrail-files-'));
    plane = await startControlPlane();
    await plane.addKubelet({ name: 'newer', protocols: ['v5.channel.k8s.io'] });
    await plane.addKubelet({ name: 'older', protocols: ['v4.channel.k8s.io'] });
    admin = { kubeconfig: plane.kubeconfig, namespace: 'default' };
    await apply(
      plane.kubeconfig,
      [pod('newer'), pod('older'), pod('hangs', 'newer', 'handrail.test/hang: exec')].join('---'),
    );
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    await waitUntil('the pods run', async () => {
      const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'default' });
      return items.length === 3 && items.every((item) => item.status?.phase === 'Running');
    });
  });
  afterAll(async () => {
    await plane?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  describe.each(['newer', 'older'])('on a %s kubelet', (name) => {
    const call = (timeoutMs = 10_000) => ({
      reach: reachOf(plane.kubeconfig),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const inside = (argv: readonly string[], limitBytes?: number) =>
      exec(call(), {
        namespace: 'default',
        pod: name,
        container: 'main',
        argv,
        ...(limitBytes ? { limitBytes } : {}),
      });

    it('takes a half-made copy for the copy, and removes what was written beside it', async () => {
      const path = file(`handrail-inc7-app-${name}.dump`);
      const left = [`${path}.partial`, `${path}.sha256`];
      for (const one of left) await writeFile(one, 'personal data');
      const asked = { pod: name, path };
      expect(await read(fileExists, admin, asked)).toMatchObject({ exists: true, bytes: 13 });
      const made = await plan(deleteFile, admin, asked);
      await run(deleteFile, admin, asked, made);
      expect(await read(fileExists, admin, asked)).toEqual({ exists: false });
      for (const one of left) await expect(stat(one)).rejects.toThrow('ENOENT');
    });

    it('gives code, output and errors apart, and words as they are', async () => {
      expect(
        await inside(['sh', '-c', 'printf "%s" "$1"; echo no >&2; exit 7', 'sh', "a b'; $(x) & ü"]),
      ).toEqual({
        code: 7,
        stdout: "a b'; $(x) & ü",
        stderr: 'no\n',
        truncated: false,
      });
    });
    it('cuts what is longer than the limit, and still ends', async () => {
      const ended = await inside(['head', '-c', '3000000', '/dev/zero'], 1000);
      expect({ ...ended, stdout: ended.stdout.length }).toEqual({
        code: 0,
        stdout: 1000,
        stderr: '',
        truncated: true,
      });
    });
    it('a program that is not there was not started', async () => {
      const failed = await failure(inside(['no-such-program']));
      expect(failed.nothingHappened).toBe(true);
      expect(failed.says).toContain('does not have this program');
    });
    it('tells whether a file is there', async () => {
      const path = file(`incident-7 ${name}.dump`);
      await writeFile(path, 'hello');
      await chmod(path, 0o600);
      expect(await read(fileExists, admin, { pod: name, container: 'main', path })).toEqual({
        exists: true,
        bytes: 5,
        mode: '600',
      });
      expect(await read(fileExists, admin, { pod: name, path: file('-n') })).toEqual({ exists: false });
    });
    it('deletes once and twice, and knows it', async () => {
      const path = file(`incident-7-${name}.dump`);
      await writeFile(path, 'hello');
      const params = { pod: name, container: 'main', path };
      const made = await plan(deleteFile, admin, params);
      expect(made).toMatchObject({
        values: { path, bytes: 5 },
        target: { kind: 'Pod', name, uid: expect.any(String) },
      });
      expect(await happened(deleteFile, admin, params, made)).toBe('not made');
      expect(await run(deleteFile, admin, params, made)).toEqual({ deleted: true });
      await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await happened(deleteFile, admin, params, made)).toBe('made');
      expect(await run(deleteFile, admin, params, made)).toEqual({ deleted: true });
      expect(await plan(deleteFile, admin, params)).toMatchObject({
        values: { bytes: 0 },
        notes: ['It is already gone: nothing will change.'],
      });
    });
  });

  it('leaves alone what is not its own, is no plain file, or is not as planned', async () => {
    await writeFile(file('data.sql'), 'x');
    const foreign = await failure(plan(deleteFile, admin, { pod: 'newer', path: file('data.sql') }));
    expect(foreign.says).toContain('names begin with handrail- or incident-');
    await symlink(file('data.sql'), file('incident-link'));
    expect(
      (await failure(plan(deleteFile, admin, { pod: 'newer', path: file('incident-link') }))).says,
    ).toContain('not a plain file');
    const path = file('handrail-grows');
    await writeFile(path, 'x');
    const made = await plan(deleteFile, admin, { pod: 'newer', path });
    await writeFile(path, 'longer');
    expect(await failure(run(deleteFile, admin, { pod: 'newer', path }, made))).toMatchObject({
      planChanged: true,
      nothingHappened: true,
    });
    const again = await plan(deleteFile, admin, { pod: 'newer', path });
    expect(
      await failure(
        run(deleteFile, { ...admin, stillOurs: async () => false }, { pod: 'newer', path }, again),
      ),
    ).toMatchObject({ nothingHappened: true });
    expect((await stat(path)).size).toBe(6);
  });

  it('refuses paths that are not plain', () => {
    for (const path of ['relative', '/a/../incident-x', '/a//b', '/a/', '/a\nb', '']) {
      expect(deleteFile.params.safeParse({ pod: 'p', path }).success, path).toBe(false);
    }
  });

  it('refusals name the reason: no pod, no container, no right', async () => {
    const call = { reach: reachOf(plane.kubeconfig), signal: AbortSignal.timeout(10_000) };
    const gone = await failure(exec(call, { namespace: 'default', pod: 'nobody', argv: ['true'] }));
    expect(gone).toMatchObject({ nothingHappened: true });
    expect(gone.says).toContain('pods "nobody" not found');
    const other = await failure(
      exec(call, { namespace: 'default', pod: 'newer', container: 'x', argv: ['true'] }),
    );
    expect(other.says).toMatch(/container x is not valid/);
    const stranger = {
      reach: reachOf(await plane.kubeconfigFor('stranger')),
      signal: AbortSignal.timeout(10_000),
    };
    const denied = await failure(exec(stranger, { namespace: 'default', pod: 'newer', argv: ['true'] }));
    expect(denied.says).toMatch(/stranger has no right to (get|create) pods\/exec in namespace default/);
  });

  it('a command that does not end is left at the timeout, with nothing claimed', async () => {
    const call = () => ({ reach: reachOf(plane.kubeconfig), signal: AbortSignal.timeout(400) });
    const slow = await failure(exec(call(), { namespace: 'default', pod: 'newer', argv: ['sleep', '30'] }));
    expect(slow).toMatchObject({
      nothingHappened: false,
      says: expect.stringContaining('it is not known whether the command ended'),
    });
    const hanging = await failure(exec(call(), { namespace: 'default', pod: 'hangs', argv: ['true'] }));
    expect(hanging.nothingHappened).toBe(false);
  });
});

function pod(name: string, node = name, annotation = ''): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: default, annotations: { ${annotation} } }
spec: { nodeName: ${node}, containers: [{ name: main, image: main }] }
`;
}
