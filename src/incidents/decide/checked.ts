/** What the answer of a check means: its verdict in words, the target it proposes, the step that follows. */
import type { CheckStep, Expression, Rule, Verdict } from '../../runbooks/runbook.ts';
import { targetIn } from '../../runbooks/target-output.ts';
import type { Outcome } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { sameTarget } from '../same-target.ts';
import { type RunState, scopeOf, type TryState } from '../state.ts';
import { goOn, queueCheck, stepOf, timelineOf } from './flow.ts';
import { offerOf } from './offer.ts';
import { keptIn, storedOut } from './stored.ts';
import { lookedAt, whereLooked } from './targets.ts';

export type CheckResult = Extract<Outcome, { purpose: 'check' }>['result'];

/** What a check brought back, or that it brought nothing: its verdict, and the step that follows. */
export function checkDone(
  draft: Draft,
  run: RunState,
  one: TryState,
  at: At,
  outcome: CheckResult,
  seconds: number,
): void {
  const step = stepOf(run, at.step);
  if (step?.kind !== 'check') return;
  const moves = !one.aside && !run.ended && run.current === at.step;
  if (!outcome.ok) {
    const earlier = run.steps.get(at.step)?.tries.filter((candidate) => !candidate.aside).length ?? 1;
    if (moves && step.retry && earlier <= step.retry.times) {
      emit(draft, 'check_done', { ...at, verdict: 'unknown', says: outcome.says, seconds, milestone: false });
      emit(draft, 'step_opened', {
        run: at.run,
        step: at.step,
        try: at.try + 1,
        kind: 'check',
        title: one.title,
        uses: step.uses,
        args: one.args,
        namespace: one.namespace,
        byHand: [...one.byHand],
        ...timelineOf(step),
      });
      queueCheck(draft, { ...at, try: at.try + 1 }, step.uses, one.args, step.timeoutMs, step.retry.everyMs);
      return;
    }
    emit(draft, 'check_done', { ...at, verdict: 'unknown', says: outcome.says, seconds, milestone: false });
    if (moves) goOn(draft, run, at.step, step.next);
    return;
  }
  const { rule, verdict, says } = judged(draft, run, step, outcome.out);
  const next = rule?.next ?? step.next;
  const answer = { uses: step.uses, out: outcome.out };
  const offer = next && 'run' in next ? offerOf(draft, run, at.step, next, answer) : undefined;
  const elsewhere = notTheTarget(draft, outcome.out, one);
  const body: Bodies['check_done'] = {
    ...at,
    verdict,
    says,
    out: storedOut(draft, run, step.id, step.uses, outcome.out),
    seconds,
    milestone: step.timeline === 'milestone',
    ...keptIn(outcome),
    ...(elsewhere ? { elsewhere } : {}),
    ...(offer
      ? { next: { run: offer.runbook, with: offer.with } }
      : next && !('run' in next)
        ? { next }
        : {}),
  };
  emit(draft, 'check_done', body);
  if (step.proposesTarget) proposeTarget(draft, one, at, outcome.out, says);
  if (moves) goOn(draft, run, at.step, offer ? { offer } : next);
}

export interface Judgement {
  readonly rule?: Rule;
  readonly verdict: Verdict;
  readonly says: string;
}

/** What the rules of the pinned runbook say of an answer; `unknown` with the reason when they cannot. Never throws. */
export function judged(
  draft: Draft,
  run: RunState,
  step: CheckStep,
  out: Record<string, unknown>,
): Judgement {
  const { language } = draft.knows;
  const place = { runbook: run.runbook, step: step.id, out: step.uses };
  const scope = { ...scopeOf(draft.incident, run), out };
  const applies = (condition: Expression | undefined): boolean =>
    condition === undefined || language.holds(condition, scope, place);
  try {
    const rule = step.verdict.find((candidate) => applies(candidate.if));
    if (!rule) return { verdict: 'unknown', says: 'No rule fits what was found.' };
    return { rule, verdict: rule.is, says: language.render(rule.says, scope, place) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { verdict: 'unknown', says: `What was found could not be judged: ${why}` };
  }
}

/** A trace proposes; a person confirms (design/runbooks.md, Targets). */
function proposeTarget(
  draft: Draft,
  one: TryState,
  at: At,
  out: Record<string, unknown>,
  says: string,
): void {
  const target = targetIn(out, one.namespace);
  if (!target || draft.incident.targets.some((known) => sameTarget(known.target, target))) return;
  emit(draft, 'target_proposed', { run: at.run, step: at.step, target: { ...target, says } });
}

/** Checks are never guarded; one that looked elsewhere says so, whatever it found. */
function notTheTarget(draft: Draft, out: Record<string, unknown>, one: TryState): string | undefined {
  return whereLooked(draft.incident, lookedAt(out, one.args, one.namespace));
}
