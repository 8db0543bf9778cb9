/** Nothing can look whether it is still there: two people say that it is gone. */
import type { LeftWhat } from '../commands/left.ts';
import { type Draft, emit } from '../draft.ts';
import { canBeLookedFor } from '../loose-end.ts';
import { Refused } from '../refused.ts';
import { clause } from '../sentence.ts';
import { leftNow, reasonOf } from './keeping.ts';
import { needs } from './rights.ts';

/** Where something can look, a person's word is not enough (design/report.md, Loose ends 1). */
export function sayGone(draft: Draft, what: Extract<LeftWhat, { do: 'say gone' }>): void {
  needs(draft, 'operate', 'say that it is gone');
  const end = leftNow(draft, what.looseEnd);
  if (end.opened.kind === 'approval-alone')
    throw new Refused('not-now', 'What was decided alone is looked at by a second person.');
  if (canBeLookedFor(end))
    throw new Refused('probe', 'This can be looked at: press Check again, and it is gone when it is.');
  const says = reasonOf(what.says);
  const { waits, id } = end;
  const { person } = draft.command.by;
  if (waits?.for !== 'gone') {
    emit(draft, 'loose_end_gone_said', { id, says });
    draft.says = 'Somebody else has to say so too.';
    return;
  }
  if (draft.knows.samePerson(waits.by.id, person.id))
    throw new Refused('own', 'You have said so already. Somebody else has to look as well.');
  emit(draft, 'loose_end_settled', {
    id,
    state: 'gone',
    says: `${waits.by.name} says: ${clause(waits.says)}. ${person.name} says: ${clause(says)}.`,
    second: person,
  });
}
