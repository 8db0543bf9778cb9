/** What a person asks of a step: confirm, approve, go alone, stop, skip, undo, choose. */
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At } from '../events.ts';
import { runOf } from '../evolve.ts';
import { Refused } from '../refused.ts';
import { lastTry, objectOf, type RunState, runsOn, type TryState } from '../state.ts';
import { askWhatHappened, openUndo, startAct, verifyAct } from './acts.ts';
import { closeStep, endRun, openAct, openStep, queueCheck, stepOf, tryAt } from './flow.ts';
import { needs } from './rights.ts';

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

function planOf(one: TryState, hash: string): NonNullable<TryState['planned']> {
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
  if (plan.level === 'two-person')
    throw new Refused('two-person', 'This step needs a second person. Ask for approval first.');
  if (plan.level === 'type' && !samePhrase(what.phrase, plan.phrase))
    throw new Refused('phrase', `Type exactly: ${plan.phrase ?? ''}`);
  startAct(draft, run, one, what.at);
}

/** Phones capitalise and add blanks: compared trimmed and without case (facts/slack.md). */
function samePhrase(typed: string | undefined, expected: string | undefined): boolean {
  return (typed ?? '').trim().toLowerCase() === (expected ?? '').trim().toLowerCase();
}

const LAPSED = 'Nobody approved in time. Nothing was changed. Ask again when somebody is there.';

export function askApproval(draft: Draft, what: Ask<'ask approval'>): void {
  const { one } = current(draft, what.at);
  needs(draft, 'operate', 'ask for this change');
  // Its deadline may be late, or its command may have been lost: who asks again is not held up by it.
  if (one.phase === 'approval' && one.requested && draft.command.now >= one.requested.expiresAt)
    emit(draft, 'approval_lapsed', { ...what.at, why: 'expired', says: LAPSED });
  if (one.phase === 'approval')
    throw new Refused('asked', `${one.requested?.by.name ?? 'Somebody'} has already asked for approval.`);
  if (one.phase !== 'planned') throw new Refused('not-now', 'This step does not wait for an approval now.');
  const plan = planOf(one, what.hash);
  const { now, by } = draft.command;
  const others = draft.knows.otherApprovers(by.person.id, plan.from);
  const aloneAt = others === 0 ? now : now + draft.knows.aloneAfterMs;
  emit(draft, 'approval_requested', {
    ...what.at,
    hash: plan.hash,
    expiresAt: now + plan.expiresMs,
    aloneAt,
  });
  if (others === 0)
    emit(draft, 'alone_allowed', {
      ...what.at,
      hash: plan.hash,
      says: 'Nobody else can approve this. You may go alone with a typed reason.',
    });
}

function requested(draft: Draft, at: At, hash: string): { run: RunState; one: TryState } {
  const found = current(draft, at);
  const { one } = found;
  if (one.phase === 'calling' || one.phase === 'verifying')
    throw new Refused('running', `Already approved by ${one.approvedBy?.name ?? 'somebody'}.`);
  if (one.phase !== 'approval' || !one.requested)
    throw new Refused('not-asked', 'Nobody waits for this approval any more.');
  planOf(one, hash);
  if (draft.command.now >= one.requested.expiresAt)
    throw new Refused('expired', 'This request has expired. Ask for approval again.');
  return found;
}

export function approve(draft: Draft, what: Ask<'approve'>): void {
  const { run, one } = requested(draft, what.at, what.hash);
  const { by } = draft.command;
  if (one.requested && draft.knows.samePerson(one.requested.by.id, by.person.id))
    throw new Refused('own', 'You asked for this, so somebody else must approve it.');
  const from = one.planned?.from ?? [];
  if (!draft.knows.mayApprove(by, from))
    throw new Refused('rights', `Only ${from.join(', ') || 'people who may approve'} can approve this step.`);
  emit(draft, 'approved', { ...what.at, hash: what.hash, alone: false });
  startAct(draft, run, one, what.at);
}

