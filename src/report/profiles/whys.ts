/** From what was seen down to what nobody knows: facts of the record, then the tree that people wrote. */
import type { RootContent } from 'mdast';
import { sentence } from '../../incidents/sentence.ts';
import type { Why } from '../model/whys.ts';
import type { ReportModel } from '../model.ts';
import { type Branch, type Item, list, question, strong, tree } from '../nodes.ts';
import { teamWords } from './own-words.ts';

const openEnd: Item = [strong('Why?'), ' ', question('Nobody knows yet. Who will find out, and until when?')];

function branch(why: Why): Branch {
  const under = why.why.map(branch);
  return {
    pieces: [strong('Why?'), ` ${sentence(why.text)}`],
    under: why.open ? [...under, { pieces: openEnd, under: [] }] : under,
  };
}

export const whyTree = (whys: readonly Why[]): RootContent => tree(whys.map(branch));

/** Every line is a recorded fact, people's words or an open end; nothing is guessed. */
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
  if (report.whys.length > 0) return [list(items), teamWords(), whyTree(report.whys)];
  return [list([...items, [why, ' ', question('Not known. Who will find out, and until when?')]])];
}
