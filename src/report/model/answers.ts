/** What a check said last: the same look at the same thing, under whatever title, in any run or once more at the end. */
import type { At } from '../../incidents/events.ts';
import { keyOf, type StepStory } from '../../incidents/timeline/steps.ts';
import type { Verdict } from '../../runbooks/runbook.ts';
import type { Repeated } from './repeated.ts';

export interface CheckAnswer {
  readonly at: number;
  readonly title: string;
  readonly verdict: Verdict;
  readonly says: string;
  readonly uses?: string;
  /** Given when the service was said to be back: what the check had said before. */
  readonly was?: Verdict;
}

/** The same action with the same arguments is the same question; without an action only its own title is. */
function questionOf(story: StepStory): string {
  const { uses, args, title } = story.opened?.body ?? {};
  return uses === undefined ? JSON.stringify([title ?? story.at.step]) : JSON.stringify([uses, args ?? {}]);
}

/** One answer for each question: the last. In the order in which they were first asked. */
export function lastAnswers(
  stories: readonly StepStory[],
  repeated: readonly Repeated[],
): readonly CheckAnswer[] {
  const last = new Map<string, CheckAnswer>();
  const give = (key: string, answer: CheckAnswer): void => {
    const known = last.get(key);
    if (!known || known.at <= answer.at) last.set(key, answer);
  };
  const storyOf = (at: At): StepStory | undefined => stories.find(({ key }) => key === keyOf(at));
  for (const story of stories) {
    const check = story.checks.at(-1);
    if (!check) continue;
    const { title, uses } = story.opened?.body ?? {};
    const { verdict, says } = check.body;
    give(questionOf(story), {
      at: check.at,
      title: title ?? story.at.step,
      verdict,
      says,
      ...(uses === undefined ? {} : { uses }),
    });
  }
  for (const { of, title, was, answer } of repeated) {
    const story = storyOf(of);
    const uses = story?.opened?.body.uses;
    const key = story ? questionOf(story) : JSON.stringify([title]);
    if (answer) give(key, { ...answer, title, was, ...(uses === undefined ? {} : { uses }) });
  }
  return [...last.values()];
}
