/** The commands that actions print for people, typed into a shell with a real kubectl before a real API server. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ControlPlane } from '../../support/control-plane/control-plane.ts';
import { startControlPlane } from '../../support/control-plane/control-plane.ts';
import { programOf } from '../../support/real-programs.ts';
import { describeWith } from '../../support/requirements.ts';
import { EXAMPLES } from '../examples.ts';
import { EXAMPLE_MANIFESTS } from './example-manifests.ts';
import { renew, turnsOf } from './renew.ts';
import { fillWorld } from './rights-world.ts';
import { named } from './stage.ts';

const TRIED = [
  'image-by-pod',
  'update-strategy',
  'probes',
  'env',
  'pod',
  'pvc',
  'endpoints',
  'wait-volume-detached',
  'access',
  'role-binding',
  'service-account',
  'restart',
  'rollout-undo',
  'set-probe-timeout',
  'set-env',
  'set-member-image',
  'set-update-strategy',
  'grant-access',
  'revoke-access',
  'add-pull-secret',
  'delete-pod',
  'delete-workload',
  'apply',
];

/** They wait for controllers or for an editor, or look into a container: nothing of that is here. */
const NOT_HERE = /rollout (status|undo)|wait --for|\bedit\b|\bexec\b/;

describeWith(['controlPlane', 'kubectl'], 'commands by hand', () => {
  let plane: ControlPlane;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'handrail-by-hand-'));
    mkdirSync(join(folder, 'manifests'));
    for (const [name, text] of Object.entries(EXAMPLE_MANIFESTS))
      writeFileSync(join(folder, 'manifests', name), text);
    plane = await startControlPlane();
    await plane.addKubelet({ name: 'node-a' });
    await fillWorld(plane.kubeconfig);
  });
  afterAll(async () => {
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const typed = (line: string) =>
    new Promise<string>((resolve) => {
      const path = `${dirname(programOf('kubectl', 'kubectl'))}:${process.env['PATH'] ?? ''}`;
      const env = { PATH: path, HOME: folder, KUBECONFIG: plane.kubeconfig };
      execFile('/bin/sh', ['-c', line], { cwd: folder, env, timeout: 60_000 }, (error, out, err) => {
        // `can-i` says no and `diff` says "different" with an exit code.
        const said = /^(no|diff )/.test(out) || !error;
        resolve(said ? '' : `${line}\n${out}${err}`);
      });
    });

  const cases = TRIED.flatMap((verb) =>
    // Lines about a DeploymentConfig are for OpenShift's own client.
    (EXAMPLES[`k8s.${verb}`] ?? [])
      .filter(({ kind }) => kind !== 'deploymentconfig')
      .map((params) => [`k8s.${verb}`, JSON.stringify(params), params] as const),
  );
  it.each(cases)('%s %s', async (name, _words, params) => {
    const action = named(name);
    await renew(plane.kubeconfig, turnsOf(name).at(-1) ?? name);
    const lines = action.byHand(params, 'default').filter((line) => !NOT_HERE.test(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(await typed(line)).toBe('');
  });
});
