/** A runbook inside another one: a run of its own, with the step that called it as its parent. */
import type { RunStep } from '../../runbooks/runbook.ts';
import { type Draft, emit } from '../draft.ts';
import type { At } from '../events.ts';
import { runOf } from '../evolve.ts';
import { type RunState, scopeOf } from '../state.ts';
import { countsOf, goOn, nextRunNumber, withDefaults } from './flow.ts';
import { tried } from './tried.ts';

/** Runbooks inside runbooks; more than this is a circle. */
const DEEPEST = 10;

/** Starts it, or says why it cannot be: then a person goes on. */
export function openNested(draft: Draft, run: RunState, step: RunStep, at: At): void {
  const cannot = (says: string) =>
    emit(draft, 'plan_failed', { ...at, says: `${says} Skip this step or end the run.` });
  const found = draft.knows.runbook(step.runbook);
  if (!found) return cannot(`The runbook ${step.runbook} is not here.`);
  if (depthOf(draft, run) >= DEEPEST)
    return cannot(`Runbooks call each other in a circle: ${step.runbook} is not started once more.`);
  const place = { runbook: run.runbook, step: step.id };
  const made = tried(() => draft.knows.language.resolve(step.with, scopeOf(draft.incident, run), place));
  if (!made.ok) return cannot(`${step.runbook} could not be started: ${made.says}.`);
  const params = made.value;
  const number = nextRunNumber(draft);
  emit(draft, 'run_started', {
    run: number,
    parent: { run: run.run, step: step.id },
    ...found,
    params: withDefaults(found.runbook.params, params),
    counts: countsOf(found.runbook.steps),
  });
  goOn(draft, runOf(draft.incident, number), undefined, undefined);
}

function depthOf(draft: Draft, run: RunState): number {
  let depth = 1;
  for (let one = run; one.parent; one = runOf(draft.incident, one.parent.run)) depth++;
  return depth;
}
