/** How a run goes from step to step: checks by themselves, until something waits for a person. */
import type { Next, Step } from '../../runbooks/runbook.ts';
import { type Draft, emit, queue } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { runOf } from '../evolve.ts';
import { operationId } from '../hash.ts';
import type { Offer } from '../offers.ts';
import { isCurrent, lastTry, mainTry, type RunState, scopeOf, type TryState } from '../state.ts';
import { nestedRun } from './inside.ts';
import { offerOf } from './offer.ts';
import { byHandOf, tried, wordsOf } from './tried.ts';

/**
 * Goes on after a step (or to the first one), following `next` when it is given. `handed` is the offer with which the
 * runbook inside that step ended: it is made where the run ends there as well and has none of its own, and dropped
 * where the run goes on, whose steps know more than the one that offered it.
 */
export function goOn(
  draft: Draft,
  run: RunState,
  after: string | undefined,
  next: Next | { readonly offer: Offer } | undefined,
  handed?: Offer,
): void {
  if (next && 'stop' in next) return endRun(draft, run, 'stopped', 'The runbook ends here.', handed);
  if (next && 'offer' in next) return endRun(draft, run, 'finished', 'Finished.', next.offer);
  if (next && 'run' in next)
    return endRun(draft, run, 'finished', 'Finished.', offerOf(draft, run, after ?? '', next));
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
    const { why } = needed;
    emit(draft, 'step_closed', {
      run: run.run,
      step: step.id,
      try: 1,
      state: 'not needed',
      ...(why ? { reason: why } : {}),
    });
  }
  endRun(draft, run, 'finished', lastWords(run), handed);
}

/** What nobody could find out is not done. */
function lastWords({ steps }: RunState): string {
  const verdicts = [...steps.values()].flatMap((step) => mainTry(step)?.verdict ?? []);
  const unknown = verdicts.filter((verdict) => verdict === 'unknown').length;
  if (unknown === 0) return 'All steps are done.';
  return `All steps have run; ${unknown} of ${verdicts.length} could not be checked.`;
}

/** True, or that the step is left out, and why where that is not plain. A condition that cannot be read never lets a step run. */
function isNeeded(draft: Draft, run: RunState, step: Step): true | { readonly why?: string } {
  if (step.when === undefined) return true;
  try {
    const place = { runbook: run.runbook, step: step.id };
    return draft.knows.language.holds(step.when, scopeOf(draft.incident, run), place) || {};
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { why: `Its condition could not be read: ${words}` };
  }
}

/**
 * Opens a step: its words and arguments are rendered now, once, and what needs no person starts. Never throws: the
 * outcome that leads here has happened already.
 */
