/** Decides what is to be done after the incident: added by people, changed, dropped with a reason. */
import type { ReportWhat } from '../commands/report.ts';
import { isDay } from '../day-words.ts';
import { type Draft, emit } from '../draft.ts';
import { Refused } from '../refused.ts';
import { needs } from './rights.ts';
import { writtenText } from './written-text.ts';

type Of<K extends ReportWhat['do']> = Extract<ReportWhat, { do: K }>;

/** Characters; one item of a list, not a section. */
const LONGEST = 1000;

/** Its id is made of the version it is written in, so that no dropped one's id comes back. */
export function addFollowUp(draft: Draft, what: Of<'add follow-up'>): void {
  needs(draft, 'observe', 'write follow-ups');
  const { owner, dueOn, link, doneWhen } = what;
  const text = writtenText(what.text, LONGEST, 'Say what is to be done.');
  const same = [...draft.incident.followUps.values()].find((one) => one.text === text);
  if (same) throw new Refused('same', `That is a follow-up already: ${same.id}. Change it there.`);
  const id = `P${draft.incident.version + 1}`;
  emit(draft, 'follow_up_added', {
    id,
    text,
    ...(owner ? { owner } : {}),
    ...(dueOn === undefined ? {} : { dueOn: dayOf(dueOn) }),
    ...(link === undefined ? {} : { link: linkOf(link) }),
    ...(doneWhen?.trim() ? { doneWhen: writtenText(doneWhen, LONGEST, '') } : {}),
  });
  draft.says = `Follow-up ${id} is written down.`;
}

/** Only what is given changes. One that was dropped stays in the record and is changed no more. */
export function changeFollowUp(draft: Draft, what: Of<'change follow-up'>): void {
  needs(draft, 'observe', 'change follow-ups');
  const { do: _, id, text, owner, dueOn, link, doneWhen, dropped } = what;
  const known = draft.incident.followUps.get(id);
  if (!known) throw new Refused('no-follow-up', 'There is no such follow-up any more.');
  if (dropped !== undefined) {
    const reason = writtenText(
      dropped,
      LONGEST,
      'Say why nobody will do it; the reason stays in the record.',
    );
    emit(draft, 'follow_up_changed', { id, dropped: reason });
    draft.says = `Follow-up ${id} is dropped.`;
    return;
  }
  const given = {
    ...(text === undefined ? {} : { text: writtenText(text, LONGEST, 'Say what is to be done.') }),
    ...(owner ? { owner } : {}),
    ...(dueOn === undefined ? {} : { dueOn: dayOf(dueOn) }),
    ...(link === undefined ? {} : { link: linkOf(link) }),
    ...(doneWhen === undefined ? {} : { doneWhen: writtenText(doneWhen, LONGEST, 'Say how one can tell.') }),
  };
  const changed = Object.entries(given).filter(([field, value]) => {
    const before: unknown = known[field as keyof typeof known];
    return JSON.stringify(before) !== JSON.stringify(value);
  });
  if (changed.length === 0) {
    draft.says = `Follow-up ${id} says that already.`;
    return;
  }
  emit(draft, 'follow_up_changed', { id, ...Object.fromEntries(changed) });
  draft.says = `Follow-up ${id} is changed.`;
}

function dayOf(day: string): string {
  if (!isDay(day)) throw new Refused('day', `There is no day ${day.slice(0, 40)}. Write it as 2026-12-01.`);
  return day;
}

/** A web address without a login in it: reports are copied. */
function linkOf(link: string): string {
  const typed = link.trim();
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || typed.length > 1000 || /[\s<>|]/.test(typed))
    throw new Refused('link', 'A link begins with https:// or http://.');
  if (url.username !== '' || url.password !== '')
    throw new Refused('link', 'This link holds a login. Write it without the part before the @.');
  return typed;
}
