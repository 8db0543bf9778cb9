/** From a question of the review to the form in which it is answered. */
import type { Event } from '../incidents/events.ts';
import type { LintProblem } from './lint/problem.ts';
import type { FollowUp } from './lint/reading/follow-ups.ts';
import type { Section, Unit } from './lint/reading/paper.ts';
import type { SectionKind } from './lint/reading/section-kinds.ts';
import { sentencesOf } from './lint/reading/sentences.ts';
import type { ReportRead } from './lint/report-read.ts';
import type { Remedy } from './reviewed.ts';
import { ownSections } from './sections.ts';

/** Where the words of a part of the report come from. */
const ofKind: Partial<Readonly<Record<SectionKind, Remedy>>> = {
  summary: { write: 'section', section: 'summary' },
  leadup: { write: 'section', section: 'leadup' },
  impact: { write: 'section', section: 'impact' },
  detection: { write: 'section', section: 'detection' },
  response: { write: 'section', section: 'response' },
  recovery: { write: 'section', section: 'recovery' },
  cause: { write: 'section', section: 'root cause' },
  whys: { write: 'whys' },
  lessons: { write: 'section', section: 'lessons' },
  'follow-ups': { write: 'follow-up' },
};

/** Of what is missing altogether only its words are known (PIR001). */
const missing: readonly (readonly [RegExp, Remedy])[] = [
  [/\bimpact\b/, { write: 'section', section: 'impact' }],
  [/\bwhys\b/, { write: 'whys' }],
  [/\bcause\b/, { write: 'section', section: 'root cause' }],
  [/\bfollow ups?\b/, { write: 'follow-up' }],
  [/\b(?:takeaways|lessons)\b/, { write: 'section', section: 'lessons' }],
];

/** By its own title before its kind: several sections of people are of one kind. */
function ofSection(section: Section | undefined): Remedy | undefined {
  for (let one = section; one; one = one.parent) {
    const title = plain(one.title);
    const own = ownSections.find((candidate) => plain(candidate.title) === title);
    if (own) return { write: 'section', section: own.name };
    const found = one.kind && ofKind[one.kind];
    if (found) return found;
  }
  return undefined;
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Longer texts than a form is opened with are begun. */
const MOST = 800;

/** Undefined for a question that is answered somewhere else, such as in the timeline. */
export function remedyFor(
  problem: LintProblem,
  report: ReportRead,
  events: readonly Event[],
): Remedy | undefined {
  const unit = unitAt(report, problem);
  const followUp = report.followUps.find((one) => one.unit === unit);
  switch (problem.code) {
    case 'PIR001':
      return problem.says.startsWith('There is no section')
        ? missing.find(([words]) => words.test(problem.key))?.[1]
        : ofSection(unit?.section);
    case 'PIR006':
      return { write: 'whys' };
    case 'PIR007':
    case 'PIR008':
      return followUp && ofFollowUp(followUp, events);
    case 'PIR009': {
      const text = unit && sentenceAt(unit, problem);
      return text ? { write: 'follow-up', text: text.slice(0, MOST) } : undefined;
    }
    case 'PIR002':
    case 'PIR010':
    case 'PIR012':
    case 'PIR015':
    case 'PIR016':
      return followUp ? ofFollowUp(followUp, events) : ofSection(unit?.section);
    default:
      return undefined;
  }
}

/** One that people wrote is changed; one that the record asks for is taken over, with its words. */
function ofFollowUp({ text, unit, owner, due }: FollowUp, events: readonly Event[]): Remedy {
  const written = new Map<string, string>();
  for (const { type, body } of events) {
    if (type === 'follow_up_added') written.set(body.id, body.text);
    if (type === 'follow_up_changed' && body.text !== undefined) written.set(body.id, body.text);
    if (type === 'follow_up_changed' && body.dropped !== undefined) written.delete(body.id);
  }
  const said = plain(text);
  const [id] = [...written].find(([, words]) => plain(words) !== '' && said.startsWith(plain(words))) ?? [];
  if (id !== undefined) return { write: 'follow-up', id };
  // Taken over word for word, brackets of its own included, so that the record's and this one are the same.
  // What the report asks at its end is no part of it, nor is the ticket that stands beside that.
  const blank = /\s*\((?:<?https?:\/\/[^\s<>]+>?, )?who, and until when\?\)$/;
  const whole = owner || due ? text : unit.text.replace(blank, '').trim();
  return { write: 'follow-up', text: whole.slice(0, MOST) };
}

function sentenceAt(unit: Unit, { line, column }: LintProblem): string | undefined {
  const sentences = sentencesOf(unit.text);
  return sentences.findLast(({ index }) => {
    const place = unit.place(index);
    return place.line < line || (place.line === line && place.column <= column);
  })?.text;
}

/** The block that begins there or last before it. */
export function unitAt(
  { paper }: ReportRead,
  { line, column }: Pick<LintProblem, 'line' | 'column'>,
): Unit | undefined {
  return paper.units.findLast((unit) => {
    const place = unit.place(0);
    return place.line < line || (place.line === line && place.column <= column);
  });
}
