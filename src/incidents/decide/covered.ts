/** One approval for a named list of members in one run: each member is then one click, with a plan of its own. */
import { canonical } from '../hash.ts';
import type { RunState, TryState } from '../state.ts';

/**
 * The approved try whose approval reaches this one, whoever clicks and whenever. It reaches another try of the same
 * step in the same run that changes a named member in the same way: the same action, kind, namespace, fields and values. What
 * the approver has read is one plan, so what differs in more than its name and what was there before asks for an approval of its
 * own, and so does everything once one of them did not come out as it should (design/product.md, People and rights).
 */
export function approvalFor(run: RunState, step: string, one: TryState): TryState | undefined {
  const name = one.planned?.plan.target.name;
  if (name === undefined || one.planned?.level !== 'two-person' || one.undoes !== undefined) return undefined;
  const others = (run.steps.get(step)?.tries ?? []).filter((other) => other !== one);
  const found = others.findLast(
    (other) =>
      other.requested !== undefined &&
      other.approvedBy !== undefined &&
      other.alone !== true &&
      other.requested.hash === other.planned?.hash &&
      other.planned.covers?.includes(name) === true &&
      sameChange(other, one),
  );
  if (!found) return undefined;
  const since = others.slice(others.indexOf(found));
  return since.every(({ closedAs }) => closedAs === 'done') ? found : undefined;
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

function sameChange(a: TryState, b: TryState): boolean {
  return canonical(shapeOf(a)) === canonical(shapeOf(b));
}

/** What is changed and to what; its own name, and the name of the try, stand for themselves in it. */
function shapeOf({ uses, operation, planned }: TryState) {
  const { target, changes = [] } = planned?.plan ?? {};
  const own = [target?.name ?? '', operation].filter((name) => name !== '');
  const named = (text: string) => own.reduce((all, name) => all.replaceAll(name, '…'), text);
  const fields = changes.map(({ field, after }) => [named(field), named(after)]);
  return { uses, kind: target?.kind, namespace: target?.namespace, fields, from: planned?.from };
}
