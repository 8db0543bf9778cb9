/** What people decided: in a runbook's question, in a note, or alone. */
import type { Person } from '../../incidents/events.ts';
import { fieldName, fieldWords } from '../../incidents/field-words.ts';
import { approvedBy, type StepStory } from '../../incidents/timeline/steps.ts';
import type { Entry } from '../../incidents/timeline.ts';
import { valueWords } from './evidence.ts';

export interface Decision {
  readonly at: number;
  /** When the question was put. */
  readonly askedAt?: number;
  readonly by: string;
  readonly question?: string;
  readonly choice: string;
  readonly reason?: string;
  /** What else could have been chosen. */
  readonly others: readonly string[];
  readonly form: readonly { readonly name: string; readonly value: string }[];
}

function formWords(form: Record<string, unknown> | undefined): string {
  return fieldWords(form ?? {});
}

function fromStory(
  story: StepStory,
  hidden: ReadonlySet<string>,
  labelOf: (person: Person) => string,
): Decision[] {
  const title = story.opened?.body.title ?? story.at.step;
  const decisions: Decision[] = [];
  const { choice, approved } = story;
  if (choice && !hidden.has(`v${choice.version}`)) {
    const { label, reason, options, form } = choice.body;
    decisions.push({
      at: choice.at,
      ...(story.opened ? { askedAt: story.opened.at } : {}),
      by: labelOf(choice.by),
      question: title,
      // A form without options says what was filled in, once.
      choice: options.length > 0 ? label : formWords(form),
      ...(reason ? { reason } : {}),
      others: options.filter((option) => option !== label),
      form:
        options.length > 0
          ? Object.entries(form ?? {}).map(([name, value]) => ({
              name: fieldName(name),
              value: valueWords(value),
            }))
          : [],
    });
  }
  const alone = approvedBy(story);
  if (approved && alone?.alone)
    decisions.push({
      at: approved.at,
      by: labelOf(approved.by),
      question: `“${title}” needs two people, and one was there`,
      choice: 'Went on alone',
      ...(alone.reason ? { reason: alone.reason } : {}),
      others: [],
      form: [],
    });
  const { closed } = story;
  if (closed?.body.state === 'accepted')
    decisions.push({
      at: closed.at,
      by: labelOf(closed.by),
      question: `“${title}” was not verified`,
      choice: 'Went on all the same',
      ...(closed.body.reason ? { reason: closed.body.reason } : {}),
      others: [],
      form: [],
    });
  return decisions;
}

/** In order of time; without those whose lines were taken off the timeline (`hidden`, by id). */
export function decisionsOf(
  stories: readonly StepStory[],
  entries: readonly Entry[],
  hidden: ReadonlySet<string>,
  labelOf: (person: Person) => string,
): readonly Decision[] {
  const notes = entries
    .filter(
      (entry) =>
        entry.kind === 'decision' && entry.id !== `v${entry.version}` && entry.deletedAt === undefined,
    )
    .map((entry) => ({ at: entry.at, by: labelOf(entry.by), choice: entry.text, others: [], form: [] }));
  return [...stories.flatMap((story) => fromStory(story, hidden, labelOf)), ...notes].sort(
    (a, b) => a.at - b.at,
  );
}
