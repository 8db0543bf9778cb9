/** What a reader is to take away: what the record itself shows, and a question where people have to say it. */
import type { RootContent } from 'mdast';
import { clause, sentence } from '../../../incidents/sentence.ts';
import type { ReportModel } from '../../model.ts';
import { type Item, list, paragraph, question } from '../../nodes.ts';
import { span, type Times } from '../../times.ts';

export function takeaways(report: ReportModel, times: Times): RootContent[] {
  const { cause, moments, notTargets, decisions } = report;
  const items: Item[] = [];
  const [crash] = cause.crashes;
  const line = crash?.line ? `: ${crash.line.trim()}` : '';
  for (const one of cause.recorded) items.push([sentence(one.text)]);
  if (cause.recorded.length === 0)
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
  return [
    list(items),
    paragraph(question('What else should the team, and the next team on call, take away from this?')),
  ];
}
