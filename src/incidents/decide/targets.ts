/** What people work on: confirmed, changed, taken off; and whether something else is looked at or changed. */
import { namesIn, targetIn } from '../../runbooks/target-output.ts';
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { Target, TargetName } from '../events.ts';
import { Refused } from '../refused.ts';
import { sameTarget } from '../same-target.ts';
import type { Incident } from '../state.ts';
import { needs } from './rights.ts';

/** One more, or in the place of what was confirmed. An old button never takes somebody's confirmed target away. */
export function confirmTarget(draft: Draft, what: Extract<What, { do: 'confirm target' }>): void {
  needs(draft, 'observe', 'confirm the target');
  const { target, as } = what;
  const { targets } = draft.incident;
  const known = targets.some((one) => sameTarget(one.target, target));
  if (known && (as !== 'instead' || targets.length === 1)) {
    draft.says = `${target.name} is already a confirmed target.`;
    return;
  }
  const also = targets.length > 0 && as !== 'instead';
  emit(draft, 'target_confirmed', { target, ...(also ? { also: true } : {}) });
}

export function dropTarget(draft: Draft, what: Extract<What, { do: 'drop target' }>): void {
  needs(draft, 'observe', 'take a target off');
  const { targets } = draft.incident;
  const found = targets.find((one) => sameTarget(one.target, what.target));
  if (!found) throw new Refused('no-target', `${what.target.name} is not a confirmed target.`);
  emit(draft, 'target_dropped', { target: found.target });
}

/** A thing that a check looked at or that an act would change. */
export interface Thing extends TargetName {
  /** What it is part of, as the system said when it was read. */
  readonly owner?: { readonly kind: string; readonly name: string };
}

/**
 * Why this is not what people confirmed that they work on, in words; undefined when it is, when nothing is confirmed,
 * or when it is no thing of that kind.
 *
 * The rule: elsewhere is what lies in another namespace than every confirmed target, and what is of the same kind as a
 * confirmed target (a member of a database, its StatefulSet, a volume) without belonging to one. Anything else in the
 * namespace of a target is not elsewhere: a utility Deployment next to the confirmed database is part of the same work,
 * and a guard that asks at every step is typed without reading. The night of seed 000 was lost on another database,
 * not on another kind of thing (docs/decisions/0007-what-is-elsewhere.md).
 *
 * What a thing belongs to is what the system says (`owner`). Only where it was not asked a pod's name decides, by the
 * rule of Kubernetes that a StatefulSet's pod is `<name>-<number>`: a name that merely begins alike (`pg` and
 * `pg-blue-0`) is another cluster.
 */
export function elsewhere(incident: Incident, thing: Thing): string | undefined {
  const targets = incident.targets.map((one) => one.target);
  if (targets.length === 0) return undefined;
  const near = targets.filter(({ namespace }) => namespace === thing.namespace);
  if (near.length === 0) return notWords(thing, targets, true);
  const whole = wholeOf(thing);
  if (near.some((target) => sameTarget(target, whole))) return undefined;
  return near.some((target) => isLike(target, whole)) ? notWords(thing, targets, false) : undefined;
}

/**
 * What a check looked at: what its answer names, else what it was asked about, else the namespace. A pod whose name does
 * not say that it is a StatefulSet's is no member that could be mistaken.
 */
export function lookedAt(
  out: Readonly<Record<string, unknown>>,
  args: Readonly<Record<string, unknown>>,
  namespace: string,
): Thing[] {
  const named = targetIn(out, namespace);
  const sets = out.found === false ? [] : namesIn(out.statefulset);
  const where = named?.namespace ?? namespace;
  const answered = sets.map((name) => ({ namespace: where, kind: 'statefulset', name }));
  const asked = (kind: string, value: unknown): Thing[] =>
    namesIn(value).map((name) => ({ namespace, kind, name }));
  const service = asked('service', args.service);
  if (answered.length > 0) return [...answered, ...(named?.kind === 'service' ? [named] : []), ...service];
  if (named) return [named, ...service];
  const kind = typeof args.kind === 'string' ? args.kind : 'deployment';
  const things = [
    ...asked('statefulset', args.statefulset),
    ...service,
    ...asked('pod', args.pod).filter((pod) => wholeOf(pod).kind !== 'pod'),
    ...asked(kind, args.workload),
  ];
  return things.length > 0 ? things : [{ namespace, kind: 'namespace', name: namespace }];
}

/** As `elsewhere`, of the things that one check looked at: none when one of them is the target. */
export function whereLooked(incident: Incident, things: readonly Thing[]): string | undefined {
  const targets = incident.targets.map((one) => one.target);
  if (things.some((thing) => targets.some((target) => sameTarget(target, wholeOf(thing))))) return undefined;
  for (const thing of things) {
    const words = elsewhere(incident, thing);
    if (words) return words;
  }
  return undefined;
}

/** The cluster or workload that a thing is part of, or itself. */
function wholeOf({ namespace, kind, name, owner }: Thing): TargetName {
  if (owner) return { namespace, ...owner };
  if (kind.toLowerCase() !== 'pod') return { namespace, kind, name };
  const set = /^(.+)-\d+$/.exec(name)?.[1];
  return set === undefined ? { namespace, kind, name } : { namespace, kind: 'statefulset', name: set };
}

/** Kinds that a confirmed target can be mistaken for. A Service stands for members that it does not name. */
const alike: Readonly<Record<string, readonly string[]>> = {
  statefulset: ['statefulset', 'pod', 'persistentvolumeclaim'],
  service: ['service', 'statefulset', 'pod', 'persistentvolumeclaim'],
};

function isLike(target: Target, whole: TargetName): boolean {
  const kind = target.kind.toLowerCase();
  return (alike[kind] ?? [kind]).includes(whole.kind.toLowerCase());
}

function notWords(thing: Thing, targets: readonly Target[], far: boolean): string {
  const within = (one: TargetName) => (far && one.name !== one.namespace ? ` in ${one.namespace}` : '');
  const names = targets.map((target) => `${target.name}${within(target)}`).join(' and ');
  const many = targets.length > 1 ? 's' : '';
  return `${thing.name}${within(thing)} is not the confirmed target${many} ${names}.`;
}
