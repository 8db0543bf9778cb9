/** The words of one timeline line: a check, a change, a step done by hand, a decision. */
import type { EventOf } from '../events.ts';
import type { NameOf } from './entry.ts';
import { approvedBy, confirmedBy, type StepStory } from './steps.ts';

/** Ends a text with a full stop unless it ends a sentence already. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…。！？]$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Takes the full stop away, so that the text can stand inside a longer sentence. */
export const clause = (text: string): string => text.trim().replace(/[.。]+$/u, '');

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
  return [];
}

/** One change: what, confirmed and approved by whom, how it came out, verified or not. */
export function actWords(story: StepStory, name: NameOf): string {
  const undoes = story.opened?.body.undoes !== undefined;
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
  return `${undoes ? 'Undid' : 'Changed'} “${titleOf(story)}”: ${parts.join('; ')}.`;
}

/** One step that a person did by hand. */
export function byHandWords(story: StepStory, name: NameOf): string {
  const claimed = story.claimed;
  const says = claimed?.body.says ? `${clause(claimed.body.says)}; ` : '';
  const who = claimed ? `done by hand, says ${name(claimed.by)}` : 'done by hand';
  const end = endWords(story);
  const parts = [who, verificationWords(story), ...end];
  return `By hand “${titleOf(story)}”: ${says}${parts.join('; ')}.`;
}

/** One decision: the question, the choice, why, and what else could have been chosen. */
export function choiceWords(story: StepStory, choice: EventOf<'choice_made'>, name: NameOf): string {
  const reason = choice.body.reason ? ` Reason: ${sentence(choice.body.reason)}` : '';
  const others = choice.body.options.filter((option) => option !== choice.body.label);
  const instead = others.length > 0 ? ` Not chosen: ${sentence(others.join(', '))}` : '';
  return `Decided “${titleOf(story)}”: ${sentence(choice.body.label)}${reason} By ${sentence(name(choice.by))}${instead}`;
}
