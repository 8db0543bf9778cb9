/** handrail.yaml of the sandbox: the scenario's systems and the local Slack's people, as a team would write it. */
import { stringify } from 'yaml';
import type { Catalog } from '../src/catalog/catalog.ts';

export interface SandboxPerson {
  readonly key: string;
  readonly name: string;
  readonly slack: string;
}

/** Lead and second may operate; the second and the database owner approve what needs two people. */
export function configurationOf(options: {
  catalog: Catalog;
  people: readonly SandboxPerson[];
  approvers: readonly string[];
  responders: readonly string[];
  zone: string;
  profile: string;
  runbooks: string;
}): string {
  const { catalog, people, approvers, responders } = options;
  return stringify({
    organisation: 'Example Ministry',
    zone: options.zone,
    report: { profile: options.profile, people: 'names' },
    slack: {
      incidents_channel: 'incidents',
      updates_channel: 'service-status',
      invite: ['group:responders'],
    },
    runbooks: { folder: options.runbooks },
    people: Object.fromEntries(people.map(({ key, name, slack }) => [key, { name, slack }])),
    access: {
      groups: { responders: [...responders], 'database-access': [...approvers] },
      everywhere: {
        observe: ['everyone'],
        operate: ['group:responders'],
        approve: ['group:database-access'],
      },
    },
    systems: catalog.systems.map((system) => ({
      id: system.id,
      title: system.title,
      namespace: system.namespace,
      ...(system.project ? { project: system.project } : {}),
      ...(system.environment ? { environment: system.environment } : {}),
      workloads: [...system.workloads],
      ...(system.picture ? { picture: system.picture } : {}),
      docs: system.docs.map(({ title, url }) => ({ title, url })),
      databases: system.databases.map((database) => ({
        name: database.name,
        kind: database.kind,
        ...(database.service ? { service: database.service } : {}),
        ...(database.statefulset ? { statefulset: database.statefulset } : {}),
        ...(database.user ? { user: database.user } : {}),
        databases: [...database.databases],
        personal_data: database.personalData,
        backups: database.backups.map((place) => ({ ...place })),
      })),
      dependencies: system.dependencies.map((name) => ({ external: name })),
      contacts: system.contacts.map((contact) => ({ ...contact })),
      runbooks: [...system.runbooks],
    })),
  });
}
