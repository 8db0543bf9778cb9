// No cluster that can be asked: one sentence says what is missing and what to do; never client-node's own words.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ActionFailed } from '../src/actions/action.ts';
import type { Config } from '../src/config/config.ts';
import { kubernetesFrom } from '../src/open-cluster.ts';

const IN_POD = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const folder = mkdtempSync(join(tmpdir(), 'handrail-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  // client-node looks there by itself.
  vi.stubEnv('HOME', folder);
  vi.stubEnv('KUBECONFIG', '');
});
afterEach(() => vi.unstubAllEnvs());

const open = (kubeconfig?: string) =>
  kubernetesFrom({ settings: kubeconfig === undefined ? {} : { kubeconfig } } as Config)();
const written = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const kubeconfig = (server: string, context = 'a') => `
apiVersion: v1
kind: Config
current-context: ${context}
clusters: [{ name: c, cluster: { server: "${server}" } }]
users: [{ name: u, user: {} }]
contexts: [{ name: a, context: { cluster: c, user: u } }]
`;

describe('a cluster that cannot be asked', () => {
  it.for<[string, string | undefined, RegExp]>([
    ['nothing is there', undefined, /^No cluster is configured: KUBECONFIG is not set, .*set KUBECONFIG/],
    ['the file is absent', join(folder, 'absent'), /^The kubeconfig .*absent cannot be read: ENOENT/],
    ['it is no YAML', written('broken', '{ a: ['), /^The kubeconfig .*broken cannot be read: /],
    [
      'no context is chosen',
      written('none', kubeconfig('https://h', '""')),
      /no cluster as its current context/,
    ],
    ['it names http:', written('plain', kubeconfig('http://h:1')), /server http:\/\/h:1 is not https:/],
  ])('%s', async ([what, file, says], { skip }) => {
    if (file === undefined && existsSync(IN_POD)) skip(`${what}: this machine is a pod with an account`);
    const error: unknown = await open(file).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionFailed);
    expect((error as ActionFailed).message).toMatch(says);
    expect((error as ActionFailed).message).not.toMatch(/\n|\.\./);
    expect((error as ActionFailed).nothingHappened).toBe(true);
  });

  it('is asked once somebody has mended the file', async () => {
    const file = written('mended', '');
    const asked = kubernetesFrom({ settings: { kubeconfig: file } } as Config);
    await expect(asked()).rejects.toBeInstanceOf(ActionFailed);
    written('mended', kubeconfig('https://h:1'));
    expect((await asked()).getCurrentCluster()?.server).toBe('https://h:1');
  });
});
