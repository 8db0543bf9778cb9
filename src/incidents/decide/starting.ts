/** How a run begins: its number, its parameters with their defaults, what it will count, and where it stands. */
import type { RunStep, Step } from '../../runbooks/runbook.ts';
import { type Draft, emit } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { runOf } from '../evolve.ts';
import { type RunState, scopeOf } from '../state.ts';
import { pinOf } from './pinned.ts';
import { tried } from './tried.ts';

/** Counts shown before the start: checks, changes and steps by hand. */
export function countsOf(steps: readonly Step[]): Bodies['run_started']['counts'] {
  const of = (kind: Step['kind']) => steps.filter((step) => step.kind === kind).length;
  return { checks: of('check'), changes: of('act'), byHand: of('manual') };
}

/** The number that the next run of this incident gets. */
export function nextRunNumber(draft: Draft): number {
  return Math.max(0, ...draft.incident.runs.keys()) + 1;
}

/** Parameters as given, with the runbook's own defaults for those left out. */
export function withDefaults(
  declared: Readonly<Record<string, { default?: unknown }>>,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const out: Record<string, unknown> = { ...given };
  for (const [name, param] of Object.entries(declared))
    if (out[name] === undefined && param.default !== undefined) out[name] = param.default;
  return out;
}

/** Runbooks inside runbooks; more than this is a circle. */
const DEEPEST = 10;

/** The run of a runbook inside another one, begun; none, and why, when it cannot be: then a person goes on. */
export function nestedRun(draft: Draft, run: RunState, step: RunStep, at: At): RunState | undefined {
  const cannot = (says: string) => {
    emit(draft, 'plan_failed', { ...at, says: `${says} Skip this step or end the run.` });
    return undefined;
  };
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
    ...pinOf(draft, found),
    params: withDefaults(found.runbook.params, params),
    counts: countsOf(found.runbook.steps),
  });
  return runOf(draft.incident, number);
}

function depthOf(draft: Draft, run: RunState): number {
  let depth = 1;
  for (let one = run; one.parent; one = runOf(draft.incident, one.parent.run)) depth++;
  return depth;
}
