/** How a run goes from step to step: checks by themselves, until something waits for a person. */
import type { Next, RunStep, Step } from '../../runbooks/runbook.ts';
import { type Draft, emit, queue } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { runOf } from '../evolve.ts';
import { operationId } from '../hash.ts';
import { lastTry, mainTry, type RunState, scopeOf, type TryState } from '../state.ts';

/** Counts shown before the start: checks, changes and steps by hand. */
export function countsOf(steps: readonly Step[]): Bodies['run_started']['counts'] {
  const of = (kind: Step['kind']) => steps.filter((step) => step.kind === kind).length;
  return { checks: of('check'), changes: of('act'), byHand: of('manual') };
}

/** The number that the next run of this incident gets. */
export function nextRunNumber(draft: Draft): number {
  return Math.max(0, ...draft.incident.runs.keys()) + 1;
}

/** Goes on after a step (or to the first one), following `next` when it is given. */
export function goOn(draft: Draft, run: RunState, after: string | undefined, next: Next | undefined): void {
  if (next && 'stop' in next) return endRun(draft, run, 'stopped', 'The runbook ends here.');
  if (next && 'run' in next) {
    const place = { runbook: run.runbook, step: after ?? '' };
    const args = draft.knows.language.resolve(next.with, scopeOf(draft.incident, run), place);
    return endRun(draft, run, 'finished', 'Finished.', { runbook: next.run, with: args });
  }
  const { steps } = run.runbook;
  let index =
    next && 'step' in next
      ? steps.findIndex((step) => step.id === next.step)
      : after === undefined
        ? 0
        : steps.findIndex((step) => step.id === after) + 1;
  for (; index >= 0 && index < steps.length; index++) {
    const step = steps[index] as Step;
    const needed = isNeeded(draft, run, step);
    if (needed === true) return openStep(draft, run, step);
    emit(draft, 'step_closed', { run: run.run, step: step.id, try: 1, state: 'not needed', reason: needed });
  }
  endRun(draft, run, 'finished', 'All steps are done.');
}

