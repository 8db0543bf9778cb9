/** What was left for a length of time and is still there when that is over: people are told once, with its undo. */
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import { isLeft, type LooseEnd } from '../loose-end.ts';
import { timeWords } from '../time-words.ts';
import { overAt } from '../until.ts';
import { probeAll, settleLooseEnd } from './loose-ends.ts';

/** A deadline. It is looked for first: who took it away by hand need not be told that it is there. */
export function timeOver(draft: Draft, { looseEnd, due }: Extract<What, { do: 'end time' }>): void {
  const { incident } = draft;
  const end = incident.looseEnds.get(looseEnd);
  if (!end || !isLeft(end) || end.overSince !== undefined) return;
  if (incident.closedAt !== undefined || overAt(end) !== due) return;
  emit(draft, 'time_over', { id: end.id, since: due });
  const asked = probeAll(draft, ({ id }) => id === looseEnd);
  if (asked === 0) stillThere(draft, end, 'Look whether it is still there.');
}

/** It is there, or nobody could look. When its time is over that is said with it, and the first time it is told. */
export function stillThere(draft: Draft, end: LooseEnd, says: string): void {
  if (end.overSince === undefined) return settleLooseEnd(draft, end.id, 'open', says);
  const { incident, command } = draft;
  const since = timeWords(
    { at: end.overSince, precision: 'exact' },
    { zone: incident.declared.zone, now: command.now },
  );
  const words = `Its time was over at ${since}. ${says}`;
  if (end.toldOver) return settleLooseEnd(draft, end.id, 'open', words);
  emit(draft, 'loose_end_settled', { id: end.id, state: 'open', says: words, overdue: true });
}
