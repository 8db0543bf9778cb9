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
  /** The last answer of a check before it: what was known then. */
  readonly known?: { readonly at: number; readonly title: string; readonly says: string };
  /** What the form says of the risk. */
  readonly risk?: string;
}

type Form = Decision['form'];

/** What the form of a choice holds. */
type Filled = Readonly<Record<string, unknown>>;

const isRisk = (name: string): boolean => /(?:^|[_\s-])risks?(?:$|[_\s-])/i.test(name);

function formOf(form: Filled, risk: boolean): Form {
  return Object.entries(form)
    .filter(([name]) => isRisk(name) === risk)
    .map(([name, value]) => ({ name: fieldName(name), value: valueWords(value) }));
}

/** `none for the data; of an outage: low` */
function riskWords(form: Filled): string {
  const fields = formOf(form, true).filter(({ value }) => value !== '');
  return fields.map(({ name, value }) => (/^risks?$/i.test(name) ? value : `${name}: ${value}`)).join('; ');
}

type Known = NonNullable<Decision['known']>;

/** Answers of checks, in order of time. */
function answersOf(stories: readonly StepStory[]): readonly Known[] {
  return stories
    .flatMap(({ checks, opened, at: { step } }) =>
      checks.map(({ at, body }) => ({ at, title: opened?.body.title ?? step, says: body.says })),
    )
    .sort((a, b) => a.at - b.at);
}

/** A form without options says what was filled in, once; the risk has a place of its own. */
function formWords(form: Filled): string {
  const rest = Object.fromEntries(Object.entries(form).filter(([name]) => !isRisk(name)));
  return fieldWords(Object.keys(rest).length > 0 ? rest : form);
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
    const { label, reason, options, form = {} } = choice.body;
    const risk = riskWords(form);
    decisions.push({
      at: choice.at,
      ...(story.opened ? { askedAt: story.opened.at } : {}),
      by: labelOf(choice.by),
      question: title,
      choice: options.length > 0 ? label : formWords(form),
      ...(reason ? { reason } : {}),
      others: options.filter((option) => option !== label),
      form: options.length > 0 ? formOf(form, false) : [],
      ...(risk === '' ? {} : { risk }),
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
  const answers = answersOf(stories);
  return [...stories.flatMap((story) => fromStory(story, hidden, labelOf)), ...notes]
    .map((decision) => {
      const known = answers.findLast(({ at }) => at <= decision.at);
      return { ...decision, ...(known ? { known } : {}) };
    })
    .sort((a, b) => a.at - b.at);
}
