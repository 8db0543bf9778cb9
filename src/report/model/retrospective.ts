/** What the people who were there are asked afterwards, with the facts of the record that each question is about. */
import { sentence } from '../../incidents/sentence.ts';
import type { StepStory } from '../../incidents/timeline/steps.ts';
import type { Entry } from '../../incidents/timeline.ts';
import type { Decision } from './decisions.ts';

export interface Asked {
  /** What the record says, in order; with the time where it has one. */
  readonly facts: readonly { readonly at?: number; readonly text: string }[];
  readonly question: string;
}

/** Facts of one question that are repeated; the rest is on the timeline. */
const MOST = 8;

function asked(facts: Asked['facts'], question: string): Asked[] {
  if (facts.length === 0) return [];
  const more = facts.length - MOST;
  const rest = more > 0 ? [{ text: `And ${more} more on the timeline.` }] : [];
  return [{ facts: [...facts.slice(0, MOST), ...rest], question }];
}

/** The first check that was bad and stayed on the timeline. */
function firstBad(stories: readonly StepStory[], hidden: ReadonlySet<string>): Asked['facts'] {
  const bad = stories
    .flatMap(({ checks, opened, at: { step } }) =>
      checks.flatMap(({ at, version, body }) =>
        body.verdict === 'bad' && !hidden.has(`v${version}`)
          ? [
              {
                at,
                text: `The first check that was bad, “${opened?.body.title ?? step}”: ${sentence(body.says)}`,
              },
            ]
          : [],
      ),
    )
    .sort((a, b) => a.at - b.at);
  return bad.slice(0, 1);
}

/** Pure; a question of which the record holds no fact is not asked. `entries` are the shown lines. */
export function retrospectiveOf(
  record: {
    readonly entries: readonly Entry[];
    readonly stories: readonly StepStory[];
    readonly hidden: ReadonlySet<string>;
    readonly notTargets: readonly string[];
    readonly decisions: readonly Decision[];
    readonly first: { readonly at: number; readonly noticed: string };
  },
  labelOf: (person: Entry['by']) => string,
): readonly Asked[] {
  const { entries, notTargets, decisions, first } = record;
  const tipped = [
    ...(first.noticed.trim() === ''
      ? []
      : [{ at: first.at, text: `First sign: ${sentence(first.noticed)}` }]),
    ...firstBad(record.stories, record.hidden),
  ];
  const considered = [
    ...notTargets.map((text) => ({ text: `Looked at and ruled out: ${sentence(text)}` })),
    ...decisions.flatMap(({ at, question, choice, others }) =>
      others.length === 0
        ? []
        : [
            {
              at,
              text: `${question ? `“${question}” ` : ''}${sentence(choice)} Not chosen: ${sentence(others.join(', '))}`,
            },
          ],
    ),
  ];
  const help = entries
    .filter(({ kind, deletedAt }) => kind === 'help-asked' && deletedAt === undefined)
    .map((entry) => ({ at: entry.at, text: `${labelOf(entry.by)} asked for help: ${sentence(entry.text)}` }));
  return [
    ...asked(tipped, 'What tipped you off, and what would have told you sooner?'),
    ...asked(considered, 'What else did you consider, and what made you leave it?'),
    ...asked(help, 'What made you ask for help then, and what kept you from asking sooner?'),
  ];
}
