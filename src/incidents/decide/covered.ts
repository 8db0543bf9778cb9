/** One approval for a named list of members in one run: each member is then one click, with a plan of its own. */
import { canonical } from '../hash.ts';
import type { RunState, TryState } from '../state.ts';

/**
 * The approved try whose approval reaches this one, whoever clicks and whenever. It reaches a later try in the same
 * run, of the same step or of another act step, that asks the same groups for the same action on a named member.
 *
 * What the approver has read is one plan. With each one's own name left out, a later plan has to be that plan or less:
 * the same arguments, kind, namespace, verification, undo and leavings; no field changed that was not changed there to
 * the same value; no note and nothing unknown that was not read there. What was there before may differ. Anything
 * else asks for an approval of its own, and so does everything once a change by this action in this run was started and
 * did not come out as it should (docs/decisions/0008).
 */
export function approvalFor(run: RunState, step: string, one: TryState): TryState | undefined {
  const name = one.planned?.plan.target.name;
  if (name === undefined || one.planned?.level !== 'two-person' || one.undoes !== undefined) return undefined;
  const steps = [...run.steps.values()].filter(
    ({ id, tries }) => id === step || tries.some(({ uses }) => uses === one.uses),
  );
  const others = steps.flatMap(({ tries }) => tries.filter((other) => other !== one));
  const [found] = others
    .filter(
      (other) =>
        other.requested !== undefined &&
        other.approvedBy !== undefined &&
        other.alone !== true &&
        other.requested.hash === other.planned?.hash &&
        other.openedAt <= one.openedAt &&
        other.planned.covers?.includes(name) === true &&
        isThatOrLess(other, one),
    )
    .sort((a, b) => (b.requested?.at ?? 0) - (a.requested?.at ?? 0));
  if (!found) return undefined;
  const since = others.filter((other) => other === found || other.openedAt >= found.openedAt);
  return since.every((other) => other.closedAs === 'done' || neverStarted(other)) ? found : undefined;
}

/** No plan could be made, or it was planned again or left out: that says nothing about whether the change works. */
function neverStarted({ started, claimed, undoes }: TryState): boolean {
  return started !== true && claimed !== true && undoes === undefined;
}

/** The same for who clicks (the person who asked) at this moment (ms): it ends when the approval would have. */
export function approvalNow(
  run: RunState,
  step: string,
  one: TryState,
  click: { readonly now: number; readonly isRequester: (personId: string) => boolean },
): TryState | undefined {
  const found = approvalFor(run, step, one);
  const { requested } = found ?? {};
  return requested && click.now < requested.expiresAt && click.isRequester(requested.by.id)
    ? found
    : undefined;
}

function isThatOrLess(approved: TryState, one: TryState): boolean {
  const [a, b] = [shapeOf(approved), shapeOf(one)];
  const within = (read: readonly unknown[], now: readonly unknown[]) => {
    const known = new Set(read.map(canonical));
    return now.every((each) => known.has(canonical(each)));
  };
  return (
    canonical(a.same) === canonical(b.same) &&
    b.changes.length > 0 &&
    within(a.changes, b.changes) &&
    within(a.notes, b.notes) &&
    within(a.unknowns, b.unknowns)
  );
}

/** What a plan says, with its own name and the name of the try left out. */
function shapeOf({ uses, args, operation, planned }: TryState) {
  const { target, changes = [], notes = [], unknowns = [] } = planned?.plan ?? {};
  const own = [target?.name ?? '', operation].filter(isName).map(asWord);
  const unnamed = (value: unknown): unknown => {
    if (typeof value === 'string') return own.reduce((text, name) => text.replace(name, '…'), value);
    if (Array.isArray(value)) return value.map(unnamed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unnamed(inner)]));
  };
  const { from, says, verify, undo, guard, leaves } = planned ?? {};
  const { kind, namespace } = target ?? {};
  return {
    same: unnamed({ uses, args, kind, namespace, from, says, verify, undo, guard, leaves }),
    changes: changes.map(({ field, after }) => unnamed([field, after])),
    notes: notes.map(unnamed),
    unknowns: unknowns.map(unnamed),
  };
}

/** A member that is called 3 would hide that another one is made 3 large. */
function isName(name: string): boolean {
  return /\p{L}/u.test(name);
}

/** Not within a longer name: `disk-1` is not in `disk-10`. */
function asWord(name: string): RegExp {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu');
}
