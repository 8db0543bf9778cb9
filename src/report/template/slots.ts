/** What a template of a team may ask for: the name of each slot and what stands in its place. */
import type { RootContent } from 'mdast';
import type { ReportModel } from '../model.ts';
import { paragraph } from '../nodes.ts';
import { lines } from '../profiles/bcgov/lines.ts';
import { takeaways } from '../profiles/bcgov/takeaways.ts';
import { leftBehind, openQuestions, record, runbooks } from '../profiles/default/after.ts';
import { byHand, changes, decisions, evidence } from '../profiles/default/done.ts';
import { followUps } from '../profiles/default/follow-ups.ts';
import { chart, facts, intervals, peopleWords, periodWords, summary } from '../profiles/default/head.ts';
import {
  cause,
  checkedAgain,
  detection,
  impact,
  learnt,
  lessons,
  recovery,
  response,
} from '../profiles/default/story.ts';
import { timelineTable } from '../profiles/default/timeline.ts';
import { handovers, retrospective, updates, waived } from '../profiles/default/told.ts';
import { ownWords } from '../profiles/own-words.ts';
import { leadup } from '../profiles/pydis/story.ts';
import { whys } from '../profiles/whys.ts';
import { span, type Times } from '../times.ts';

type Words = (report: ReportModel, times: Times) => string;
type Blocks = (report: ReportModel, times: Times) => RootContent[];

/** One piece of text, anywhere in a line. */
const inLine = {
  title: ({ title, drill }) => `${drill ? 'Drill: ' : ''}${title.trim() === '' ? 'without a title' : title}`,
  id: ({ id }) => id,
  severity: ({ severity }) => severity.last,
  status: ({ status }) => status,
  project: ({ system, namespace }) => system?.project ?? system?.title ?? namespace,
  system: ({ system, namespace }) => system?.title ?? namespace,
  environment: ({ system, namespace }) => system?.environment ?? namespace,
  namespace: ({ namespace }) => namespace,
  date: ({ moments }, times) => times.date(moments.start),
  start: ({ moments }, times) => `${times.date(moments.start)} ${times.clock(moments.start)}`,
  end: ({ moments }, times) =>
    moments.restored === undefined
      ? 'not recorded'
      : `${times.date(moments.restored)} ${times.clock(moments.restored)}`,
  when: (report, times) => periodWords(report, times),
  zone: ({ moments }, times) => `${times.zone} (${times.offset(moments.start)})`,
  duration: ({ moments }) =>
    moments.restored === undefined ? 'not known' : span(moments.start, moments.restored),
  declared_by: ({ declaredBy }) => declaredBy,
  noticed: ({ noticed }) => noticed,
  people: (report) => peopleWords(report),
} as const satisfies Readonly<Record<string, Words>>;

/** Paragraphs, lists and tables: alone in a paragraph. */
const alone = {
  facts,
  summary,
  intervals,
  chart,
  leadup,
  impact,
  detection,
  response,
  recovery,
  checked_again: checkedAgain,
  cause,
  contributing_factors: (report) => ownWords(report, 'contributing factors'),
  whys,
  timeline: timelineTable,
  timeline_lines: lines,
  changes,
  decisions,
  evidence,
  by_hand: byHand,
  updates,
  handovers,
  lessons,
  went_well: (report) => ownWords(report, 'went well'),
  was_hard: (report) => ownWords(report, 'was hard'),
  was_lucky: (report) => ownWords(report, 'was lucky'),
  takeaways,
  retrospective,
  learnt,
  left_behind: leftBehind,
  follow_ups: followUps,
  open_questions: openQuestions,
  runbooks,
  waived,
  record,
} as const satisfies Readonly<Record<string, Blocks>>;

export type Slot =
  | { readonly kind: 'in line'; readonly words: Words }
  | { readonly kind: 'alone'; readonly blocks: Blocks };

/** Undefined when there is none of this name. */
export function slotNamed(name: string): Slot | undefined {
  if (Object.hasOwn(inLine, name)) return { kind: 'in line', words: inLine[name as keyof typeof inLine] };
  if (!Object.hasOwn(alone, name)) return undefined;
  const blocks: Blocks = alone[name as keyof typeof alone];
  return {
    kind: 'alone',
    // A heading above nothing would look as if something were missing.
    blocks: (report, times) => {
      const content = blocks(report, times);
      return content.length > 0 ? content : [paragraph('None.')];
    },
  };
}

export const inLineSlots: readonly string[] = Object.keys(inLine);
export const aloneSlots: readonly string[] = Object.keys(alone);
