/** A change: the call, the look for its trace, verification. */
import type { Verify } from '../../runbooks/runbook.ts';
import { type Draft, emit, type NewAttempt, queue } from '../draft.ts';
import type { At } from '../events.ts';
import { Refused } from '../refused.ts';
import { type RunState, scopeOf, type TryState } from '../state.ts';
import { closeStep, stepOf } from './flow.ts';
import { openLooseEnds, probeAll, settleMade, settleUndone } from './loose-ends.ts';
import { tried, wordsOf } from './tried.ts';
import { undoProbe } from './undo.ts';

/** The confirmed call: from here on the change may exist, so what it leaves behind is already open. */
export function startAct(draft: Draft, run: RunState, one: TryState, at: At): void {
  const { planned: plan } = one;
  if (!plan) throw new Refused('no-plan', 'There is no plan yet. Wait for it, then confirm.');
  // A drill ends at the confirmed plan: no attempt is queued, so nothing can be called (design/product.md).
  if (draft.incident.declared.drill)
    return closeStep(
      draft,
      at,
      'rehearsed',
      `${draft.command.by.person.name} confirmed the plan. Nothing was changed: this is a drill.`,
    );
  const executeBy = draft.command.now + draft.knows.executeWithinMs;
  const step = stepOf(run, at.step);
  const attempt = queue(draft, {
    at,
    purpose: 'act',
    uses: one.uses ?? '',
    args: one.args,
    namespace: one.namespace,
    operation: plan.operation,
    timeoutMs: step && 'timeoutMs' in step && one.undoes === undefined ? step.timeoutMs : 120_000,
    planHash: plan.hash,
    executeBy,
    by: one.requested?.by.id ?? draft.command.by.person.id,
    ...(one.approvedBy && !one.alone ? { approved: { by: one.approvedBy.id, from: plan.from } } : {}),
  });
  emit(draft, 'act_started', { ...at, operation: plan.operation, executeBy, attempt });
  if (one.undoes === undefined) openLooseEnds(draft, one, at);
}

/** After the call: the loose ends that it opened exist, or never did; permanent changes become follow-ups. */
export function actEnded(draft: Draft, one: TryState, at: At, state: 'made' | 'not made'): void {
  if (one.undoes === undefined) settleMade(draft, one, at, state);
}

/** Queues the verification of an act, a repair by hand, or an undo. Never throws: what it follows has happened. */
export function verifyAct(draft: Draft, run: RunState, one: TryState, at: At): void {
  const step = stepOf(run, at.step);
  if (one.undoes !== undefined) {
    const probe = undoProbe(run, at);
    if (!probe) return undoneByEye(draft, one, at);
    const { uses, args, gone: until } = probe;
    return queueLook(draft, one, at, { uses, args, until, timeoutMs: 120_000 });
  }
  if (step?.kind === 'manual') {
    if ('none' in step.verify) {
      const place = { runbook: run.runbook, step: step.id, own: true };
      const why = wordsOf(draft, step.verify.none, scopeOf(draft.incident, run, at), place);
      return closeStep(draft, at, 'by hand', why);
    }
    return queueVerify(draft, run, one, at, step.verify);
  }
  // A question, or a runbook inside that is not here: nothing says how to look whether it was done.
  if (step?.kind !== 'act') return closeStep(draft, at, 'by hand');
  queueVerify(draft, run, one, at, step.verify);
}

/** What the plan says is read back; without a plan (done by hand before there was one) its arguments are read now. */
function queueVerify(
  draft: Draft,
  run: RunState,
  one: TryState,
  at: At,
  { uses, with: template, until, timeoutMs }: Verify,
): void {
  const place = { runbook: run.runbook, step: at.step, own: true };
  const scope = scopeOf(draft.incident, run, at);
  const known = one.planned?.verify?.args;
  const made = known
    ? { ok: true as const, value: known }
    : tried(() => draft.knows.language.resolve(template, scope, place));
  if (made.ok) return queueLook(draft, one, at, { uses, args: made.value, until, timeoutMs });
  const says = `Not verified. It could not be read back: ${made.says}`;
  emit(draft, 'verified', { ...at, held: false, says, seconds: 0 });
}

function queueLook(
  draft: Draft,
  { namespace, operation }: TryState,
  at: At,
  look: Pick<NewAttempt, 'uses' | 'args' | 'timeoutMs'> & { until: string },
): void {
  queue(draft, { at, purpose: 'verify', namespace, operation, ...look });
}

/**
 * An undo of a change that left nothing to look at. The act's own verification says what holds after the act; that it
 * holds no longer does not show that the earlier state is back, and a condition for that cannot be made from it. So the
 * call's outcome is told as what it is, done and not verified, and a person who has looked closes it with a click.
 */
function undoneByEye(draft: Draft, one: TryState, at: At): void {
  if (!one.claimed) {
    const says =
      'Done, not verified: nothing here can look at it. Look yourself, then say that it is taken back.';
    return emit(draft, 'verified', { ...at, held: false, says, byEye: true, seconds: 0 });
  }
  settleUndone(draft, at, one.undoes, undefined);
  const who = one.confirmedBy?.name ?? 'Somebody';
  closeStep(draft, at, 'undone', `${who} looked: it is taken back. Nothing here can verify it.`);
  probeAll(draft, (end) => end.state === 'open');
}

/**
 * Nobody can tell from its trace. The first time a person decides. When somebody has asked for another look, what the
 * step's verification sees may settle it: the condition holds or it does not, whoever made it so.
 */
export function cannotTell(draft: Draft, run: RunState, one: TryState, at: At, says: string): void {
  const again = one.found?.happened === 'cannot tell';
  emit(draft, 'act_found', { ...at, happened: 'cannot tell', says });
  probeAll(draft, (end) => end.opened.run === at.run && end.opened.step === at.step);
  if (!again) return;
  emit(draft, 'looked_again', { ...at, phase: 'verifying' });
  verifyAct(draft, run, one, at);
}

/** Nobody knows whether the call changed anything: look for its trace before a person decides. */
export function askWhatHappened(draft: Draft, run: RunState, one: TryState, at: At): void {
  queue(draft, {
    at,
    purpose: 'happened',
    uses: one.uses ?? '',
    args: one.args,
    namespace: one.namespace,
    operation: one.operation,
    timeoutMs: Math.min(timeoutOfAct(stepOf(run, at.step)), 60_000),
  });
}

function timeoutOfAct(step: ReturnType<typeof stepOf>): number {
  return step?.kind === 'act' ? step.timeoutMs : 30_000;
}
