/** Taking a change back: an act of its own, verified by the probe of what the change left behind. */
import type { ActStep, Step } from '../../runbooks/runbook.ts';
import { type Draft, emit } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { Refused } from '../refused.ts';
import {
  lastTry,
  mainTry,
  mayHaveChanged,
  type RunState,
  type StepState,
  scopeOf,
  type TryState,
} from '../state.ts';
import { openAct, stepOf } from './flow.ts';
import { byHandOf, wordsOf } from './tried.ts';

/** The probe that verifies this undo; none when what it takes back left nothing that can be looked at. */
export function undoProbe(run: RunState, at: At): Bodies['plan_made']['leaves'][number]['probe'] {
  return takenBack(run, at)?.planned?.leaves.find((leaves) => leaves.probe)?.probe;
}

/** The try that this undo takes back. */
export function takenBack(run: RunState, at: At): TryState | undefined {
  const tries = run.steps.get(at.step)?.tries;
  const undoes = tries?.find((one) => one.try === at.try)?.undoes;
  return tries?.find((one) => one.try === undoes);
}

/** The change that an undo of this step takes back: of those that are still there, the one that was made last. */
export function changeToUndo(state: StepState | undefined): TryState | undefined {
  return state?.tries.findLast(isThere);
}

/** True for a change that may be there and is not taken back. */
export function isThere(one: TryState): boolean {
  return one.undoes === undefined && one.closedAs !== 'undone' && mayHaveChanged(one);
}

/** True when there is a call that takes this change back. */
export function canBeUndone(step: Step, made: TryState): boolean {
  return step.kind === 'act' && made.planned !== undefined && undoOf(step, made) !== undefined;
}

/** Why a change cannot be taken back by a button, in words; undefined when it can. */
export function whyNoUndo(draft: Draft, run: RunState, step: Step, made: TryState): string | undefined {
  if (canBeUndone(step, made)) return undefined;
  if (step.kind !== 'act') return 'It was done by hand: take it back by hand.';
  if (step.undo.kind === 'none') {
    const place = { runbook: run.runbook, step: step.id, own: true };
    return wordsOf(
      draft,
      step.undo.why,
      scopeOf(draft.incident, run, { step: step.id, try: made.try }),
      place,
    );
  }
  return made.planned
    ? 'Nothing was captured before it.'
    : 'It was done by hand before there was a plan: what was there before is not known.';
}

/**
 * Opens the taking back of a step's change, as an act of its own. Of several changes of a step the newest goes first:
 * what was there before an older one is only there again once the newer ones are gone.
 * @throws Refused when there is nothing to take back, or not now
 */
export function openUndo(draft: Draft, run: RunState, stepId: string, unwinds?: number): void {
  const step = stepOf(run, stepId);
  const state = run.steps.get(stepId);
  const made = changeToUndo(state);
  if (!made && state?.tries.some((one) => one.closedAs === 'undone' && one.undoes === undefined))
    throw new Refused('undone', 'This step is already undone.');
  if (!step || !state || !made)
    throw new Refused('nothing-to-undo', 'This step has changed nothing, so there is nothing to undo.');
  const open = lastTry(state);
  if (state.tries.some((one) => one.undoes !== undefined && one.phase !== 'closed'))
    throw new Refused('undo-open', 'Its undo is already under way.');
  if (['calling', 'looking', 'verifying', 'planning'].includes(made.phase))
    throw new Refused('busy', 'This step is still running. Wait for its outcome, then undo.');
  const latest = mainTry(state);
  if (latest && latest !== made && latest.phase !== 'closed')
    throw new Refused('busy', 'This step is being tried again. Skip that first, then undo.');
  const undo = step.kind === 'act' && made.planned ? undoOf(step, made) : undefined;
  if (!undo)
    throw new Refused(
      'no-undo',
      `It cannot be undone here: ${whyNoUndo(draft, run, step, made) ?? 'nothing was captured.'}`,
    );
  const place = { runbook: run.runbook, step: stepId, own: true };
  const scope = scopeOf(draft.incident, run, { step: stepId, try: made.try });
  const args = 'plan' in undo ? undo.plan : draft.knows.language.resolve(undo.with, scope, place);
  // The undo takes the place of the open decision: its locks are free, and the undo takes them in its turn.
  if (open && open.phase !== 'closed')
    emit(draft, 'step_closed', {
      run: run.run,
      step: stepId,
      try: open.try,
      state: 'accepted',
      reason: 'It is taken back.',
    });
  const at = { run: run.run, step: stepId, try: state.tries.length + 1 };
  openAct(draft, at, {
    title: made.title,
    uses: undo.uses,
    args,
    byHand: byHandOf(draft, undo.uses, args),
    timeoutMs: 30_000,
    undoes: made.try,
    ...(unwinds === undefined ? {} : { unwinds }),
  });
}

function undoOf(
  step: ActStep,
  made: TryState,
): { uses: string; plan: Record<string, unknown> } | { uses: string; with: ActStep['with'] } | undefined {
  switch (step.undo.kind) {
    case 'none':
      return undefined;
    case 'auto':
      return made.planned?.plan.undo ? { uses: step.uses, plan: made.planned.plan.undo } : undefined;
    case 'call':
      return { uses: step.undo.uses, with: step.undo.with };
  }
}