/** True, or why the step is left out. A condition that cannot be read never lets a step run. */
function isNeeded(draft: Draft, run: RunState, step: Step): true | string {
  if (step.when === undefined) return true;
  try {
    const place = { runbook: run.runbook, step: step.id };
    return draft.knows.language.holds(step.when, scopeOf(draft.incident, run), place) || 'Not needed here.';
  } catch (error) {
    return `Its condition could not be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Opens a step: its words and arguments are rendered now, once, and what needs no person starts. */
export function openStep(draft: Draft, run: RunState, step: Step): void {
  const { language } = draft.knows;
  const scope = scopeOf(draft.incident, run);
  const place = { runbook: run.runbook, step: step.id };
  const number = (run.steps.get(step.id)?.tries.length ?? 0) + 1;
  const at: At = { run: run.run, step: step.id, try: number };
  const { namespace } = draft.incident.declared;
  const title = language.render(step.title, scope, place);
  switch (step.kind) {
    case 'check': {
      const args = language.resolve(step.with, scope, place);
      const byHand = [...(language.register(step.uses)?.byHand(args, namespace) ?? [])];
      emit(draft, 'step_opened', { ...at, kind: 'check', title, uses: step.uses, args, namespace, byHand });
      queueCheck(draft, at, step.uses, args, step.timeoutMs);
      return;
    }
    case 'act': {
      const args = language.resolve(step.with, scope, place);
      const byHand = [...(language.register(step.uses)?.byHand(args, namespace) ?? [])];
      openAct(draft, at, { title, uses: step.uses, args, byHand, timeoutMs: step.timeoutMs });
      return;
    }
    case 'ask': {
      const choices = step.choices.map(({ id, label }) => ({
        id,
        label: language.render(label, scope, place),
      }));
      const says = step.why;
      emit(draft, 'step_opened', {
        ...at,
        kind: 'ask',
        title,
        namespace,
        byHand: [],
        choices,
        ...(says ? { says } : {}),
      });
      return;
    }
    case 'manual': {
      const byHand = step.byHand.map((line) => language.render(line, scope, place));
      const says = language.render(step.do, scope, place);
      emit(draft, 'step_opened', { ...at, kind: 'manual', title, namespace, byHand, says });
      return;
    }
    case 'run':
      emit(draft, 'step_opened', { ...at, kind: 'run', title, namespace, byHand: [] });
      openNested(draft, run, step, at);
      return;
  }
}

function openNested(draft: Draft, run: RunState, step: RunStep, at: At): void {
  const found = draft.knows.runbook(step.runbook);
  if (!found) {
    emit(draft, 'plan_failed', {
      ...at,
      says: `The runbook ${step.runbook} is not here. Skip this step or end the run.`,
    });
    return;
  }
  const place = { runbook: run.runbook, step: step.id };
  const params = draft.knows.language.resolve(step.with, scopeOf(draft.incident, run), place);
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

/** Queues one look of a check. */
export function queueCheck(
  draft: Draft,
  at: At,
  uses: string,
  args: Record<string, unknown>,
  timeoutMs: number,
  delayMs?: number,
): void {
  const { namespace } = draft.incident.declared;
  const delay = delayMs === undefined ? {} : { delayMs };
  queue(draft, { at, purpose: 'check', uses, args, namespace, operation: '', timeoutMs, ...delay });
}

/** Opens a try of a change. Its operation id is born here, so that the plan and the call speak of the same names. */
export function openAct(
  draft: Draft,
  at: At,
  act: {
    title: string;
    uses: string;
    args: Record<string, unknown>;
    byHand: readonly string[];
    timeoutMs: number;
    undoes?: number;
  },
): void {
  const operation = operationId(draft.incident.number, at.run, at.step, at.try, draft.command.id);
  const { namespace } = draft.incident.declared;
  const { title, uses, args, byHand, undoes, timeoutMs } = act;
  emit(draft, 'step_opened', {
    ...at,
    kind: 'act',
    title,
    uses,
    args,
    namespace,
    byHand: [...byHand],
    operation,
    ...(undoes === undefined ? {} : { undoes }),
  });
  queuePlan(draft, at, { uses, args, operation }, timeoutMs);
}

/** Queues the reading of a plan. */
export function queuePlan(
  draft: Draft,
  at: At,
  act: { uses?: string; args: Record<string, unknown>; operation: string },
  timeoutMs: number,
): void {
  const { namespace } = draft.incident.declared;
  const { uses = '', args, operation } = act;
  queue(draft, { at, purpose: 'plan', uses, args, namespace, operation, timeoutMs });
}

/** Ends a run; a nested one hands its last verdict to the step that called it, which goes on. */
export function endRun(
  draft: Draft,
  run: RunState,
  why: Bodies['run_ended']['why'],
  says: string,
  offer?: { runbook: string; with: Record<string, unknown> },
): void {
  emit(draft, 'run_ended', { run: run.run, why, says, ...(offer ? { offer } : {}) });
  if (!run.parent) return;
  const parent = runOf(draft.incident, run.parent.run);
  const one = lastTry(parent.steps.get(run.parent.step));
  if (!one || one.phase !== 'nested') return;
  if (run.lastVerdict) one.verdict = run.lastVerdict;
  const at = { run: parent.run, step: run.parent.step, try: one.try };
  closeStep(draft, at, why === 'ended' ? 'stopped' : 'done');
}

/** Closes a step and, when its run waited there, goes on. */
export function closeStep(
  draft: Draft,
  at: At,
  state: Bodies['step_closed']['state'],
  reason?: string,
  next?: Next,
): void {
  const run = runOf(draft.incident, at.run);
  emit(draft, 'step_closed', { ...at, state, ...(reason ? { reason } : {}) });
  if (run.ended || run.current !== at.step) return;
  const step = stepOf(run, at.step);
  goOn(draft, run, at.step, next ?? step?.next);
}

/** The step as the pinned runbook has it. */
export function stepOf(run: RunState, id: string): Step | undefined {
  return run.runbook.steps.find((step) => step.id === id);
}

/** The try that a button or an outcome speaks of, if it is still the last one of its step. */
export function tryAt(
  draft: Draft,
  at: At,
): { run: RunState; step: Step; one: TryState; current: boolean } | undefined {
  const run = draft.incident.runs.get(at.run);
  const state = run?.steps.get(at.step);
  const one = state?.tries.find((candidate) => candidate.try === at.try);
  const step = run && stepOf(run, at.step);
  if (!run || !state || !one || !step) return undefined;
  return { run, step, one, current: lastTry(state) === one };
}

/** The main try's plan values and arguments are all that verification, undo and probes may read (RB118). */
export function plannedTry(run: RunState, step: string): TryState | undefined {
  return mainTry(run.steps.get(step));
}
