/** People keep what is left: with a reason, somebody who looks after it, and the time at which they are asked again. */

import { comingTime, comingWords, DEFAULT_UNTIL, untilText } from '../coming-time.ts';
import type { LeftWhat } from '../commands/left.ts';
import { type Draft, emit } from '../draft.ts';
import type { Person } from '../events.ts';
import { byUrgency } from '../left-words.ts';
import { isAmongTheRest, type LooseEnd } from '../loose-end.ts';
import { Refused } from '../refused.ts';
import { needs } from './rights.ts';

type Ask<D extends LeftWhat['do']> = Extract<LeftWhat, { do: D }>;

/** One thing. Personal data and access wait for a second person (design/report.md, Loose ends 3). */
export function keep(draft: Draft, what: Ask<'keep'>): void {
  needs(draft, 'operate', 'keep what is left');
  const end = leftNow(draft, what.looseEnd);
  const says = reasonOf(what.reason);
  const { owner } = what;
  // What was decided alone stays in nobody's way: there is nothing to be asked about at a time.
  if (end.opened.kind === 'approval-alone')
    return emit(draft, 'loose_end_settled', { id: end.id, state: 'accepted', says, owner });
  const until = timeOf(draft, what.until);
  if (end.opened.sensitivity === undefined) {
    emit(draft, 'loose_end_settled', { id: end.id, state: 'accepted', says, owner, ...until });
    draft.says = `Kept until ${whenWords(draft, until)}. ${owner.name} is asked then.`;
    return;
  }
  emit(draft, 'loose_end_keep_asked', { id: end.id, reason: says, owner, ...until });
  draft.says = `Somebody else who may approve has to agree that it is kept until ${whenWords(draft, until)}.`;
}

/** The second person, for personal data and access. */
export function agreeKeep(draft: Draft, { looseEnd, asked }: Ask<'agree keep'>): void {
  const end = leftNow(draft, looseEnd);
  const { waits, keepAsked } = end;
  if (waits?.for !== 'keep' || !keepAsked)
    throw new Refused('not-asked', 'Nobody waits for this to be kept any more.');
  if (asked !== undefined && asked !== waits.at)
    throw new Refused('changed', `${waits.by.name} asked anew meanwhile. Look at it, and agree there.`);
  const { by } = draft.command;
  if (draft.knows.samePerson(waits.by.id, by.person.id))
    throw new Refused('own', 'You want to keep it yourself, so somebody else has to agree.');
  if (!by.levels.includes('approve') && !by.levels.includes('admin'))
    needs(draft, 'approve', 'agree to that');
  const { reason, owner, until, untilAt } = keepAsked;
  if (untilAt !== undefined && untilAt <= draft.command.now)
    throw new Refused('expired', `It was to be kept until ${until}, and that is over. Keep it again.`);
  emit(draft, 'loose_end_settled', {
    id: end.id,
    state: 'accepted',
    says: reason,
    owner,
    until,
    second: by.person,
    ...(untilAt === undefined ? {} : { untilAt }),
  });
}

/** Everything that one person's word is enough for, in one press; by default its owner is the lead. */
export function keepRest(draft: Draft, what: Ask<'keep rest'>): void {
  needs(draft, 'operate', 'keep what is left');
  const { incident, command } = draft;
  const rest = byUrgency(incident.looseEnds.values()).filter(isAmongTheRest);
  if (rest.length === 0) throw new Refused('gone', 'There is nothing left that waits to be kept.');
  const says = reasonOf(what.reason);
  const until = timeOf(draft, what.until ?? DEFAULT_UNTIL);
  const owner: Person = what.owner ?? incident.roles.get('lead') ?? command.by.person;
  for (const { id } of rest)
    emit(draft, 'loose_end_settled', { id, state: 'accepted', says, owner, ...until });
  const many = rest.length === 1 ? 'One is' : `${rest.length} are`;
  draft.says = `${many} kept until ${whenWords(draft, until)}. ${owner.name} is asked then.`;
}

/** @throws Refused when it is not left behind any more */
export function leftNow({ incident }: Draft, id: string): LooseEnd {
  const end = incident.looseEnds.get(id);
  if (!end || end.state === 'gone') throw new Refused('gone', 'This is not left behind any more.');
  return end;
}

export function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason === '') throw new Refused('reason', 'Give a short reason; it goes into the report.');
  return reason;
}

interface Until {
  readonly until: string;
  readonly untilAt: number;
}

/** In the incident's own zone, whoever typed it where. */
export function timeOf({ incident, command }: Draft, typed: string): Until {
  const { zone } = incident.declared;
  const found = comingTime(typed, { zone, now: command.now });
  if (!found.ok) throw new Refused('until', found.says);
  return { until: untilText(found.at, zone), untilAt: found.at };
}

const whenWords = ({ incident }: Draft, { untilAt }: Until): string =>
  comingWords(untilAt, incident.declared.zone);
