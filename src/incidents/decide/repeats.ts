/** Once the service is said to be back, the checks that were bad or had no answer are asked once more, beside their runs. */
import type { CheckStep } from '../../runbooks/runbook.ts';
import { type Draft, emit, queue } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { runOf } from '../evolve.ts';
import { canonical } from '../hash.ts';
import type { Incident, TryState } from '../state.ts';
import { type CheckResult, type Judgement, judged } from './checked.ts';
import { stepOf } from './flow.ts';
import { stoppedTooOften } from './lost.ts';
import { keptIn } from './stored.ts';

interface Open {
  readonly at: At;
  readonly step: CheckStep;
  readonly one: TryState;
  readonly was: 'bad' | 'unknown';
}

/** Queues them and says which, for the event of the resolve; undefined when there are none. */
export function repeatOpenChecks(draft: Draft): Bodies['resolved']['repeats'] {
  const open = openChecks(draft.incident).filter(
    ({ step }) => draft.knows.language.register(step.uses)?.changes !== true,
  );
  if (open.length === 0) return undefined;
  return open.map(({ at, step, one, was }) => {
    const { uses, timeoutMs } = step;
    const { args, namespace, title } = one;
    const attempt = queue(draft, { at, purpose: 'check', uses, args, namespace, operation: '', timeoutMs });
    return { ...at, attempt, title, was };
  });
}

/**
 * Checks whose last verdict is bad, or unknown since the call failed or timed out, in whatever run. Of those that ask
 * the same, the one that was answered last.
 */
function openChecks(incident: Incident): Open[] {
  const found = new Map<string, Open>();
  for (const run of incident.runs.values())
    for (const state of run.steps.values()) {
      const step = stepOf(run, state.id);
      const one = state.tries.findLast((candidate) => candidate.verdict !== undefined);
      if (step?.kind !== 'check' || !one || !canBeWell(step)) continue;
      const at = { run: run.run, step: state.id, try: one.try };
      const was =
        one.verdict === 'bad' ? 'bad' : hadNoAnswer(incident, at, step, one) ? 'unknown' : undefined;
      if (!was) continue;
      const question = canonical([step.uses, one.args]);
      const other = found.get(question);
      if (other && (other.one.closedAt ?? 0) > (one.closedAt ?? 0)) continue;
      found.set(question, { at, step, one, was });
    }
  return [...found.values()];
}

/**
 * It was asked, and the call brought nothing back. Not one that its own rules found unknown, nor one whose arguments
 * could not be read, so that there is nothing to ask, nor one that may be what stops its workers.
 */
function hadNoAnswer(incident: Incident, at: At, step: CheckStep, one: TryState): boolean {
  if (one.verdict !== 'unknown' || one.out !== undefined) return false;
  const wasAsked = Object.keys(step.with).length === 0 || Object.keys(one.args).length > 0;
  return wasAsked && !stoppedTooOften(incident, at, 'check');
}

/**
 * A check that reads what happened (the last log lines, why a pod stopped) has no rule that says that all is well:
 * asked whether the service is back it could only raise a false alarm, for as long as that history can be read.
 */
function canBeWell({ verdict }: CheckStep): boolean {
  return verdict.some(({ is }) => is === 'ok' || is === 'warn');
}

/**
 * The answer of a check that a resolve asked, or why there is none. False: this attempt is not of a resolve. An answer
 * that is in stays: whoever comes back after having been given up changes nothing.
 */
export function repeatDone(
  draft: Draft,
  { attempt, at }: { readonly attempt: string; readonly at: At },
  result: CheckResult,
  seconds: number,
): boolean {
  const round = draft.incident.repeats.find(({ checks }) => checks.has(attempt));
  const check = round?.checks.get(attempt);
  if (!round || !check) return false;
  if (check.verdict !== undefined) return true;
  const { title, was } = check;
  const open = [...round.checks.values()].filter(({ verdict }) => verdict === undefined);
  const { verdict, says } = judgementOf(draft, at, result);
  emit(draft, 'check_repeated', {
    ...at,
    attempt,
    resolve: round.resolve,
    title,
    was,
    verdict,
    says,
    ...(result.ok ? keptIn(result) : {}),
    seconds,
    left: open.length - 1,
  });
  return true;
}

/** By the rules of the pinned runbook; where its rules say to go on to is not followed. */
function judgementOf(draft: Draft, at: At, result: CheckResult): Pick<Judgement, 'verdict' | 'says'> {
  const run = runOf(draft.incident, at.run);
  const step = stepOf(run, at.step);
  if (!result.ok) return { verdict: 'unknown', says: result.says };
  if (step?.kind !== 'check') return { verdict: 'unknown', says: 'Its step is not in the runbook.' };
  return judged(draft, run, step, result.out);
}
