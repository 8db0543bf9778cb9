// The handrail.yaml of the night of the connections.
import { inProject } from '../../support/terminal-world.ts';
import type { Configuration, Rights } from '../account.ts';

export const NAMESPACE = 'community-prod';
/** Where the configuration of the whole cluster finds the password of `watcher`. */
export const PASSWORD_FROM = 'WATCHER_PASSWORD';
/** Whom to ask for what Handrail may not see or do. */
export const CONTACT = 'Hosting (hosting-help)';

/**
 * `ana` operates, `ben` and `cleo` approve. With the cluster's rights it also has a role of its own in PostgreSQL, with
 * which it keeps a session open; without them it comes in by psql in the pod only.
 */
export const configurationFor =
  (rights: Rights): Configuration =>
  (slack) => {
    const id = (name: string) => slack.people.find((person) => person.name === name)?.id;
    const login = rights === 'cluster' ? `user: watcher, password_from: ${PASSWORD_FROM}, ` : '';
    return `
organisation: Example Community
project: Site
zone: UTC
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
  - id: site
    title: Site
    namespace: ${NAMESPACE}
    project: Site
    environment: production
    workloads: [site, bot]
    databases:
      - { name: postgres, kind: postgres, service: postgres, ${login}databases: [site, bot], personal_data: true }
    contacts: [{ name: Hosting, what: "nodes and volumes at the provider", channel: hosting-help }]
`;
  };
