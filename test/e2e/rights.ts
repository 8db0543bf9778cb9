// The bot's own account in the cluster: exactly what `handrail rbac` prints for the shipped runbooks, nothing more.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import type { LocalSlack } from '../../sandbox/slack/server.ts';
import { printRights } from '../../src/cli/rbac.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import type { ControlPlane } from '../support/control-plane/control-plane.ts';
import { inProject } from '../support/terminal-world.ts';
import { configuration, PEOPLE } from './configuration.ts';

/** As printed for the configuration of these tests; for `kubectl apply -f -`. */
export async function rightsManifest(): Promise<string> {
  const people = PEOPLE.map((name) => ({ name, id: `U0${name.toUpperCase()}` }));
  const { config } = parseHandrailYaml(configuration({ people } as unknown as LocalSlack), 'handrail.yaml');
  if (!config) throw new Error('the configuration of the tests does not load');
  const lines: string[] = [];
  const code = await printRights({
    config: { runbooksFolder: inProject('runbooks'), catalog: { systems: config.systems } },
    values: {},
    print: (line) => lines.push(line),
    warn: () => undefined,
  });
  if (code !== 0) throw new Error(`handrail rbac ended with ${code}`);
  return `${lines.join('\n')}\n`;
}

/** The service account that a printed manifest is for. */
export function accountIn(manifest: string): { namespace: string; name: string } {
  const objects = parseAllDocuments(manifest).map((one) => one.toJS());
  return objects.find(({ kind }) => kind === 'ServiceAccount').metadata;
}

/** Writes a kubeconfig with a token of this account (TokenRequest, good for an hour); gives its path. */
export async function kubeconfigOf(plane: ControlPlane, namespace: string, name: string): Promise<string> {
  const admin = new KubeConfig();
  admin.loadFromFile(plane.kubeconfig);
  const { status } = await admin.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
    name,
    namespace,
    body: { spec: { audiences: [], expirationSeconds: 3600 } },
  });
  const cluster = admin.getCurrentCluster();
  if (!cluster || !status) throw new Error(`no token for ${namespace}/${name}`);
  const own = new KubeConfig();
  own.loadFromClusterAndUser(cluster, { name, token: status.token });
  const file = join(plane.dir, `account-${name}.yaml`);
  writeFileSync(file, own.exportConfig(), { mode: 0o600 });
  return file;
}
