/** What a person asks of a step: confirm, try again, check again, stop, undo, choose. */
import { problemWords, readParams } from '../../runbooks/param-values.ts';
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At } from '../events.ts';
import { Refused } from '../refused.ts';
import { lastTry, type RunState, runsOn, type TryState } from '../state.ts';
import { askWhatHappened, startAct, verifyAct } from './acts.ts';
import { approvalNow } from './covered.ts';
import { closeStep, openAct, openStep, queueCheck, stepOf, tryAt } from './flow.ts';
import { isOld, planAnew } from './old-plan.ts';
import { needs } from './rights.ts';
import { openUndo } from './undo.ts';
import { FIRST_ARRIVES, isUnguarded, mayArrive } from './unguarded.ts';

type Ask<D extends What['do']> = Extract<What, { do: D }>;

/** The try that a button speaks of; a stale button is refused with what is true now. */
export function current(draft: Draft, at: At): { run: RunState; one: TryState } {
  const found = tryAt(draft, at);
  if (!found) throw new Refused('gone', 'This step is not here any more.');
  if (!found.current) throw new Refused('stale', 'This button is old: the step has been tried again since.');
  if (found.one.phase === 'closed')
    throw new Refused('stale', `This step is already finished: ${closedWords(found.one)}.`);
  return found;
}

function closedWords(one: TryState): string {
  return one.closedAs ?? one.verdict ?? 'done';
}

export function planOf(one: TryState, hash: string): NonNullable<TryState['planned']> {
  const { planned } = one;
  if (!planned) throw new Refused('no-plan', 'There is no plan yet. Wait for it, then confirm.');
  if (planned.hash !== hash)
    throw new Refused('plan-changed', 'The plan has changed since this button was made. Read the new plan.');
  return planned;
}

/** A click, or a typed phrase, that starts the change. */
export function confirm(draft: Draft, what: Ask<'confirm'>): void {
  const { run, one } = current(draft, what.at);
  needs(draft, 'operate', 'start this change');
  if (one.phase === 'calling' || one.phase === 'verifying')
    throw new Refused('running', `Already confirmed by ${one.confirmedBy?.name ?? 'somebody'}.`);
  if (one.phase !== 'planned')
    throw new Refused('not-now', 'This step does not wait for a confirmation now.');
  const plan = planOf(one, what.hash);
  const { now, by } = draft.command;
  const isRequester = (id: string) => draft.knows.samePerson(id, by.person.id);
  const approval = approvalNow(run, what.at.step, one, { now, isRequester });
  if (plan.level === 'two-person' && !approval)
    throw new Refused('two-person', 'This step needs a second person. Ask for approval first.');
  if (isOld(draft, one)) return planAnew(draft, run, one, what.at);
  if (plan.level === 'type' && !samePhrase(what.phrase, plan.phrase))
    throw new Refused('phrase', `Type exactly: ${plan.phrase ?? ''}`);
  if (approval?.approvedBy) {
    const step = [...run.steps.values()].find(({ tries }) => tries.includes(approval))?.id;
    const under = { ...(step ? { step } : {}), try: approval.try, by: approval.approvedBy };
    emit(draft, 'approved', { ...what.at, hash: plan.hash, alone: false, under });
  }
  startAct(draft, run, one, what.at);
}

/** Phones capitalise and add blanks: compared trimmed and without case (facts/slack.md). */
export function samePhrase(typed: string | undefined, expected: string | undefined): boolean {
  return (typed ?? '').trim().toLowerCase() === (expected ?? '').trim().toLowerCase();
}

/** A new try of a step whose outcome a person has read. A change is tried again only when the first was not made. */
export function tryAgain(draft: Draft, what: Ask<'try again'> | Ask<'plan again'>): void {
  const { run, one } = current(draft, what.at);
  const step = stepOf(run, what.at.step);
  if (!step) return;
  if (step.kind === 'act') needs(draft, 'operate', 'try this change again');
  if (one.phase !== 'decide' && one.phase !== 'planned')
    throw new Refused('not-now', 'This step is still under way.');
  const nothingMade =
    one.phase === 'planned' ||
    one.planFailed !== undefined ||
    one.outcome?.outcome === 'failed' ||
    (one.found?.happened === 'not made' && !one.madeLate);
  const unguarded = isUnguarded(one);
  if (!nothingMade && !(unguarded && one.found?.happened !== 'made' && !one.madeLate))
    throw new Refused(
      'may-exist',
      'The first change may have been made. Check again or undo first; trying again could make it twice.',
    );
  const typed = what.do === 'try again' && samePhrase(what.phrase, FIRST_ARRIVES);
  if (unguarded && !typed) mayArrive(draft, what.at);
  const at = { ...what.at, try: (run.steps.get(step.id)?.tries.length ?? 0) + 1 };
  const reason = one.planFailed ? `No plan could be made: ${one.planFailed}` : 'It was tried again.';
  emit(draft, 'step_closed', { ...what.at, state: 'failed', reason });
  if (step.kind !== 'act' || one.undoes !== undefined) {
    if (one.undoes === undefined) openStep(draft, run, step);
    else
      openAct(draft, at, {
        title: one.title,
        uses: one.uses ?? '',
        args: one.args,
        byHand: one.byHand,
        timeoutMs: 30_000,
        undoes: one.undoes,
        ...(one.unwinds === undefined ? {} : { unwinds: one.unwinds }),
      });
    return;
  }
  openStep(draft, run, step);
}

