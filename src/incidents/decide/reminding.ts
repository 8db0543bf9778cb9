/** The time until which something was kept is over: its owner is asked, a day later everybody. Nothing is undone by itself. */
import type { LeftWhat } from '../commands/left.ts';
import { type Draft, emit } from '../draft.ts';
import { byUrgency } from '../left-words.ts';
import { Refused } from '../refused.ts';

/** A deadline. Those that were kept anew since then, moved or seen to be gone have another time, or none. */
export function remind(draft: Draft, { due, asks }: Extract<LeftWhat, { do: 'remind' }>): void {
  const { incident, command } = draft;
  if (command.by.person.id !== 'bot')
    throw new Refused('rights', 'People are asked when the time is over, and not before.');
  const ids = byUrgency(incident.looseEnds.values())
    .filter(({ state, keptUntil }) => keptUntil === due && state !== 'gone' && state !== 'moved')
    .map(({ id }) => id);
  if (ids.length > 0) emit(draft, 'ends_reminded', { ids, asks, since: due });
}
