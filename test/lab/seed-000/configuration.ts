// The handrail.yaml of the night.
import { inProject } from '../../support/terminal-world.ts';
import type { Configuration } from '../account.ts';

/** Whom to ask for what Handrail may not see. */
export const CONTACT = 'Platform services (platform-help)';

/** `ana` operates, `ben` and `cleo` approve. */
export const configurationFor =
  (namespace: string): Configuration =>
  (slack) => {
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
