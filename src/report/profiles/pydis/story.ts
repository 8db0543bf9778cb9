/** The parts that only this form has: the story in a few sentences, the leadup, five whys, lessons. */
import type { RootContent } from 'mdast';
import { clause, sentence } from '../../../incidents/sentence.ts';
import type { ReportModel } from '../../model.ts';
import { type Item, list, paragraph, question, strong } from '../../nodes.ts';
import { span, type Times } from '../../times.ts';

/** `13:24 UTC`; with the offset where the zone's name says nothing about it. */
const zoned = (at: number, times: Times): string =>
  `${times.clock(at)} ${times.offset(at) === 'UTC+00:00' ? 'UTC' : times.offset(at)}`;

export function intro(report: ReportModel, times: Times): RootContent[] {
  const { moments, declaredBy, noticed, summary } = report;
  const what = noticed.trim() === '' ? 'that something was wrong' : `this: ${sentence(noticed)}`;
  const paragraphs = [
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
  return paragraphs;
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
  return [
    ...(items.length > 0 ? [list(items)] : []),
    paragraph(question('What had changed before: a release, an update, a node, a setting?')),
  ];
}

/** From what was seen down to what is not known; every why is a recorded fact or an open end. */
export function whys(report: ReportModel): RootContent[] {
  const { cause, noticed, targets, title } = report;
  const why = strong('Why?');
  const items: Item[] = [[sentence(noticed.trim() === '' ? title : noticed)]];
  const target = targets.findLast(({ until }) => until === undefined);
  if (target) items.push([why, ` ${sentence(target.words)} ${sentence(target.says)}`]);
  for (const crash of cause.crashes.slice(0, 1)) {
    const facts = [crash.reason, crash.exitCode ? `exit code ${crash.exitCode}` : undefined].filter(Boolean);
    const line = crash.line ? `: ${crash.line.trim()}` : '';
    items.push([
      why,
      ` ${sentence(`${crash.pod ?? 'A pod'} had stopped${facts.length > 0 ? ` (${facts.join(', ')})` : ''}${line}`)}`,
    ]);
  }
  for (const { text } of cause.recorded) items.push([why, ` ${sentence(text)}`]);
  items.push([why, ' ', question('Not known. Who will find out, and until when?')]);
  return [list(items)];
}

/** What people decided and why, then the question: a lesson is for people to say. */
export function lessons(report: ReportModel): RootContent[] {
  const items = report.decisions.map(
    ({ choice, reason }): Item => [
      `We decided: ${sentence(choice)}${reason === undefined ? '' : ` ${sentence(reason)}`}`,
    ],
  );
  return [
    ...(items.length > 0 ? [list(items)] : []),
    paragraph(question('What went well, what was hard, and where were we lucky?')),
  ];
}
