/** The smallest set of RBAC rules, and SQL grants, that a set of foreseen calls needs in one namespace. */
import type { Database } from '../catalog/catalog.ts';
import type { Place, Reached } from '../runbooks/rights.ts';
import type { Action, Foreseen, KubernetesRight, Needed } from './action.ts';
import { foresee, together } from './foreseen.ts';
import { CHOICES } from './kubernetes/rights.ts';
import { type NeededSql, neededSql, type Reason, type SqlCall } from './needed-sql.ts';

/** One rule of a Role or ClusterRole. */
export interface NeededRule {
  readonly scope: 'namespace' | 'cluster';
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Absent: any object. */
  readonly names?: readonly string[];
  /** Without it every step still answers, and says what it could not see. */
  readonly optional: boolean;
  readonly reasons: readonly (Reason & { readonly verbs: readonly string[] })[];
}

export interface NeededRights {
  readonly rules: readonly NeededRule[];
  readonly sql: NeededSql;
  /** Some call asks Patroni's REST API. */
  readonly asksPatroni: boolean;
}

/** One verb of one kind of object, as several calls need it. */
interface Entry {
  readonly right: KubernetesRight;
  readonly verb: string;
  needed: Needed;
  optional: boolean;
  readonly reasons: { who: string; place: Place }[];
}

/** Who needs a right for the choices of a parameter. */
export const CHOICE = 'choice in Slack';

/** `databases`: what the catalogue has in the namespace. Throws nothing; an action that the register lacks needs nothing. */
export function neededRights(
  reached: readonly Reached[],
  actionNamed: (name: string) => Action | undefined,
  databases: readonly Database[],
  neverGive: readonly string[] = [],
): NeededRights {
  const entries = new Map<string, Entry>();
  const sql: SqlCall[] = [];
  const uses = new Set<string>();
  for (const one of reached) {
    if (one.kind === 'list') {
      const right = CHOICES[one.type];
      if (right) add(entries, right, 'any', { who: CHOICE, place: one.at });
      continue;
    }
    const action = actionNamed(one.uses);
    if (!action) continue;
    uses.add(action.name);
    const call = foreseen(action, one, databases, neverGive);
    for (const right of action.rights.kubernetes) {
      add(entries, right, right.needed?.(call) ?? 'any', { who: action.name, place: one.at });
    }
    if (action.rights.postgres.length > 0) sql.push({ action, call, at: one.at });
  }
  return {
    rules: rulesOf([...entries.values()]),
    sql: neededSql(sql, databases),
    asksPatroni: [...uses].some((name) => name.startsWith('patroni.')),
  };
}

function foreseen(
  action: Action,
  one: Exclude<Reached, { kind: 'list' }>,
  databases: readonly Database[],
  neverGive: readonly string[],
): Foreseen {
  const call = foresee(action.params, one.with, databases, neverGive);
  // A choice of members is asked for the confirmed target's StatefulSet when the runbook names none.
  const fromTarget =
    one.kind === 'choice' && 'statefulset' in action.params.shape && Object.keys(call.args).length === 0;
  return fromTarget ? { ...call, args: { statefulset: 'seen later' } } : call;
}

function add(
  entries: Map<string, Entry>,
  right: KubernetesRight,
  needed: Needed,
  reason: { who: string; place: Place },
): void {
  if (needed === 'none') return;
  for (const verb of right.verbs) {
    const wanted = canBeNamed(verb, right.resource) ? needed : 'any';
    const key = `${right.scope ?? 'namespace'} ${right.group} ${right.resource} ${verb}`;
    const entry = entries.get(key) ?? { right, verb, needed: wanted, optional: true, reasons: [] };
    entry.needed = together(entry.needed, wanted);
    entry.optional &&= right.optional ?? false;
    entry.reasons.push(reason);
    entries.set(key, entry);
  }
}

/**
 * RBAC knows an object's name only when the request's path has it: not in a list or a watch, and not when an object is
 * created. Creating below an object, as an exec in a pod, has it (proved in test/e2e/rbac.test.ts).
 */
function canBeNamed(verb: string, resource: string): boolean {
  if (verb === 'create') return resource.includes('/');
  return !['list', 'watch', 'deletecollection'].includes(verb);
}

/** Verbs of one kind of object share a rule when they are for the same objects and can be left out together. */
function rulesOf(entries: readonly Entry[]): NeededRule[] {
  const groups = Map.groupBy(entries, ({ right, needed, optional }) =>
    JSON.stringify([right.scope ?? 'namespace', right.group, right.resource, namesOf(needed), optional]),
  );
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, [first, ...more]]) => {
      if (!first) return [];
      const all = [first, ...more];
      const { right, needed, optional } = first;
      const names = namesOf(needed);
      return [
        {
          scope: right.scope ?? 'namespace',
          group: right.group,
          resource: right.resource,
          verbs: all.map(({ verb }) => verb).toSorted(),
          ...(names ? { names } : {}),
          optional,
          reasons: reasonsOf(all),
        },
      ];
    });
}

function namesOf(needed: Needed): readonly string[] | undefined {
  return typeof needed === 'string' ? undefined : needed.toSorted();
}

function reasonsOf(entries: readonly Entry[]): NeededRule['reasons'] {
  const verbs = new Map<string, { who: string; place: Place; verbs: Set<string> }>();
  for (const { verb, reasons } of entries) {
    for (const { who, place } of reasons) {
      const key = JSON.stringify([who, place.runbook, place.where]);
      const held = verbs.get(key) ?? { who, place, verbs: new Set<string>() };
      held.verbs.add(verb);
      verbs.set(key, held);
    }
  }
  const together = Map.groupBy([...verbs.values()], (one) =>
    JSON.stringify([one.who, [...one.verbs].toSorted()]),
  );
  return [...together]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, all]) => {
      const first = all[0];
      if (!first) return [];
      return [{ who: first.who, verbs: [...first.verbs].toSorted(), places: all.map(({ place }) => place) }];
    });
}
