// The handrail.yaml of the night, and the bot's own account in the lab with what `handrail rbac` prints for it.
import type { LocalSlack } from '../../../sandbox/slack/server.ts';
import { printRights } from '../../../src/cli/rbac.ts';
import { parseHandrailYaml } from '../../../src/config/handrail-yaml.ts';
import { PEOPLE } from '../../e2e/configuration.ts';
import { accountIn, kubeconfigOf } from '../../e2e/rights.ts';
import type { Lab } from '../../support/lab/lab.ts';
import { inProject } from '../../support/terminal-world.ts';

/** `ana` operates, `ben` and `cleo` approve. */
export const configurationFor =
  (namespace: string) =>
  (slack: Pick<LocalSlack, 'people'>): string => {
    const id = (name: string) => slack.people.find((person) => person.name === name)?.id;
    return `
organisation: Example Ministry
project: PIDP
zone: Europe/Berlin
runbooks: { folder: ${JSON.stringify(inProject('runbooks'))} }
slack: { incidents_channel: incidents, invite: ["group:responders"] }
people:
  ana: { name: Ana Example, slack: ${id('ana')} }
  ben: { name: Ben Example, slack: ${id('ben')} }
  cleo: { name: Cleo Example, slack: ${id('cleo')} }
access:
  groups:
    responders: [ana, ben]
    database-access: [ben, cleo]
  everywhere:
    observe: [everyone]
    operate: ["group:responders"]
    approve: ["group:database-access"]
systems:
  - id: web-api
    title: Web API
    namespace: ${namespace}
    project: PIDP
    environment: production
    workloads: [web-api, utility]
    databases:
      - name: prod-patroni
        kind: patroni
        service: prod-patroni-master
        statefulset: prod-patroni
        databases: [app]
        personal_data: true
        backups: [{ kind: files, pod: prod-patroni-0, container: postgresql, path: /backups/daily }]
    contacts: [{ name: Platform services, what: "nodes, storage and images", channel: platform-help }]
`;
  };

/** Makes the account: the path of its kubeconfig, and its name for the API server. */
export async function accountOfBot(lab: Lab): Promise<{ kubeconfig: string; user: string }> {
  const people = PEOPLE.map((name) => ({ name, id: `U0${name.toUpperCase()}` })) as never;
  const { config } = parseHandrailYaml(configurationFor(lab.namespace)({ people }), 'handrail.yaml');
  if (!config) throw new Error('the configuration of the night does not load');
  const lines: string[] = [];
  const notes: string[] = [];
  const code = await printRights({
    config: { runbooksFolder: inProject('runbooks'), catalog: { systems: config.systems } },
    values: {},
    print: (line) => lines.push(line),
    warn: (line) => notes.push(line),
  });
  if (code !== 0) throw new Error(`handrail rbac ended with ${code}: ${notes.join('\n')}`);
  const manifest = `${lines.join('\n')}\n`;
  await lab.kubectl.fed(manifest, 'apply', '-f', '-');
  const account = accountIn(manifest);
  return {
    kubeconfig: await kubeconfigOf(lab.plane, account.namespace, account.name),
    user: `system:serviceaccount:${account.namespace}:${account.name}`,
  };
}
