/** Once the service is said to be back, the checks that were bad are asked once more, beside their runs. */
import type { CheckStep } from '../../runbooks/runbook.ts';
import { type Draft, emit, queue } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { runOf } from '../evolve.ts';
import { canonical } from '../hash.ts';
import type { Incident, TryState } from '../state.ts';
import { type CheckResult, type Judgement, judged } from './checked.ts';
import { stepOf } from './flow.ts';
import { keptIn } from './stored.ts';

interface Bad {
  readonly at: At;
  readonly step: CheckStep;
  readonly one: TryState;
}

/** Queues them and says which, for the event of the resolve; undefined when no check is bad. */
export function repeatBadChecks(draft: Draft): Bodies['resolved']['repeats'] {
  const bad = badChecks(draft.incident).filter(
    ({ step }) => draft.knows.language.register(step.uses)?.changes !== true,
  );
  if (bad.length === 0) return undefined;
  return bad.map(({ at, step, one }) => {
    const { uses, timeoutMs } = step;
    const { args, namespace, title } = one;
    const attempt = queue(draft, { at, purpose: 'check', uses, args, namespace, operation: '', timeoutMs });
    return { ...at, attempt, title, was: 'bad' as const };
  });
}

/** Checks whose last verdict is bad, in whatever run. Of those that ask the same, the one that was answered last. */
function badChecks(incident: Incident): Bad[] {
  const found = new Map<string, Bad>();
  for (const run of incident.runs.values())
    for (const state of run.steps.values()) {
      const step = stepOf(run, state.id);
      const one = state.tries.findLast((candidate) => candidate.verdict !== undefined);
      if (step?.kind !== 'check' || one?.verdict !== 'bad' || !canBeWell(step)) continue;
      const question = canonical([step.uses, one.args]);
      const other = found.get(question);
      if (other && (other.one.closedAt ?? 0) > (one.closedAt ?? 0)) continue;
      found.set(question, { at: { run: run.run, step: state.id, try: one.try }, step, one });
    }
  return [...found.values()];
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
