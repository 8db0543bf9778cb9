/** The words of one timeline line: a check, a change, a step done by hand, a decision. */
import type { EventOf } from '../events.ts';
import { clause, sentence } from '../sentence.ts';
import type { NameOf } from './entry.ts';
import { approvedBy, confirmedBy, type StepStory } from './steps.ts';

/** Seconds as people say them: `under 1 s`, `45 s`, `3 min`, `3 min 20 s`. */
export function seconds(count: number): string {
  const whole = Math.round(count);
  if (whole < 1) return 'under 1 s';
  if (whole < 60) return `${whole} s`;
  const rest = whole % 60;
  const minutes = Math.floor(whole / 60);
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** `replicas 0 → 1, image a → b`. */
export function changesOf(plan: EventOf<'plan_made'> | undefined): string {
  return (plan?.body.plan.changes ?? []).map((c) => `${c.field} ${c.before} → ${c.after}`).join(', ');
}

/** `deployment utility in d8a8f9-prod`. */
export function objectOf(plan: EventOf<'plan_made'>): string {
  const { kind, name, namespace } = plan.body.plan.target;
  return `${kind} ${name} in ${namespace}`;
}

/** One check, or several equal ones. */
export function checkWords(title: string, check: EventOf<'check_done'>, times: number): string {
  const often = times > 1 ? ` ${times} times` : '';
  const where = check.body.elsewhere ? ` Not the confirmed target: ${sentence(check.body.elsewhere)}` : '';
  return `Checked “${title}”${often}: ${check.body.verdict}. ${sentence(check.body.says)}${where}`;
}

/** A check that was bad or had no answer, asked once more when the service was said to be back. */
export function repeatedWords({ body }: EventOf<'check_repeated'>): string {
  const { title, verdict, was, says } = body;
  const before = verdict === was ? `still ${verdict}` : `${verdict} (was ${was})`;
  return `Checked again at resolve “${title}”: ${before}. ${sentence(says)}`;
}

const titleOf = (story: StepStory): string => story.opened?.body.title ?? story.at.step;

function approvalWords(story: StepStory, name: NameOf): string[] {
  const words: string[] = [];
  const confirmed = confirmedBy(story);
  if (confirmed) words.push(`confirmed by ${name(confirmed)}`);
  const approved = approvedBy(story);
  if (approved?.alone) {
    const reason = approved.reason ? `: “${clause(approved.reason)}”` : '';
    words.push(`${name(approved.by)} went on alone${reason}`);
  } else if (approved) words.push(`approved by ${name(approved.by)}`);
  return words;
}

/** `: words`, or nothing when the words only repeat what the sentence says already (`Done.`, `Verified.`). */
function more(says: string, repeated: RegExp): string {
  const rest = clause(says.replace(repeated, ''));
  return rest === '' ? '' : `: ${rest}`;
}

/** What the verification of a change said, for a sentence. */
export function verificationWords(story: StepStory): string {
  const verified = story.verified;
  if (!verified) return 'not verified';
  const { held, says, seconds: took } = verified.body;
  if (verified.body.byEye) return 'not verified: nothing here can look at it';
  const words = more(says, held ? /^\s*verified\.?\s*/i : /^\s*not verified\.?\s*/i);
  return `${held ? 'verified' : 'the verification did not hold'} (${seconds(took)})${words}`;
}

/** What a look for our own trace always says first; the answer itself is in the sentence already. */
const traceWords =
  /^\s*looked for its trace: (the change was (not )?made|it is still running|cannot tell whether the change was made)\.?\s*/i;

function outcomeWords(story: StepStory): string[] {
  const words: string[] = [];
  const done = story.done;
  if (story.lost.length > 0) words.push('the worker stopped; it was not known whether the change was made');
  else if (done?.body.outcome === 'made')
    words.push(`made in ${seconds(done.body.seconds)}${more(done.body.says, /^\s*done\.?\s*/i)}`);
  else if (done?.body.outcome === 'failed') words.push(`failed: ${clause(done.body.says)}`);
  else if (done) words.push(`it is not known whether it was made: ${clause(done.body.says)}`);
  else words.push('no outcome was recorded');
  if (story.found)
    words.push(`looked: ${story.found.body.happened}${more(story.found.body.says, traceWords)}`);
  return words;
}

function endWords(story: StepStory): string[] {
  const closed = story.closed?.body;
  const reason = closed?.reason ? `: ${clause(closed.reason)}` : '';
  if (closed?.state === 'accepted') return [`gone on with all the same${reason}`];
  if (closed?.state === 'stopped') return [`stopped${reason}`];
  if (closed?.reason && (closed.state === 'done' || closed.state === 'undone'))
    return [clause(closed.reason)];
  return [];
}

/** One change: what, confirmed and approved by whom, how it came out, verified or not. */
export function actWords(story: StepStory, name: NameOf): string {
  const changes = changesOf(story.plan);
  const what = [changes, story.plan ? `on ${objectOf(story.plan)}` : ''].filter(Boolean).join(' ');
  const failed = story.done?.body.outcome === 'failed' && !story.verified;
  const parts = [
    ...(what ? [what] : []),
    ...approvalWords(story, name),
    ...outcomeWords(story),
    ...(failed ? [] : [verificationWords(story)]),
    ...endWords(story),
  ];
  return `${isUndo(story) ? 'Undid' : 'Changed'} “${titleOf(story)}”: ${parts.join('; ')}.`;
}

/** One step that a person did by hand. */
export function byHandWords(story: StepStory, name: NameOf): string {
  const claimed = story.claimed;
  const says = claimed?.body.says ? `${clause(claimed.body.says)}; ` : '';
  const did = isUndo(story) ? 'taken back' : 'done by hand';
  const who = claimed ? `${did}, says ${name(claimed.by)}` : did;
  const end = endWords(story);
  // An undo that nothing can verify: the word of who has looked is all there is.
  const parts = [who, ...(end.length > 0 && isUndo(story) ? [] : [verificationWords(story)]), ...end];
  return `${isUndo(story) ? 'Undo of' : 'By hand'} “${titleOf(story)}”: ${says}${parts.join('; ')}.`;
}

const isUndo = (story: StepStory): boolean => story.opened?.body.undoes !== undefined;

/** Everything of a run is asked to be taken back: how much, and what stays as it is. */
export function unwindWords({ body }: EventOf<'unwind_started'>): string {
  const { run, changes, passed } = body;
  const many = changes.length === 1 ? '1 change' : `${changes.length} changes, newest first`;
  const stays = passed.map(({ title, why }) => ` “${title}” stays as it is: ${sentence(why)}`).join('');
  return `Unwinding run ${run}: ${many}.${stays}`;
}

/** How that came out; when it stopped, what is left. */
export function unwoundWords({ body }: EventOf<'unwind_ended'>): string {
  const { run, why, says, left } = body;
  if (why === 'finished') return `Run ${run} is unwound: ${sentence(says)}`;
  const rest = left.map(({ title }) => `“${title}”`).join(', ');
  return `Unwinding run ${run} stopped: ${sentence(says)}${rest ? ` Not taken back: ${rest}.` : ''}`;
}

/** One decision: the question, the choice, why, and what else could have been chosen. */
export function choiceWords(story: StepStory, choice: EventOf<'choice_made'>, name: NameOf): string {
  const reason = choice.body.reason ? ` Reason: ${sentence(choice.body.reason)}` : '';
  const others = choice.body.options.filter((option) => option !== choice.body.label);
  const instead = others.length > 0 ? ` Not chosen: ${sentence(others.join(', '))}` : '';
  return `Decided “${titleOf(story)}”: ${sentence(choice.body.label)}${reason} By ${sentence(name(choice.by))}${instead}`;
}

/** Somebody took locks over to make their own change. */
export function lockTakenWords({ body, by }: EventOf<'lock_taken'>, name: NameOf): string {
  const from = new Map<string, string[]>();
  for (const lock of body.locks) {
    const holder = `${lock.by} in INC-${lock.incident}`;
    from.set(holder, [...(from.get(holder) ?? []), lock.key]);
  }
  const words = [...from].map(([holder, keys]) => `${keys.join(' and ')} from ${holder}`);
  const arrives = body.arrives ? ' A call of the other change might still have arrived.' : '';
  return `${name(by)} took over ${words.join(' and ')}.${arrives}`;
}

/** As the incident sees it whose change lost them. */
export function lockLostWords({ body }: EventOf<'lock_lost'>, name: NameOf): string {
  return `${name(body.by)} took over ${body.keys.join(' and ')} for INC-${body.to}. What had been started here went on.`;
}
