/** Somebody went alone; a second person looks at it afterwards, agrees or does not, and that is settled. */
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At } from '../events.ts';
import { Refused } from '../refused.ts';
import { tryAt } from './flow.ts';
import { groupsInWords } from './rights.ts';

/** The loose end that stays when somebody went alone with this try. */
export function aloneEnd(at: At): string {
  return `A${at.run}.${at.step}.${at.try}`;
}

/** By who could have approved it, also after the close; never by who went alone. */
export function judgeAlone(draft: Draft, what: Extract<What, { do: 'judge alone' }>): void {
  const { incident, command, knows } = draft;
  const end = incident.looseEnds.get(what.looseEnd);
  if (end?.opened.kind !== 'approval-alone')
    throw new Refused('gone', 'There is nothing here that somebody decided alone.');
  if (end.state === 'gone') throw new Refused('gone', end.says ?? 'Somebody has looked at it already.');
  const { person } = command.by;
  if (knows.samePerson(end.openedBy.id, person.id))
    throw new Refused('own', 'You went alone here, so somebody else looks at it.');
  const { run = 0, step = '', try: number = 1 } = end.opened;
  const from = tryAt(draft, { run, step, try: number })?.one.planned?.from ?? [];
  if (!knows.mayApprove(command.by, from))
    throw new Refused('rights', `Only ${groupsInWords(from)} can say that.`);
  const reason = what.reason?.trim() ?? '';
  if (!what.agrees && reason === '')
    throw new Refused('reason', 'Give a short reason; it goes into the report.');
  const why = reason === '' ? '.' : `: ${reason}`;
  const says = `${person.name} has seen it and ${what.agrees ? 'agrees' : 'does not agree'}${why}`;
  emit(draft, 'loose_end_settled', { id: end.id, state: 'gone', says });
  if (what.agrees) return;
  const text = `Talk about what was decided alone. ${end.opened.title}. ${says}`;
  emit(draft, 'follow_up_added', { id: `F${end.id}`, text, from: end.opened.title });
}
