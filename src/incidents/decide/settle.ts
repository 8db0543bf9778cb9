/** What an outcome brought back by a worker means for its step. Outcomes are observations: never refused. */
import type { Outcome, What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At } from '../events.ts';
import { fieldWords } from '../field-words.ts';
import { isLeft } from '../loose-end.ts';
import { sentence } from '../sentence.ts';
import { type LooseEnd, type RunState, runsOn, type TryState } from '../state.ts';
import { actEnded, askWhatHappened, cannotTell, verifyAct } from './acts.ts';
import { checkDone } from './checked.ts';
import { closeStep, queuePlan, stepOf, tryAt } from './flow.ts';
import { madeLate, probeAll, settleLooseEnd, settleUndone } from './loose-ends.ts';
import { planned } from './planned.ts';
import { repeatDone } from './repeats.ts';
import { keptIn, storedOut, storedVerification } from './stored.ts';
import { stillThere } from './time-over.ts';
import { undoProbe } from './undo.ts';

type Settle = Extract<What, { do: 'settle' }>;

/** The phase in which an outcome of this purpose is waited for. */
export const phaseOf = {
  check: 'checking',
  plan: 'planning',
  act: 'calling',
  happened: 'looking',
  verify: 'verifying',
} as const;

/** Takes an outcome in, or records it as late when its attempt had been given up or is no longer waited for. */
export function settle(draft: Draft, what: Settle): void {
  const { at, outcome, attempt, seconds } = what;
  if (outcome.purpose === 'probe') return settleProbe(draft, what.looseEnd, outcome.result);
  if (outcome.purpose === 'check' && repeatDone(draft, what, outcome.result, seconds)) return;
  const found = tryAt(draft, at);
  const waiting =
    found?.one.phase === phaseOf[outcome.purpose] && !draft.incident.lost.has(attempt) && found.current;
  if (!found || !waiting) {
    if (outcome.purpose === 'act') late(draft, what, outcome.result);
    return;
  }
  const { run, one } = found;
  switch (outcome.purpose) {
    case 'check':
      return checkDone(draft, run, one, at, outcome.result, seconds);
    case 'plan':
      if (outcome.result.ok) return planned(draft, run, one, at, outcome.result.plan);
      emit(draft, 'plan_failed', { ...at, says: outcome.result.says });
      return;
    case 'act':
      return actSettled(draft, run, one, at, outcome.result, seconds);
    case 'happened': {
      const { result } = outcome;
      const happened = result.ok ? result.happened : 'cannot tell';
      // Told once; a change that goes on for an hour is not told every minute.
      if (happened === 'still running' && runsOn(one)) return askWhatHappened(draft, run, one, at);
      const says = result.ok ? foundWords[happened] : result.says;
      if (happened === 'cannot tell') return cannotTell(draft, run, one, at, says);
      emit(draft, 'act_found', { ...at, happened, says });
      if (happened === 'made') {
        actEnded(draft, one, at, 'made');
        // Stopped half way: what it says it made may not be all that it left, or not all of it.
        if (one.stopAsked) probeAll(draft, ofStep(at));
        verifyAct(draft, run, one, at);
      } else if (happened === 'not made') actEnded(draft, one, at, 'not made');
      else askWhatHappened(draft, run, one, at);
      return;
    }
    case 'verify':
      return verified(draft, run, one, at, outcome.result, seconds);
  }
}

const foundWords = {
  made: 'Looked for its trace: the change was made.',
  'not made': 'Looked for its trace: the change was not made.',
  'still running': 'Looked for its trace: it is still running.',
  'cannot tell': 'Looked for its trace: cannot tell whether the change was made.',
} as const;

type ResultOf<P extends Outcome['purpose']> = Extract<Outcome, { purpose: P }>['result'];

/** Recorded, never dropped: what it says of the world is true, whoever went on without it. */
function late(draft: Draft, { at, attempt }: Settle, result: ResultOf<'act'>): void {
  const says = lateWords(result);
  const found = tryAt(draft, at);
  const may = result.ok || !result.nothingHappened;
  if (found && may) madeLate(draft, found.one, at);
  emit(draft, 'outcome_late', { attempt, ...at, says, ...(result.ok ? { made: true } : {}) });
  if (!found || may) return;
  const { one } = found;
  // The proof that people were waiting for: now it may be tried again.
  if (!found.current || one.phase !== 'decide' || one.found?.happened !== 'cannot tell' || one.claimed)
    return;
  emit(draft, 'act_found', { ...at, happened: 'not made', says });
  actEnded(draft, one, at, 'not made');
}

function lateWords(outcome: ResultOf<'act'>): string {
  if (outcome.ok) return 'The first worker came back after it had been given up: its change was made.';
  if (outcome.nothingHappened)
    return `The first worker came back after it had been given up: it changed nothing. ${outcome.says}`;
  return `The first worker came back after it had been given up: ${outcome.says}`;
}

