/** How a run begins, and the run of a runbook inside another one: begun, asked about, or why it cannot be. */

import { impactOf } from '../../runbooks/impact.ts';
import { problemWords, readParams } from '../../runbooks/param-values.ts';
import type { RunStep } from '../../runbooks/runbook.ts';
import { type Draft, emit } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { runOf } from '../evolve.ts';
import { sentence } from '../sentence.ts';
import { type RunState, scopeOf } from '../state.ts';
import { pinOf } from './pinned.ts';
import { tried } from './tried.ts';

type Pinned = NonNullable<ReturnType<Draft['knows']['runbook']>>;

/** The run, begun: its number, what it is pinned to, its counts. */
export function begin(
  draft: Draft,
  pinned: Pinned,
  params: Record<string, unknown>,
  from: Pick<Bodies['run_started'], 'parent' | 'follows'>,
): RunState {
  const run = Math.max(0, ...draft.incident.runs.keys()) + 1;
  const counts = impactOf(pinned.runbook.steps);
  emit(draft, 'run_started', { run, ...from, ...pinOf(draft, pinned), params, counts });
  return runOf(draft.incident, run);
}

export function beginInside(
  draft: Draft,
  outer: RunState,
  at: At,
  pinned: Pinned,
  params: Record<string, unknown>,
): RunState {
  return begin(draft, pinned, params, { parent: { run: outer.run, step: at.step } });
}

/** Runbooks inside runbooks; more than this is a circle. */
const DEEPEST = 10;

/**
 * The run of a runbook inside another one, begun. None when it cannot be (then a person tries again or goes on), and
 * none yet while a person is asked for what `with` does not give.
 */
export function nestedRun(draft: Draft, run: RunState, step: RunStep, at: At): RunState | undefined {
  const cannot = (says: string) => {
    emit(draft, 'plan_failed', { ...at, says });
    return undefined;
  };
  const found = draft.knows.runbook(step.runbook);
  if (!found)
    return cannot(`The runbook ${step.runbook} is not here. Mend its file, then try again; or skip.`);
  if (depthOf(draft, run) >= DEEPEST)
    return cannot(`Runbooks call each other in a circle: ${step.runbook} is not started once more. Skip it.`);
  const place = { runbook: run.runbook, step: step.id };
  const made = tried(() => draft.knows.language.resolve(step.with, scopeOf(draft.incident, run), place));
  if (!made.ok) return cannot(`${step.runbook} could not be started: ${sentence(made.says)}`);
  const { runbook } = found;
  // What its file does not ask for (any more) is no reason to stop a night's work.
  const given = Object.entries(made.value).filter(([name]) => Object.hasOwn(runbook.params, name));
  const known = Object.fromEntries(given);
  const { values, problems } = readParams(runbook.params, known);
  if (Object.keys(problems).length === 0) return beginInside(draft, run, at, found, values);
  const says = `${runbook.title} starts inside this step. ${problemWords(runbook.params, problems)}`;
  emit(draft, 'params_asked', { ...at, runbook: runbook.id, title: runbook.title, known, says });
  return undefined;
}

function depthOf(draft: Draft, run: RunState): number {
  let depth = 1;
  for (let one = run; one.parent; one = runOf(draft.incident, one.parent.run)) depth++;
  return depth;
}
