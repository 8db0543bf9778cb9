/** Times that are still to come, as people type them: until when something is kept. In the incident's zone. */
import { DateTime } from 'luxon';
import { parseDuration } from '../runbooks/duration.ts';
import type { Frame } from './time-words/moments.ts';
import { typedClock } from './time-words/typed-clock.ts';
import { type Day, instantAt, instantsOf } from './time-words/wall-clock.ts';

/** ms since 1970, or why not, in words. */
export type ComingTime =
  | { readonly ok: true; readonly at: number }
  | { readonly ok: false; readonly says: string };

/** When people are asked who gave no time: the next morning. */
export const DEFAULT_UNTIL = 'tomorrow 10:00';

const WHICH =
  'Write a time that is still to come: tomorrow 10:00, friday, friday 14:00, 2026-12-01, in 2 hours or in 3 days.';
/** A day without a time of day: when people are at work. */
const MORNING = { hour: 10, minute: 0 };
/** Longer than anything that is left behind for a while. */
const LONGEST_YEARS = 5;

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const dayWord = new RegExp(
  `^(?:on\\s+|until\\s+)?(?<next>next\\s+)?(?<day>today|tomorrow|${weekdays.join('|')}|mon|tue|wed|thu|fri|sat|sun|week|\\d{4}-\\d{2}-\\d{2})(?=$|[\\s,]|T\\d)[\\s,T]*`,
  'i',
);
const length = /^in\s+(?<many>\d{1,4}|an?|one)\s*(?<unit>minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)$/i;
const minutesIn = { m: 1, h: 60 } as const;

/**
 * `tomorrow 10:00`, `tomorrow`, `18:00` (the next one), `friday`, `next friday 14:00`, `2026-12-01`, `in 2 hours`,
 * `in 3 days`, `2h`. A day alone is 10:00. Of the two times of the hour that comes twice in autumn the earlier one is
 * taken. Refused, in words: what has been already, an hour that day does not have, anything else.
 */
export function comingTime(text: string, frame: Frame): ComingTime {
  const typed = text.trim().replace(/^until\s+/i, '');
  const found = understood(typed, frame);
  if (found === undefined) return { ok: false, says: `“${typed.slice(0, 60)}” is not understood. ${WHICH}` };
  if (typeof found === 'object') return { ok: false, says: found.says };
  if (found <= frame.now)
    return { ok: false, says: `That has been already: ${comingWords(found, frame.zone)}. ${WHICH}` };
  if (found > DateTime.fromMillis(frame.now).plus({ years: LONGEST_YEARS }).toMillis())
    return { ok: false, says: `That is more than ${LONGEST_YEARS} years from now. ${WHICH}` };
  return { ok: true, at: found };
}

/** What was understood, for people: `Sunday 2026-11-22 10:00 (Europe/Berlin)`. */
export const comingWords = (at: number, zone: string): string =>
  `${DateTime.fromMillis(at, { zone }).setLocale('en').toFormat('cccc yyyy-LL-dd HH:mm')} (${zone})`;

/** As it is recorded and listed: `2026-11-22 10:00`, in the incident's zone. */
export const untilText = (at: number, zone: string): string =>
  DateTime.fromMillis(at, { zone }).toFormat('yyyy-LL-dd HH:mm');

type Says = { readonly says: string };

function understood(typed: string, frame: Frame): number | Says | undefined {
  if (typed === '') return undefined;
  const from = length.exec(typed)?.groups;
  if (from) return after(from, frame);
  const short = parseDuration(typed.toLowerCase());
  if (short !== undefined) return frame.now + short;
  const found = dayWord.exec(typed);
  const groups = found?.groups;
  const rest = typed.slice(found?.[0].length ?? 0).trim();
  const today = dayOf(DateTime.fromMillis(frame.now, { zone: frame.zone }));
  if (groups?.day === undefined) return nextAt(rest, today, frame);
  const day = namedDay(groups.day.toLowerCase(), groups.next !== undefined, frame);
  if (day === undefined) return { says: `There is no day ${groups.day}. Write it as 2026-12-01.` };
  if (rest === '') return /^today$/i.test(groups.day) ? undefined : momentOn(day, MORNING, frame);
  const clock = timeOfDay(rest);
  return clock === undefined || 'says' in clock ? clock : momentOn(day, clock, frame);
}

function after(groups: Record<string, string | undefined>, frame: Frame): number {
  const many = /^\d+$/.test(groups.many ?? '') ? Number(groups.many) : 1;
  const unit = (groups.unit ?? 'm').charAt(0).toLowerCase();
  if (unit === 'm' || unit === 'h') return frame.now + many * minutesIn[unit] * 60_000;
  // A day is a day of the calendar: the same time of day, also where the clocks change between.
  const days = unit === 'w' ? many * 7 : many;
  return DateTime.fromMillis(frame.now, { zone: frame.zone }).plus({ days }).toMillis();
}

/** A time of day alone: the next one. */
function nextAt(rest: string, today: Day, frame: Frame): number | Says | undefined {
  const clock = timeOfDay(rest);
  if (clock === undefined || 'says' in clock) return clock;
  const at = momentOn(today, clock, frame);
  if (typeof at === 'number' && at > frame.now) return at;
  return momentOn(dayAfter(today, 1), clock, frame);
}

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly offset?: number;
}

function timeOfDay(rest: string): TimeOfDay | Says | undefined {
  const clock = typedClock(rest);
  if (clock === undefined || 'says' in clock) return clock;
  return clock.day !== undefined || clock.length !== rest.length ? undefined : clock;
}

function momentOn(day: Day, { hour, minute, offset }: TimeOfDay, { zone }: Frame): number | Says {
  if (offset !== undefined) return instantAt(day, hour, minute, offset);
  const [at] = instantsOf(day, hour, minute, zone);
  return at ?? { says: `That time does not exist on that day in ${zone}: the clocks go forward.` };
}

function namedDay(word: string, next: boolean, { zone, now }: Frame): Day | undefined {
  const today = DateTime.fromMillis(now, { zone });
  if (word === 'today') return dayOf(today);
  if (word === 'tomorrow') return dayAfter(dayOf(today), 1);
  if (word === 'week') return next ? dayAfter(dayOf(today), 8 - today.weekday) : undefined;
  const weekday = weekdays.findIndex((name) => name.startsWith(word.slice(0, 3)));
  if (!/^\d/.test(word) && weekday >= 0) {
    // Said on a Friday, "friday" is the one in a week.
    const ahead = (weekday + 1 - today.weekday + 7) % 7 || 7;
    return dayAfter(dayOf(today), ahead);
  }
  const date = DateTime.fromISO(word, { zone });
  return date.isValid ? dayOf(date) : undefined;
}

const dayOf = ({ year, month, day }: DateTime): Day => ({ year, month, day });

function dayAfter({ year, month, day }: Day, days: number): Day {
  return dayOf(DateTime.utc(year, month, day).plus({ days }));
}
