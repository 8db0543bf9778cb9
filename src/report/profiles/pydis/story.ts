/** The parts that only this form has: the story in a few sentences, the leadup, the cause, the lessons. */
import type { RootContent } from 'mdast';
import { clause, sentence } from '../../../incidents/sentence.ts';
import { ownText } from '../../model/written.ts';
import type { ReportModel } from '../../model.ts';
import { type Item, list, paragraph, strong } from '../../nodes.ts';
import { span, type Times } from '../../times.ts';
import { cause } from '../default/story.ts';
import { boldTitle, otherNames, ownWords, written } from '../own-words.ts';

/** `13:24 UTC`; with the offset where the zone's name says nothing about it. */
const zoned = (at: number, times: Times): string =>
  `${times.clock(at)} ${times.offset(at) === 'UTC+00:00' ? 'UTC' : times.offset(at)}`;

export function intro(report: ReportModel, times: Times): RootContent[] {
  const { moments, declaredBy, noticed, summary } = report;
  const what = noticed.trim() === '' ? 'that something was wrong' : `this: ${sentence(noticed)}`;
  const paragraphs: RootContent[] = [
    paragraph(
      'At ',
      strong(zoned(moments.start, times)),
      `, we noticed ${sentence(what)} ${declaredBy} declared ${report.id}.`,
    ),
  ];
  if (report.drill) paragraphs.push(paragraph('This was a drill: nothing real was broken or changed.'));
  const fix = report.changes.find((change) => change.held && change.verifiedAt === moments.fixed);
  if (moments.restored === undefined) paragraphs.push(paragraph('No time is recorded at which it was over.'));
  else {
    const by = fix ? `, after “${clause(fix.title)}”` : '';
    const back = `It was over at ${times.clockNear(moments.restored, moments.start)}, after ${span(moments.start, moments.restored)}${by}.`;
    paragraphs.push(paragraph(summary ? `${back} ${summary.by} wrote: ${sentence(summary.text)}` : back));
  }
  return ownText(report, 'summary') === undefined ? paragraphs : ownWords(report, 'summary', paragraphs);
}

/** What is known of the time before anybody was told, and what was first seen. */
export function leadup(report: ReportModel, times: Times): RootContent[] {
  const { start, declared } = report.moments;
  const before = report.rows.filter((row) => row.at < declared && row.deletedAt === undefined);
  const items = before.map(
    (row): Item => [
      `${row.about ? 'about ' : ''}${times.clockNear(row.at, start)} ${sentence(row.text)} (${row.by})`,
    ],
  );
  return ownWords(report, 'leadup', items.length > 0 ? [list(items)] : []);
}

/** What people decided and why, then the question: a lesson is for people to say. */
export function lessons(report: ReportModel): RootContent[] {
  const items = report.decisions.map(
    ({ choice, reason }): Item => [
      `We decided: ${sentence(choice)}${reason === undefined ? '' : ` ${sentence(reason)}`}`,
    ],
  );
  const facts = items.length > 0 ? [list(items)] : [];
  const names = ['went well', 'was hard', 'was lucky', 'learnt'] as const;
  const titled = written(report, [...names, ...otherNames(report)], boldTitle);
  const asked = 'What went well, what was hard, and where were we lucky?';
  if (titled.length > 0 && ownText(report, 'lessons') === undefined) return [...facts, ...titled];
  return [...ownWords(report, 'lessons', facts, asked), ...titled];
}

/** The cause, and what else had to be so. */
export const rootCause = (report: ReportModel, times: Times): RootContent[] => [
  ...cause(report, times),
  ...written(report, ['contributing factors'], boldTitle),
];