export function openStep(draft: Draft, run: RunState, step: Step): void {
  const { language } = draft.knows;
  const scope = scopeOf(draft.incident, run);
  const place = { runbook: run.runbook, step: step.id };
  const number = (run.steps.get(step.id)?.tries.length ?? 0) + 1;
  const at: At = { run: run.run, step: step.id, try: number };
  const { namespace } = draft.incident.declared;
  const title = wordsOf(draft, step.title, scope, place);
  const timeline = timelineOf(step);
  switch (step.kind) {
    case 'check': {
      const { uses } = step;
      const made = tried(() => language.resolve(step.with, scope, place));
      const args = made.ok ? made.value : {};
      const byHand = made.ok ? byHandOf(draft, uses, args) : [];
      emit(draft, 'step_opened', { ...at, kind: 'check', title, uses, args, namespace, byHand, ...timeline });
      if (made.ok) return queueCheck(draft, at, uses, args, step.timeoutMs);
      const says = `It could not be asked: ${made.says}`;
      emit(draft, 'check_done', { ...at, verdict: 'unknown', says, seconds: 0, milestone: false });
      return goOn(draft, run, step.id, step.next);
    }
    case 'act': {
      const { uses, timeoutMs } = step;
      const made = tried(() => language.resolve(step.with, scope, place));
      if (made.ok) {
        const byHand = byHandOf(draft, uses, made.value);
        return openAct(draft, at, { title, uses, args: made.value, byHand, timeoutMs, ...timeline });
      }
      emitAct(draft, at, { title, uses, args: {}, byHand: [], ...timeline });
      return emit(draft, 'plan_failed', { ...at, says: `It could not be planned: ${made.says}` });
    }
    case 'ask': {
      const choices = step.choices.map(({ id, label }) => ({
        id,
        label: wordsOf(draft, label, scope, place),
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
        ...timeline,
      });
      return;
    }
    case 'manual': {
      const byHand = step.byHand.map((line) => wordsOf(draft, line, scope, place));
      const says = wordsOf(draft, step.do, scope, place);
      emit(draft, 'step_opened', { ...at, kind: 'manual', title, namespace, byHand, says, ...timeline });
      return;
    }
    case 'run':
      emit(draft, 'step_opened', { ...at, kind: 'run', title, namespace, byHand: [], ...timeline });
      const inner = nestedRun(draft, run, step, at);
      if (inner) goOn(draft, inner, undefined, undefined);
      return;
  }
}

/** How a step asks to stand on the timeline, for its event. */
export function timelineOf({ timeline }: Step): Pick<Bodies['step_opened'], 'timeline'> {
  return timeline === undefined ? {} : { timeline };
}

/** Queues one look of a check, after `delayMs` or what the action itself waits. */
export function queueCheck(
  draft: Draft,
  at: At,
  uses: string,
  args: Record<string, unknown>,
  timeoutMs: number,
  delayMs?: number,
): void {
  const { namespace } = draft.incident.declared;
  const wait = delayMs ?? draft.knows.language.register(uses)?.waits?.(args);
  const delay = wait === undefined ? {} : { delayMs: wait };
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
    unwinds?: number;
    timeline?: Bodies['step_opened']['timeline'];
  },
): void {
  const operation = emitAct(draft, at, act);
  queuePlan(draft, at, { uses: act.uses, args: act.args, operation }, act.timeoutMs);
}

function emitAct(
  draft: Draft,
  at: At,
  act: {
    title: string;
    uses: string;
    args: Record<string, unknown>;
    byHand: readonly string[];
    undoes?: number;
    unwinds?: number;
    timeline?: Bodies['step_opened']['timeline'];
  },
): string {
  const operation = operationId(draft.incident.number, at.run, at.step, at.try, draft.command.id);
  const { namespace } = draft.incident.declared;
  const { title, uses, args, byHand, undoes, unwinds, timeline } = act;
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
    ...(unwinds === undefined ? {} : { unwinds }),
    ...(timeline === undefined ? {} : { timeline }),
  });
  return operation;
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

/** Ends a run; one inside another hands its last verdict and its offer to the step that called it, which goes on. */
export function endRun(
  draft: Draft,
  run: RunState,
  why: Bodies['run_ended']['why'],
  says: string,
  offer?: Offer,
): void {
  const parent = run.parent && runOf(draft.incident, run.parent.run);
  const one = run.parent && lastTry(parent?.steps.get(run.parent.step));
  const calledBy = parent && !parent.ended && one?.phase === 'nested' ? one : undefined;
  const own = offer && !calledBy ? { offer } : {};
  emit(draft, 'run_ended', { run: run.run, why, says, ...own });
  if (!parent || !run.parent || !calledBy) return;
  const at = { run: parent.run, step: run.parent.step, try: calledBy.try };
  const ended = why === 'ended';
  closeStep(draft, at, ended ? 'stopped' : 'done', ended ? calledBy.lastSays : undefined, undefined, offer);
}

/** Closes a step and, when its run waited there, goes on. */
export function closeStep(
  draft: Draft,
  at: At,
  state: Bodies['step_closed']['state'],
  reason?: string,
  next?: Next,
  handed?: Offer,
): void {
  const run = runOf(draft.incident, at.run);
  emit(draft, 'step_closed', { ...at, state, ...(reason ? { reason } : {}) });
  if (run.ended || run.current !== at.step) return;
  // An undo of the time before ended; the run waits at what is made again.
  const main = mainTry(run.steps.get(at.step));
  if (main && main.phase !== 'closed') return;
  const step = stepOf(run, at.step);
  goOn(draft, run, at.step, next ?? step?.next, handed);
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
  return { run, step, one, current: isCurrent(state, one) };
}
