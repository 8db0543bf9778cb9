/** Finding a system, its databases and what else the catalogue says about it. */
import type { Catalog, Contact, Database, System } from './catalog.ts';
import { nearest } from './nearest.ts';

/** A system that was asked for, or the id that was probably meant. */
export type Found =
  | { readonly found: true; readonly system: System }
  | { readonly found: false; readonly nearest?: string };

/** The system with exactly this id. */
export function systemById(catalog: Catalog, id: string): System | undefined {
  return catalog.systems.find((system) => system.id === id);
}

/**
 * The system a person means: by id, then title, then one of its workloads, then namespace (only when one system has
 * it), without case. Not found: the nearest id, when one is near.
 */
export function findSystem(catalog: Catalog, words: string): Found {
  const wanted = plain(words);
  const { systems } = catalog;
  const inNamespace = systems.filter((system) => plain(system.namespace) === wanted);
  const system =
    systems.find((one) => plain(one.id) === wanted) ??
    systems.find((one) => plain(one.title) === wanted) ??
    systems.find((one) => one.workloads.some((workload) => plain(workload) === wanted)) ??
    (inNamespace.length === 1 ? inNamespace[0] : undefined);
  if (system) return { found: true, system };
  const named = new Map<string, string>();
  for (const one of systems) {
    for (const name of [one.id, one.title, ...one.workloads]) {
      if (!named.has(plain(name))) named.set(plain(name), one.id);
    }
  }
  const near = nearest(wanted, named.keys());
  const id = near === undefined ? undefined : named.get(near);
  return id === undefined ? { found: false } : { found: false, nearest: id };
}

/** The system that a workload of a namespace belongs to. */
export function systemOfWorkload(catalog: Catalog, namespace: string, workload: string): System | undefined {
  return catalog.systems.find((one) => one.namespace === namespace && one.workloads.includes(workload));
}

/**
 * The database of a namespace that has this name, Service, StatefulSet, or a pod of that StatefulSet
 * (`prod-patroni-0`); undefined when the catalogue names none.
 */
export function databaseOf(catalog: Catalog, namespace: string, name: string): Database | undefined {
  const databases = catalog.systems
    .filter((system) => system.namespace === namespace)
    .flatMap((system) => system.databases);
  const set = name.replace(/-\d+$/, '');
  return (
    databases.find((one) => [one.name, one.service, one.statefulset].includes(name)) ??
    databases.find((one) => one.statefulset === set && set !== name)
  );
}

/**
 * The databases a system says it uses: its own, then those of the systems it depends on, nearest first. What the
 * catalogue says is what people believe; `k8s.trace-database` says what is.
 */
export function databasesOf(
  catalog: Catalog,
  systemId: string,
): readonly { readonly system: System; readonly database: Database }[] {
  return withDependencies(catalog, systemId).flatMap((system) =>
    system.databases.map((database) => ({ system, database })),
  );
}

/** The system and every system it depends on, directly or not, nearest first, each once; what is outside is left out. */
export function withDependencies(catalog: Catalog, systemId: string): readonly System[] {
  const seen = new Set<System>();
  let ring = [systemId];
  while (ring.length > 0) {
    const next: string[] = [];
    for (const id of ring) {
      const system = systemById(catalog, id);
      if (!system || seen.has(system)) continue;
      seen.add(system);
      next.push(...system.dependencies);
    }
    ring = next;
  }
  return [...seen];
}

/** Whom to ask about a system: its own contacts, then those of what it depends on, nearest first, each name once. */
export function contactsOf(catalog: Catalog, systemId: string): readonly Contact[] {
  const byName = new Map<string, Contact>();
  for (const contact of withDependencies(catalog, systemId).flatMap((system) => system.contacts)) {
    if (!byName.has(contact.name)) byName.set(contact.name, contact);
  }
  return [...byName.values()];
}

/** The ids of runbooks, those that fit the system first in its order, then the others as given. */
export function runbooksInOrder(system: System | undefined, ids: readonly string[]): readonly string[] {
  const first = (system?.runbooks ?? []).filter((id) => ids.includes(id));
  return [...new Set([...first, ...ids])];
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}
