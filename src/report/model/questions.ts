/** What the record cannot answer: asked, never guessed. */
import type { Person } from '../../incidents/events.ts';
import { clause } from '../../incidents/sentence.ts';
import { outcomeOf, type StepStory } from '../../incidents/timeline/steps.ts';
import type { CheckAnswer } from './answers.ts';
import type { Cause } from './cause.ts';
import type { Hole } from './holes.ts';
import type { LeftBehind } from './left-behind.ts';
import type { Milestones } from './milestones.ts';
import { undoOf } from './repairs.ts';
import { openEnds, type Why } from './whys.ts';

/** A question in words, or a hole of which the report asks with its times. */
export type Question = { readonly text: string } | { readonly hole: Hole };

/** Checks whose last answer was `unknown`, unless a fix that worked came after them. */
function unanswered(answers: readonly CheckAnswer[], fixed: number | undefined): Question[] {
  return answers
    .filter(({ at, verdict }) => verdict === 'unknown' && (fixed === undefined || fixed <= at))
    .map(({ title, says }) => ({ text: `“${title}” stayed without an answer: ${clause(says)}.` }));
}

/** The next try of the same step, or its undo, tells what is there now. */
function settledLater(story: StepStory, stories: readonly StepStory[]): boolean {
  const { run, step, try: number } = story.at;
  const next = stories.filter(({ at }) => at.run === run && at.step === step && at.try > number);
  return undoOf(story, stories) !== undefined || next.some((other) => other.verified?.body.held === true);
}

function unknownOutcomes(
  stories: readonly StepStory[],
  labelOf: (person: Person) => string,
): readonly Question[] {
  return stories.flatMap((story): Question[] => {
    const title = story.opened?.body.title ?? story.at.step;
    if (!story.started || story.verified?.body.held || settledLater(story, stories)) return [];
    const { closed } = story;
    const reason = closed?.body.reason ? `: ${clause(closed.body.reason)}` : '';
    const accepted =
      closed?.body.state === 'accepted' ? ` ${labelOf(closed.by)} went on all the same${reason}.` : '';
    const outcome = story.late.some(({ body }) => body.made) ? 'made' : outcomeOf(story);
    if (outcome === 'unknown' || outcome === 'running')
      return [{ text: `Was the change “${title}” made? Nobody knows.${accepted}` }];
    if (outcome === 'made')
      return [{ text: `Did the change “${title}” work? It was made and not verified.${accepted}` }];
    return [];
  });
}

/** Checks that were bad when the service was said to be back: either that was too early, or they look at something else. */
function stillBad(answers: readonly CheckAnswer[]): Question[] {
  return answers.flatMap(({ title, was, verdict, says }): Question[] => {
    if (was === undefined || verdict !== 'bad') return [];
    const still = was === 'bad' ? 'still ' : '';
    const back = 'when the service was said to be back';
    return [{ text: `“${title}” was ${still}bad ${back}: ${clause(says)}. Is it well now?` }];
  });
}

/** What a plan did not know, unless a later plan for the same object did. */
function unknownsOfPlans(stories: readonly StepStory[]): Question[] {
  const last = new Map<string, readonly string[]>();
  const planned = stories.flatMap(({ plan, started }) => (plan && started ? [plan] : []));
  for (const { body } of planned.toSorted((a, b) => a.at - b.at)) {
    const { namespace, kind, name } = body.plan.target;
    last.set(JSON.stringify([namespace, kind, name]), body.plan.unknowns);
  }
  const unknowns = new Set([...last.values()].flat());
  return [...unknowns].map((unknown) => ({
    text: `Not known when a change was planned: ${clause(unknown)}. Is it known now?`,
  }));
}

/** In the order in which they matter. */
export function questionsOf(
  stories: readonly StepStory[],
  cause: Cause,
  moments: Milestones,
  left: LeftBehind,
  holes: readonly Hole[],
  answers: readonly CheckAnswer[],
  labelOf: (person: Person) => string,
  whys: readonly Why[] = [],
): readonly Question[] {
  const questions: Question[] = [];
  if (!cause.known)
    questions.push({
      text:
        cause.crashes.length > 0
          ? 'Why did it happen? The crash is named, its cause is not known.'
          : 'What was the cause, and why did it happen?',
    });
  for (const { text } of openEnds(whys))
    questions.push({ text: `Why is this so: “${clause(text)}”? Nobody knows yet.` });
  if (moments.target === undefined)
    questions.push({ text: 'Which system was affected? Nobody confirmed a target.' });
  if (moments.restored === undefined) questions.push({ text: 'When was the service restored?' });
  questions.push(...stillBad(answers), ...unknownOutcomes(stories, labelOf));
  questions.push(...unanswered(answers, moments.fixed));
  for (const row of left.remaining)
    if (row.state === 'may exist')
      questions.push({ text: `Is it still there: ${clause(row.what)}? Nobody has looked.` });
  questions.push(...unknownsOfPlans(stories));
  questions.push(...holes.map((hole) => ({ hole })));
  return questions;
}
