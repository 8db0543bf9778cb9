// The bot's own account in a lab: what `handrail rbac` prints for a configuration, with or without its part for the cluster.
import type { V1ClusterRole } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { printRights } from '../../src/cli/rbac.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import type { Asked } from '../e2e/audit.ts';
import { PEOPLE } from '../e2e/configuration.ts';
import { accountIn, kubeconfigOf } from '../e2e/rights.ts';
import type { Lab } from '../support/lab/lab.ts';
import { inProject } from '../support/terminal-world.ts';

/** `namespace`: the ClusterRole and its binding are left out, as where nobody may give them. */
export type Rights = 'cluster' | 'namespace';

export interface Account {
  readonly rights: Rights;
  readonly kubeconfig: string;
  /** Its name for the API server. */
  readonly user: string;
  /** What only the ClusterRole gives, as the audit log names it: `list /nodes`. */
  readonly ofCluster: ReadonlySet<string>;
}

/** Text of a handrail.yaml for people, of whom only name and id are read. */
export type Configuration = (slack: {
  readonly people: readonly { readonly name: string; readonly id: string }[];
}) => string;

async function printed(configuration: Configuration, sql: boolean): Promise<string> {
  const people = PEOPLE.map((name) => ({ name, id: `U0${name.toUpperCase()}` }));
  const { config, problems } = parseHandrailYaml(configuration({ people }), 'handrail.yaml');
  if (!config) throw new Error(`the configuration of the night does not load: ${JSON.stringify(problems)}`);
  const lines: string[] = [];
  const notes: string[] = [];
  const code = await printRights({
    config: { runbooksFolder: inProject('runbooks'), catalog: { systems: config.systems } },
    values: { sql },
    print: (line) => lines.push(line),
    warn: (line) => notes.push(line),
  });
  if (code !== 0) throw new Error(`handrail rbac ended with ${code}: ${notes.join('\n')}`);
  return `${lines.join('\n')}\n`;
}

/** What `handrail rbac --sql` prints, for psql. */
export const grantsFor = (configuration: Configuration): Promise<string> => printed(configuration, true);

export async function accountOfBot(lab: Lab, configuration: Configuration, rights: Rights): Promise<Account> {
  const manifest = await printed(configuration, false);
  const documents = parseAllDocuments(manifest).map((one) => one.toJS() as V1ClusterRole);
  const wide = documents.filter(({ kind }) => /^ClusterRole(Binding)?$/.test(kind ?? ''));
  const applied =
    rights === 'cluster' ? manifest : JSON.stringify(listOf(documents.filter((one) => !wide.includes(one))));
  await lab.kubectl.fed(applied, 'apply', '-f', '-');
  const account = accountIn(manifest);
  const rules = wide.flatMap((one) => one.rules ?? []);
  return {
    rights,
    kubeconfig: await kubeconfigOf(lab.plane, account.namespace, account.name),
    user: `system:serviceaccount:${account.namespace}:${account.name}`,
    ofCluster: new Set(
      rules.flatMap(({ verbs, apiGroups = [], resources = [] }) =>
        verbs.map((verb) => `${verb} ${apiGroups[0]}/${resources[0]}`),
      ),
    ),
  };
}

const listOf = (items: readonly unknown[]) => ({ apiVersion: 'v1', kind: 'List', items });

/** What it was refused, each once: nothing with all of the rights, only what the ClusterRole gives without that. */
export function refusedOf(asked: readonly Asked[]): string[] {
  return [...new Set(asked.filter(({ allowed }) => !allowed).map(({ what }) => what))].toSorted();
}
