/** PIR001: a section that a report needs is missing, empty, or only its prompt. */
import type { Finding } from '../problem.ts';
import type { Section } from '../reading/paper.ts';
import type { SectionKind } from '../reading/section-kinds.ts';
import { quoted, type ReportRead, sectionOf, topOf, unitsIn } from '../report-read.ts';
import type { Rule } from '../rule.ts';

/** Any of the kinds will do. */
type Needed = readonly [words: string, ...kinds: SectionKind[]];

const causes: Needed = ['the cause', 'cause', 'whys'];
const followUps: Needed = ['the follow-ups', 'follow-ups'];
const always: readonly Needed[] = [
  ['the impact', 'impact'],
  ['the timeline', 'timeline', 'leadup'],
  causes,
  followUps,
];

/** Forms in which Handrail writes: what each has (design of the profiles). */
const ofProfile: Readonly<Record<string, readonly Needed[]>> = {
  bcgov: [['the takeaways', 'lessons'], followUps, ['what is left behind', 'left-behind']],
  pydis: [
    ['the leadup', 'leadup'],
    ['the impact', 'impact'],
    ['the detection', 'detection'],
    ['the response', 'response'],
    ['the recovery', 'recovery'],
    ['the whys', 'whys'],
    ['the root cause', 'cause'],
    ['the lessons', 'lessons'],
    followUps,
  ],
};

function present(report: ReportRead, kinds: readonly SectionKind[]): boolean {
  if (sectionOf(report, ...kinds)) return true;
  return kinds.includes('timeline') && report.rows.length > 1;
}

function missing(report: ReportRead): Finding[] {
  const needed = ofProfile[report.profile ?? ''] ?? always;
  const top = topOf(report);
  return needed.flatMap(([words, ...kinds]) =>
    present(report, kinds)
      ? []
      : [
          {
            ...top,
            about: words,
            says: `There is no section for ${words}.`,
            remedy: 'Write it, or say in it why there is nothing to say.',
          },
        ],
  );
}

const dash = /^[\s—–-]*$/;

/** Nothing at all, or nothing but what the template asks; a table of a head alone counts as nothing. */
function hollow(section: Section): 'empty' | 'prompt' | undefined {
  if (section.inner.some((inner) => hollow(inner) === undefined)) return undefined;
  const said = section.units.filter(({ text }) => !dash.test(text));
  if (said.length === 0) return section.inner.length > 0 ? undefined : 'empty';
  return said.every(({ prompt }) => prompt) ? 'prompt' : undefined;
}

function hollowOnes(report: ReportRead): Finding[] {
  return report.paper.sections.flatMap((section): Finding[] => {
    const { heading, parent, title } = section;
    // A title above everything has the sections inside it.
    if (!heading || (section.depth === 1 && parent?.depth === 0 && section.kind === undefined)) return [];
    const why = hollow(section);
    if (why === undefined) return [];
    const says = why === 'empty' ? `${quoted(title)} is empty.` : `${quoted(title)} holds only its prompt.`;
    return [{ place: heading.place(0), about: title, says }];
  });
}

export const pir001: Rule = {
  code: 'PIR001',
  title: 'Section missing, empty or only its prompt',
  level: 'error',
  finds:
    'There is no section for the impact, the timeline, the cause or the follow-ups (of a report in a profile: for one of its headings), or a section has nothing under it, or nothing but the question in italics.',
  why: 'A heading with its prompt looks like an answer from afar.',
  remedy: 'Answer it in a sentence, or take the heading out.',
  check: (report) => [...missing(report), ...hollowOnes(report)],
};

/** For the rules that need a section to look at: it is there and says something. */
export const answered = (report: ReportRead, ...kinds: readonly SectionKind[]): boolean =>
  unitsIn(report, ...kinds).some(({ prompt, text }) => !prompt && !dash.test(text));