function actSettled(
  draft: Draft,
  run: RunState,
  one: TryState,
  at: At,
  outcome: ResultOf<'act'>,
  seconds: number,
): void {
  if (outcome.ok) {
    emit(draft, 'act_done', {
      ...at,
      outcome: 'made',
      says: `Done.${shortOf(draft, one.uses, outcome.out)}`,
      out: storedOut(draft, run, at.step, one.uses, outcome.out),
      ...keptIn(outcome),
      seconds,
    });
    actEnded(draft, one, at, 'made');
    verifyAct(draft, run, one, at);
    return;
  }
  const proved = outcome.nothingHappened === true;
  if (outcome.tooOld === true && proved) {
    actEnded(draft, one, at, 'not made');
    const says = `Nothing was changed: ${outcome.says}`;
    return emit(draft, 'approval_lapsed', { ...at, why: 'expired', says });
  }
  if (outcome.planChanged === true && proved) {
    actEnded(draft, one, at, 'not made');
    emit(draft, 'approval_lapsed', {
      ...at,
      why: 'plan changed',
      says: `Nothing was changed. The live state is no longer what the plan says: ${outcome.says}`,
    });
    queuePlan(draft, at, one, timeoutOf(run, at));
    return;
  }
  emit(draft, 'act_done', { ...at, outcome: proved ? 'failed' : 'unknown', says: outcome.says, seconds });
  if (proved) actEnded(draft, one, at, 'not made');
  else askWhatHappened(draft, run, one, at);
}

/** Also for a worker that never brought it. */
export function verified(
  draft: Draft,
  run: RunState,
  one: TryState,
  at: At,
  outcome: ResultOf<'verify'>,
  seconds: number,
): void {
  const held = outcome.ok && outcome.held;
  const words = outcome.says;
  emit(draft, 'verified', {
    ...at,
    held,
    says: held
      ? `Verified.${shortOf(draft, verifying(run, one, at), outcome.out)}`
      : `Not verified. ${words ?? 'The condition did not come true in time.'}`,
    ...(outcome.ok && outcome.out
      ? { out: storedVerification(draft, verifying(run, one, at), outcome.out), ...keptIn(outcome) }
      : {}),
    seconds,
  });
  if (!held) return;
  const seen = one.outcome?.outcome === 'made' || one.found?.happened === 'made';
  if (!seen) actEnded(draft, one, at, 'made');
  const undone = one.undoes !== undefined;
  // Nobody knows whether the call was made and nobody says to have done it: what holds now settles it all the same.
  const why = seen || one.claimed ? undefined : 'It holds now. It is not known who made it so.';
  if (undone) {
    settleUndone(draft, at, one.undoes, undoProbe(run, at));
    closeStep(draft, at, 'undone', why);
  } else closeStep(draft, at, seen || why ? 'done' : 'by hand', why);
  const own = ofStep(at);
  probeAll(draft, (end) => end.state === 'open' && (undone || !own(end)));
}

/** What this step of this run has left behind, in whatever try. */
function ofStep(at: At): (end: LooseEnd) => boolean {
  return ({ opened }) => opened.run === at.run && opened.step === at.step;
}

/** Also for a worker that never brought it. */
export function settleProbe(draft: Draft, looseEnd: string | undefined, result: ResultOf<'probe'>): void {
  const end = looseEnd ? draft.incident.looseEnds.get(looseEnd) : undefined;
  if (!end || end.state === 'gone') return;
  if (result.ok && result.gone) return settleLooseEnd(draft, end.id, 'gone', 'Checked: it is gone.');
  // What people have decided stays decided, with their words.
  if (!isLeft(end)) return;
  stillThere(draft, end, result.ok ? 'Checked: it is still there.' : `Could not be checked: ${result.says}`);
}

/** The few plain values of an answer, for people: ` desired: 1 · ready: 1.` Nothing that may be sensitive. */
function shortOf(draft: Draft, uses: string | undefined, out: Record<string, unknown> | undefined): string {
  const signature = uses === undefined ? undefined : draft.knows.language.register(uses);
  if (!signature || !out) return '';
  const shown = Object.entries(out)
    .filter(([name, value]) => !signature.sensitive.includes(name) && isShort(value))
    .slice(0, 6);
  return shown.length === 0 ? '' : ` ${sentence(fieldWords(Object.fromEntries(shown)))}`;
}

function isShort(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.length <= 80)
  );
}

/** The action that verifies this try. */
function verifying(run: RunState, one: TryState, at: At): string | undefined {
  if (one.planned?.verify) return one.planned.verify.uses;
  const step = stepOf(run, at.step);
  return step?.kind === 'manual' && !('none' in step.verify) ? step.verify.uses : undefined;
}

/** ms that one call of this step may take. */
export function timeoutOf(run: RunState, at: At): number {
  const step = stepOf(run, at.step);
  return step && 'timeoutMs' in step ? step.timeoutMs : 30_000;
}
