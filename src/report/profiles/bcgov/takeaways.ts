/** What a reader is to take away: what the record itself shows, and a question where people have to say it. */
import type { RootContent } from 'mdast';
import { clause, sentence } from '../../../incidents/sentence.ts';
import type { ReportModel } from '../../model.ts';
import { type Item, list } from '../../nodes.ts';
import { span, type Times } from '../../times.ts';
import { allNames, boldTitle, otherNames, ownWords, written } from '../own-words.ts';
import { whyTree } from '../whys.ts';

export function takeaways(report: ReportModel, times: Times): RootContent[] {
  const { cause, moments, notTargets, decisions } = report;
  const items: Item[] = [];
  const [crash] = cause.crashes;
  const line = crash?.line ? `: ${crash.line.trim()}` : '';
  for (const one of cause.recorded) items.push([sentence(one.text)]);
  if (!cause.known)
    items.push([
      crash
        ? `We do not know why ${crash.pod ?? 'a pod'} stopped${sentence(line)}`
        : 'We do not know why it happened.',
    ]);
  if (moments.target !== undefined && notTargets.length > 0) {
    const found = `${span(moments.start, moments.target)}, until ${times.clockNear(moments.target, moments.start)}`;
    const ruledOut = notTargets.map(clause).join('; ');
    items.push([
      `It took ${found}, to find the right system. Looked at and ruled out: ${sentence(ruledOut)}`,
    ]);
  }
  for (const { choice, reason } of decisions)
    if (reason !== undefined) items.push([`Decided: ${sentence(choice)} ${sentence(reason)}`]);
  const facts = items.length > 0 ? [list(items)] : [];
  const asked = 'What else should the team, and the next team on call, take away from this?';
  const others = [...allNames.filter((name) => name !== 'lessons'), ...otherNames(report)];
  return [
    ...ownWords(report, 'lessons', facts, asked),
    ...written(report, others, boldTitle),
    ...(report.whys.length > 0 ? [boldTitle('Five whys'), whyTree(report.whys)] : []),
  ];
}
