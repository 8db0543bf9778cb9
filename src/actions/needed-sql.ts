/** The smallest set of SQL grants that a set of foreseen calls needs, for the roles that the catalogue names. */
import type { Database } from '../catalog/catalog.ts';
import type { Place } from '../runbooks/rights.ts';
import type { Action, Foreseen, SqlRight } from './action.ts';

/** Who needs a rule or a grant: an action, or the choice of a parameter; and where. */
export interface Reason {
  readonly who: string;
  readonly places: readonly Place[];
}

/** A call that asks PostgreSQL. */
export interface SqlCall {
  readonly action: Action;
  readonly call: Foreseen;
  readonly at: Place;
}

export interface NeededGrant {
  /** The role of the catalogue that psql and pg_dump log in as. */
  readonly role: string;
  /** The name of the entry of the catalogue. */
  readonly cluster: string;
  readonly grant: SqlRight['grant'];
  /** The databases of a CONNECT; none for a membership, which holds in the whole cluster of databases. */
  readonly databases: readonly string[];
  readonly reasons: readonly (Reason & { readonly why: string })[];
}

export interface NeededSql {
  /** Some call runs psql or pg_dump in a pod. */
  readonly asked: boolean;
  readonly grants: readonly NeededGrant[];
  /** Entries of the catalogue without a role: psql logs in as the pod's own, PGUSER or postgres. */
  readonly asThePod: readonly string[];
}

/** `databases`: what the catalogue has in the namespace. */
export function neededSql(calls: readonly SqlCall[], databases: readonly Database[]): NeededSql {
  const entries = databases
    .map((database) => ({ database, calls: calls.filter(({ call }) => mayAsk(call, database)) }))
    .filter(({ calls: own }) => own.length > 0)
    .toSorted((a, b) => (a.database.name < b.database.name ? -1 : 1));
  return {
    asked: calls.length > 0,
    grants: entries.flatMap(({ database, calls: own }) => grantsOf(database, own)),
    asThePod: entries.flatMap(({ database }) => (database.user ? [] : [database.name])),
  };
}

function mayAsk(call: Foreseen, database: Database): boolean {
  const server = call.args['service'];
  if (
    typeof server === 'object' &&
    ![database.name, database.service, database.statefulset].includes(server.is)
  )
    return false;
  const name = call.args['database'];
  if (typeof name !== 'object') return true;
  return database.name === name.is || database.databases.includes(name.is);
}

function grantsOf(database: Database, calls: readonly SqlCall[]): NeededGrant[] {
  const { user, name } = database;
  if (!user) return [];
  const asked = calls.flatMap((one) => one.action.rights.postgres.map((right) => ({ ...one, right })));
  const byGrant = [...Map.groupBy(asked, ({ right }) => right.grant)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return byGrant.map(([grant, all]) => ({
    role: user,
    cluster: name,
    grant,
    databases:
      grant === 'CONNECT'
        ? [...new Set(all.flatMap(({ call }) => databasesMeant(call, database)))].toSorted()
        : [],
    reasons: [...Map.groupBy(all, ({ action }) => action.name)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([who, same]) => ({ who, why: same[0]?.right.why ?? '', places: same.map(({ at }) => at) })),
  }));
}

function databasesMeant(call: Foreseen, database: Database): readonly string[] {
  const name = call.args['database'];
  return typeof name === 'object' ? [name.is] : database.databases;
}
