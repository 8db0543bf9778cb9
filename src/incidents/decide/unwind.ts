/** Taking back everything that a run changed: one ordinary undo after the other, newest change first. */
import { ExpressionFailed } from '../../runbooks/expressions.ts';
import type { Step } from '../../runbooks/runbook.ts';
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { Bodies } from '../events.ts';
import { Refused } from '../refused.ts';
import { type Incident, lastTry, type RunState, type TryState, type Unwinding } from '../state.ts';
import { stepOf } from './flow.ts';
import { needs } from './rights.ts';
import { canBeUndone, changeToUndo, isThere, openUndo, whyNoUndo } from './undo.ts';

/** A change that may be there, of a run or of one inside it. */
interface Change {
  readonly run: RunState;
  readonly step: Step;
  readonly one: TryState;
}

/** What a run and the runs inside it have changed and not taken back, newest first. */
function changesOf(incident: Incident, run: RunState): Change[] {
  const found: Change[] = [];
  for (const inner of family(incident, run))
    for (const state of inner.steps.values()) {
      const step = stepOf(inner, state.id);
      if (step) for (const one of state.tries.filter(isThere)) found.push({ run: inner, step, one });
    }
  return found.sort((a, b) => (b.one.changedIn ?? 0) - (a.one.changedIn ?? 0));
}

/** Those of them that have a call which takes them back. */
export function undoable(incident: Incident, run: RunState): Change[] {
  return changesOf(incident, run).filter(({ step, one }) => canBeUndone(step, one));
}

/** The unwinding of this run that is under way, or of a run that shares one with it. */
export function underWay(
  incident: Incident,
  run: RunState,
): { run: RunState; unwinding: Unwinding } | undefined {
  const mine = new Set(family(incident, run));
  for (const other of incident.runs.values()) {
    const { unwinding } = other;
    if (unwinding && !unwinding.ended && family(incident, other).some((inner) => mine.has(inner)))
      return { run: other, unwinding };
  }
  return undefined;
}

/**
 * Starts it. What it takes back is settled now: a change that is made meanwhile is left to the next time.
 * @throws Refused when somebody does it already, when a change is under way, or when there is nothing
 */
export function unwind(draft: Draft, what: Extract<What, { do: 'unwind' }>): void {
  needs(draft, 'operate', 'undo changes');
  const { incident } = draft;
  const run = incident.runs.get(what.run);
  if (!run) throw new Refused('gone', 'This run is not here any more.');
  const other = underWay(incident, run);
  if (other) {
    const { changes, by } = other.unwinding;
    const left = leftOf(incident, other.run);
    const where = `${changes.length - left.length} of ${changes.length} done, now “${left[0]?.title ?? ''}”`;
    throw new Refused('unwinding', `${by.name} is already undoing run ${other.run.run}: ${where}.`);
  }
  for (const inner of family(incident, run))
    for (const state of inner.steps.values())
      for (const one of state.tries) {
        const running = ['calling', 'looking', 'verifying'].includes(one.phase);
        const undoing = one.undoes !== undefined && one.phase !== 'closed';
        if (running || undoing)
          throw new Refused(
            'busy',
            `${one.undoes === undefined ? 'A change' : 'An undo'} is under way: ${one.title}. Finish that first.`,
          );
      }
  const changes: Bodies['unwind_started']['changes'] = [];
  const passed: Bodies['unwind_started']['passed'] = [];
  for (const { run: inner, step, one } of changesOf(incident, run)) {
    const change = { run: inner.run, step: step.id, try: one.try, title: one.title };
    const why = whyNoUndo(draft, inner, step, one);
    if (why === undefined) changes.push(change);
    else if (step.kind === 'act' || (step.kind === 'manual' && step.leaves.kind !== 'nothing'))
      passed.push({ ...change, why });
  }
  if (changes.length === 0) {
    const why = passed.map((one) => ` “${one.title}”: ${one.why}`).join('');
    throw new Refused('nothing-to-undo', `Run ${run.run} has changed nothing that can be undone here.${why}`);
  }
  emit(draft, 'unwind_started', { run: run.run, changes, passed });
  next(draft, run);
}

/** Goes on with what is being unwound: called after every command, so nothing of it lives in a process. */
export function goOnUnwinding(draft: Draft): void {
  for (const run of draft.incident.runs.values()) {
    if (!run.unwinding || run.unwinding.ended) continue;
    try {
      next(draft, run);
    } catch (error) {
      // An outcome is taken in whatever comes after it.
      if (!(error instanceof Refused) && !(error instanceof ExpressionFailed)) throw error;
      end(draft, run, 'stopped', error instanceof Refused ? error.says : error.message);
    }
  }
}

/** Opens the next undo when the one before is done; stops at the first that did not end well. */
function next(draft: Draft, run: RunState): void {
  const { incident } = draft;
  const { unwinding } = run;
  if (!unwinding) return;
  if (incident.closedAt !== undefined) return end(draft, run, 'stopped', 'The incident was closed.');
  for (const change of unwinding.changes) {
    const inner = incident.runs.get(change.run);
    const state = inner?.steps.get(change.step);
    const one = state?.tries.find((candidate) => candidate.try === change.try);
    if (!inner || !state || !one || !isThere(one)) continue;
    const undo = state.tries.findLast((candidate) => candidate.undoes === change.try);
    if (undo && undo.phase !== 'closed') {
      if (lastTry(state) !== undo)
        return end(draft, run, 'stopped', `“${change.title}” is being made again meanwhile.`);
      if (!isStuck(undo)) return;
      return end(draft, run, 'stopped', `The undo of “${change.title}” needs a decision: ${saysOf(undo)}`);
    }
    if (undo?.unwinds === unwinding.version)
      return end(draft, run, 'stopped', `“${change.title}” was left as it is.`);
    if (changeToUndo(state) !== one)
      return end(draft, run, 'stopped', `“${change.title}” has been changed again meanwhile.`);
    return openUndo(draft, inner, change.step, unwinding.version);
  }
  const count = unwinding.changes.length;
  end(draft, run, 'finished', `${count === 1 ? 'The change is' : `All ${count} changes are`} taken back.`);
}

/** Refused, failed or not known. What waits only for somebody who has looked goes on. */
function isStuck(undo: TryState): boolean {
  return undo.phase === 'decide' && undo.verified?.byEye !== true;
}

function saysOf(undo: TryState): string {
  return undo.lastSays ?? 'It is not known how it came out.';
}

function end(draft: Draft, run: RunState, why: 'finished' | 'stopped', says: string): void {
  emit(draft, 'unwind_ended', { run: run.run, why, says, left: leftOf(draft.incident, run) });
}

/** Its changes that are not taken back yet. */
export function leftOf(incident: Incident, { unwinding }: RunState): Bodies['unwind_ended']['left'] {
  return (unwinding?.changes ?? []).filter((change) => {
    const tries = incident.runs.get(change.run)?.steps.get(change.step)?.tries;
    const one = tries?.find((candidate) => candidate.try === change.try);
    return one !== undefined && isThere(one);
  });
}

/** The run and the runs inside it. */
function family(incident: Incident, run: RunState): RunState[] {
  const found = [run];
  for (const inner of incident.runs.values())
    if (inner.parent && found.some((outer) => outer.run === inner.parent?.run)) found.push(inner);
  return found;
}
