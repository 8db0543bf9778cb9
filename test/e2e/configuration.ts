// The handrail.yaml of the end-to-end tests, for the people of a local Slack.
import type { LocalSlack } from '../../sandbox/slack/server.ts';
import { inProject } from '../support/terminal-world.ts';
import { NAMESPACE } from './manifests.ts';

/** `ana` operates, `ben` and `cleo` may confirm a dump, `dave` is in no list. */
export const PEOPLE = ['ana', 'ben', 'cleo', 'dave'] as const;

export function configuration(slack: LocalSlack): string {
  const id = (name: string) => slack.people.find((person) => person.name === name)?.id;
  return `
organisation: Example Ministry
project: Shop
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
    namespace: ${NAMESPACE}
    project: Shop
    environment: production
    workloads: [web-api, utility]
    docs: [{ title: Architecture on one page, url: "https://git.example.org/shop/architecture" }]
    databases:
      - name: prod-patroni
        kind: patroni
        service: prod-patroni
        statefulset: prod-patroni
        databases: [app]
        personal_data: true
        backups: [{ kind: files, pod: prod-patroni-0, container: postgresql, path: /backups/daily }]
    dependencies: [{ external: Shared cluster }]
    contacts: [{ name: Platform services, what: "nodes, storage and images", channel: platform-help }]
    runbooks: [check-workload, check-patroni, dump-db, scale-utility-pod]
`;
}
