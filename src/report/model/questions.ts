/** What the record cannot answer: asked, never guessed. */
import { outcomeOf, type StepStory } from '../../incidents/timeline/steps.ts';
import { clause } from '../../incidents/timeline/words.ts';
import type { Cause } from './cause.ts';
import type { Hole } from './holes.ts';
import type { LeftBehind } from './left-behind.ts';
import type { Milestones } from './milestones.ts';
import type { Repeated } from './repeated.ts';

/** A question in words, or a hole of which the report asks with its times. */
export type Question = { readonly text: string } | { readonly hole: Hole };

/** Checks whose last answer was `unknown`, unless a fix that worked came after them. */
function unanswered(stories: readonly StepStory[], fixed: number | undefined): Question[] {
  const last = new Map<string, { title: string; verdict: string; says: string }>();
  for (const story of stories) {
    const check = story.checks.at(-1);
    if (!check || (fixed !== undefined && fixed > check.at)) continue;
    const title = story.opened?.body.title ?? story.at.step;
    const key = JSON.stringify([story.opened?.body.uses, story.opened?.body.args, title]);
    last.set(key, { title, verdict: check.body.verdict, says: check.body.says });
  }
  return [...last.values()]
    .filter((answer) => answer.verdict === 'unknown')
    .map((answer) => ({ text: `“${answer.title}” stayed without an answer: ${clause(answer.says)}.` }));
}

function unknownOutcomes(stories: readonly StepStory[]): Question[] {
  return stories.flatMap((story): Question[] => {
    const title = story.opened?.body.title ?? story.at.step;
    if (!story.started || story.verified?.body.held) return [];
    const outcome = outcomeOf(story);
    if (outcome === 'unknown' || outcome === 'running')
      return [{ text: `Was the change “${title}” made? Nobody knows.` }];
    if (outcome === 'made')
      return [{ text: `Did the change “${title}” work? It was made and not verified.` }];
    return [];
  });
}

/** Checks that were bad when the service was said to be back: either that was too early, or they look at something else. */
function stillBad(repeated: readonly Repeated[]): Question[] {
  return repeated.flatMap(({ title, answer }): Question[] =>
    answer?.verdict === 'bad'
      ? [
          {
            text: `“${title}” was still bad when the service was said to be back: ${clause(answer.says)}. Is it well now?`,
          },
        ]
      : [],
  );
}

/** In the order in which they matter. */
export function questionsOf(
  stories: readonly StepStory[],
  cause: Cause,
  moments: Milestones,
  left: LeftBehind,
  holes: readonly Hole[],
  repeated: readonly Repeated[],
): readonly Question[] {
  const questions: Question[] = [];
  if (cause.recorded.length === 0)
    questions.push({
      text:
        cause.crashes.length > 0
          ? 'Why did it happen? The crash is named, its cause is not known.'
          : 'What was the cause, and why did it happen?',
    });
  if (moments.target === undefined)
    questions.push({ text: 'Which system was affected? Nobody confirmed a target.' });
  if (moments.restored === undefined) questions.push({ text: 'When was the service restored?' });
  questions.push(...stillBad(repeated));
  questions.push(...unknownOutcomes(stories), ...unanswered(stories, moments.fixed));
  for (const row of left.remaining)
    if (row.state === 'may exist')
      questions.push({ text: `Is it still there: ${clause(row.what)}? Nobody has looked.` });
  const unknowns = new Set(
    stories.flatMap((story) => (story.started && story.plan ? story.plan.body.plan.unknowns : [])),
  );
  for (const unknown of unknowns)
    questions.push({ text: `Not known when a change was planned: ${clause(unknown)}. Is it known now?` });
  questions.push(...holes.map((hole) => ({ hole })));
  return questions;
}
