/** What is to be done: `- [ ] text (owner, due 2026-12-01, link; done when ...)`, and what nobody will do. */
import type { RootContent } from 'mdast';
import { clause } from '../../../incidents/sentence.ts';
import type { FollowUp } from '../../model/follow-ups.ts';
import type { ReportModel } from '../../model.ts';
import { type Item, type Piece, paragraph, question, todo } from '../../nodes.ts';

function missing(one: FollowUp): Piece | undefined {
  const due = one.dueOn ?? one.due;
  if (one.owner && due) return undefined;
  return question(one.owner ? 'until when?' : due ? 'who?' : 'who, and until when?');
}

function openItem(one: FollowUp): Item {
  const due = one.dueOn === undefined ? one.due : `due ${one.dueOn}`;
  const known = [one.owner, due, one.link].filter((part) => part !== undefined).join(', ');
  const asked = missing(one);
  const done = one.doneWhen === undefined ? '' : `; done when ${clause(one.doneWhen)}`;
  return [`${clause(one.text)} (${known}`, ...(asked ? [known === '' ? '' : ', ', asked] : []), `${done})`];
}

/** Open ones first; what was dropped stays, with its reason. */
export function followUps(report: ReportModel): RootContent[] {
  const open = report.followUps.filter(({ dropped }) => dropped === undefined);
  const dropped = report.followUps.flatMap(({ text, dropped: why }): Item[] =>
    why === undefined ? [] : [[`Dropped: ${clause(text)} (nobody will do it: ${clause(why)})`]],
  );
  const asked = paragraph(question('What should be done, by whom and until when?'));
  return [
    ...(open.length === 0 ? [asked] : []),
    ...(open.length + dropped.length > 0 ? [todo(open.map(openItem), dropped)] : []),
  ];
}