export function goAlone(draft: Draft, what: Ask<'go alone'>): void {
  const { run, one } = requested(draft, what.at, what.hash);
  needs(draft, 'operate', 'start this change');
  const { person } = draft.command.by;
  if (!one.requested || !draft.knows.samePerson(one.requested.by.id, person.id))
    throw new Refused('not-yours', `Only ${one.requested?.by.name ?? 'who asked'} may go alone here.`);
  if (draft.command.now < (one.requested?.aloneAt ?? 0))
    throw new Refused('too-early', 'Others still have time to answer. You may go alone after 5 minutes.');
  const reason = what.reason.trim();
  if (reason.length < 10) throw new Refused('reason', 'Say in at least 10 characters why you go alone.');
  emit(draft, 'approved', { ...what.at, hash: what.hash, alone: true, reason });
  const planned = one.planned;
  emit(draft, 'loose_end_opened', {
    id: `A${what.at.run}.${what.at.step}.${what.at.try}`,
    kind: 'approval-alone',
    title: `${person.name} went alone: ${one.title}`,
    object: planned ? objectOf(planned.plan) : '',
    namespace: one.namespace,
    state: 'open',
    ...what.at,
    during: reason,
  });
  startAct(draft, run, one, what.at);
}

/** A deadline: nobody approved in time. */
export function lapse(draft: Draft, what: Ask<'lapse approval'>): void {
  const one = tryAt(draft, what.at)?.one;
  if (one?.phase !== 'approval' || one.requested?.hash !== what.hash) return;
  if (draft.command.now < one.requested.expiresAt) return;
  emit(draft, 'approval_lapsed', {
    ...what.at,
    why: 'expired',
    says: LAPSED,
  });
}

/** A deadline: the others have had their time. */
export function allowAlone(draft: Draft, what: Ask<'allow alone'>): void {
  const one = tryAt(draft, what.at)?.one;
  if (one?.phase !== 'approval' || one.requested?.hash !== what.hash || one.requested.aloneAllowed) return;
  if (draft.command.now < one.requested.aloneAt) return;
  emit(draft, 'alone_allowed', {
    ...what.at,
    hash: what.hash,
    says: `Nobody has answered. ${one.requested.by.name} may go alone with a typed reason.`,
  });
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
    one.found?.happened === 'not made';
  if (!nothingMade)
    throw new Refused(
      'may-exist',
      'The first change may have been made. Check again or undo first; trying again could make it twice.',
    );
  const at = { ...what.at, try: what.at.try + 1 };
  emit(draft, 'step_closed', { ...what.at, state: 'failed', reason: 'Tried again.' });
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

export function skip(draft: Draft, what: Ask<'skip'>): void {
  const { one } = current(draft, what.at);
  needs(draft, 'operate', 'skip a step');
  if (['calling', 'looking', 'verifying', 'checking', 'nested'].includes(one.phase) && !runsOn(one))
    throw new Refused('running', 'This step is running. Wait for its outcome.');
  closeStep(draft, what.at, 'skipped', reasonOf(what.reason));
}

function reasonOf(reason: string): string {
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
  const missing = Object.entries(step.form)
    .filter(([name, field]) => field.required && (what.form?.[name] ?? '') === '')
    .map(([, field]) => field.label);
  if (missing.length > 0) throw new Refused('form', `Still to fill in: ${missing.join(', ')}`);
  const shown = one.choices?.find((candidate) => candidate.id === what.choice);
  emit(draft, 'choice_made', {
    ...what.at,
    ...(what.choice ? { choice: what.choice } : {}),
    label:
      shown?.label ??
      Object.values(what.form ?? {})
        .map(String)
        .join(', '),
    ...(reason ? { reason } : {}),
    options: one.choices?.map((candidate) => candidate.label) ?? [],
    ...(what.form ? { form: what.form } : {}),
  });
  closeStep(draft, what.at, 'done', undefined, choice?.next);
}

export function endOf(draft: Draft, what: Ask<'end run'>): void {
  const run = runOf(draft.incident, what.run);
  needs(draft, 'operate', 'end a run');
  if (run.ended) throw new Refused('ended', 'This run has already ended.');
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  if (one && ['calling', 'looking', 'verifying'].includes(one.phase) && !runsOn(one))
    throw new Refused('running', 'A change is under way. Wait for its outcome, then end the run.');
  if (one && one.phase === 'nested') throw new Refused('nested', 'End the runbook inside it first.');
  if (one && run.current && one.phase !== 'closed')
    emit(draft, 'step_closed', { run: run.run, step: run.current, try: one.try, state: 'stopped' });
  endRun(draft, run, 'ended', `Ended: ${reasonOf(what.reason)}`);
}