export function checkAgain(draft: Draft, what: Ask<'check again'>): void {
  const found = tryAt(draft, what.at);
  const step = found && stepOf(found.run, what.at.step);
  if (!found || !step) throw new Refused('gone', 'This step is not here any more.');
  const { run, one } = found;
  needs(draft, 'observe', 'run a check');
  if (step.kind === 'check') {
    if (one.phase !== 'closed') throw new Refused('running', 'This check is already running.');
    const last = lastTry(run.steps.get(step.id)) ?? one;
    if (last.phase !== 'closed') throw new Refused('running', 'This check is already running.');
    const at = { ...what.at, try: last.try + 1 };
    emit(draft, 'step_opened', {
      ...at,
      kind: 'check',
      title: one.title,
      uses: step.uses,
      args: one.args,
      namespace: one.namespace,
      byHand: [...one.byHand],
      aside: true,
    });
    return queueCheck(draft, at, step.uses, one.args, step.timeoutMs);
  }
  const called = one.started === true || one.claimed === true;
  if (!found.current || one.phase !== 'decide' || (step.kind !== 'act' && step.kind !== 'manual') || !called)
    throw new Refused('not-now', 'There is nothing to check again now.');
  const unknown = !one.claimed && one.outcome?.outcome === 'unknown' && one.found?.happened !== 'made';
  const wasMade = one.outcome === undefined || !unknown;
  emit(draft, 'looked_again', { ...what.at, phase: wasMade ? 'verifying' : 'looking' });
  if (wasMade) verifyAct(draft, run, one, what.at);
  else askWhatHappened(draft, run, one, what.at);
}

export function goOnAnyway(draft: Draft, what: Ask<'go on'>): void {
  const { one } = current(draft, what.at);
  needs(draft, 'operate', 'go on here');
  if (one.phase !== 'decide' && !runsOn(one)) throw new Refused('not-now', 'This step is still under way.');
  closeStep(draft, what.at, 'accepted', reasonOf(what.reason));
}

export function reasonOf(reason: string): string {
  const trimmed = reason.trim();
  if (trimmed === '') throw new Refused('reason', 'Give a short reason; it goes into the report.');
  return trimmed;
}

export function stop(draft: Draft, what: Ask<'stop'>): void {
  const { one } = current(draft, what.at);
  needs(draft, 'operate', 'stop this');
  // What a lost worker left running is stopped by the worker that looks for its trace.
  if (one.phase !== 'calling' && !runsOn(one))
    throw new Refused('not-now', 'Nothing is running here that could be stopped.');
  emit(draft, 'stop_asked', { ...what.at, attempt: one.attempt ?? one.operation });
  if (one.attempt) draft.stops.push(one.attempt);
}

export function undo(draft: Draft, what: Ask<'undo'>): void {
  needs(draft, 'operate', 'undo a change');
  const run = draft.incident.runs.get(what.run);
  if (!run) throw new Refused('gone', 'This run is not here any more.');
  openUndo(draft, run, what.step);
}

export function choose(draft: Draft, what: Ask<'choose'>): void {
  const { run, one } = current(draft, what.at);
  const step = stepOf(run, what.at.step);
  if (step?.kind !== 'ask' || one.phase !== 'asking')
    throw new Refused('not-now', 'This question is answered.');
  needs(draft, 'operate', 'decide here');
  const choice = step.choices.find((candidate) => candidate.id === what.choice);
  if (step.choices.length > 0 && !choice) throw new Refused('choice', 'Choose one of the answers shown.');
  const reason = what.reason?.trim() ?? '';
  if (choice?.reason === 'required' && reason === '')
    throw new Refused('reason', 'Give a short reason; it goes into the report.');
  const { values: form, problems } = readParams(step.form, what.form ?? {});
  if (Object.keys(problems).length > 0) throw new Refused('form', problemWords(step.form, problems));
  const shown = one.choices?.find((candidate) => candidate.id === what.choice);
  emit(draft, 'choice_made', {
    ...what.at,
    ...(what.choice ? { choice: what.choice } : {}),
    label: shown?.label ?? Object.values(form).map(String).join(', '),
    ...(reason ? { reason } : {}),
    options: one.choices?.map((candidate) => candidate.label) ?? [],
    ...(Object.keys(form).length > 0 ? { form } : {}),
  });
  closeStep(draft, what.at, 'done', undefined, choice?.next);
}
