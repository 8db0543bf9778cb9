/** A step is skipped, a run is ended: with the runs inside, and never while a change is on its way. */
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import { runOf } from '../evolve.ts';
import { Refused } from '../refused.ts';
import { lastTry, type RunState, runsOn, type TryState } from '../state.ts';
import { current, reasonOf } from './asks.ts';
import { closeStep, endRun, goOn, stepOf } from './flow.ts';
import { needs } from './rights.ts';

type Ask<D extends What['do']> = Extract<What, { do: D }>;

export function skip(draft: Draft, what: Ask<'skip'>): void {
  const { run, one } = current(draft, what.at);
  needs(draft, 'operate', 'skip a step');
  const inside = runsInside(draft, one);
  for (const late of [one, ...inside.map(({ current: inner }) => inner)])
    if (late && isCalled(late))
      throw new Refused('running', 'This step is running. Stop it, or wait for its outcome.');
  const reason = reasonOf(what.reason);
  if (inside.length === 0) return closeStep(draft, what.at, 'skipped', reason);
  emit(draft, 'step_closed', { ...what.at, state: 'skipped', reason });
  endInside(draft, inside, `Ended: the step around it was skipped. ${reason}`);
  if (!run.ended && run.current === what.at.step)
    goOn(draft, run, what.at.step, stepOf(run, what.at.step)?.next);
}

/** Nobody may leave it before its outcome is known. */
function isCalled(one: TryState): boolean {
  return ['calling', 'looking', 'verifying'].includes(one.phase) && !runsOn(one);
}

interface Inside {
  readonly run: RunState;
  readonly current?: TryState;
}

/** The open runs inside a step, the outermost first, each with the try that it stands at. */
function runsInside(draft: Draft, from: TryState | undefined): Inside[] {
  const found: Inside[] = [];
  for (let one = from; one?.phase === 'nested' && one.inner !== undefined; ) {
    const run = runOf(draft.incident, one.inner);
    if (run.ended) break;
    one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
    found.push({ run, ...(one ? { current: one } : {}) });
  }
  return found;
}

/** Ends them without handing anything on: the step around them is closed already. */
function endInside(draft: Draft, inside: readonly Inside[], says: string): void {
  for (const { run, current: one } of inside) {
    if (one && run.current && one.phase !== 'closed')
      emit(draft, 'step_closed', { run: run.run, step: run.current, try: one.try, state: 'stopped' });
    endRun(draft, run, 'ended', says);
  }
}

export function endOf(draft: Draft, what: Ask<'end run'>): void {
  const run = runOf(draft.incident, what.run);
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  const inside = runsInside(draft, one);
  // Who may only look may end what they began themselves, as long as it has only looked.
  const own = run.startedBy.id === draft.command.by.person.id;
  if (!own || [run, ...inside.map((inner) => inner.run)].some(hasActed)) needs(draft, 'operate', 'end a run');
  if (run.ended) throw new Refused('ended', 'This run has already ended.');
  for (const late of [one, ...inside.map(({ current: inner }) => inner)])
    if (late && isCalled(late))
      throw new Refused('running', 'A change is under way. Wait for its outcome, then end the run.');
  const says = `Ended: ${reasonOf(what.reason)}`;
  if (one && run.current && one.phase !== 'closed')
    emit(draft, 'step_closed', { run: run.run, step: run.current, try: one.try, state: 'stopped' });
  endInside(draft, inside, says);
  endRun(draft, run, 'ended', says);
}

function hasActed(run: RunState): boolean {
  return [...run.steps.values()].some(({ tries }) =>
    tries.some(({ started, claimed, inner }) => started || claimed || inner !== undefined),
  );
}
