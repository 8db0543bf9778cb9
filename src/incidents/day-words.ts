/** Days to come as people type them, understood in the incident's zone: `friday`, `in two weeks`, `2026-12-01`. */
import { DateTime } from 'luxon';
import type { Frame } from './time-words/moments.ts';

export type DayWords =
  /** `2026-12-01` */
  { readonly ok: true; readonly day: string } | { readonly ok: false; readonly says: string };

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const numbers = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

const weekday = String.raw`(?:(?<next>next)\s+|this\s+|on\s+)?(?<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)`;
const month = String.raw`(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`;
const nth = String.raw`\d{1,2}(?:st|nd|rd|th)?`;
const shapes = [
  String.raw`(?<date>\d{4}-\d{1,2}-\d{1,2})`,
  '(?<today>today)',
  '(?<tomorrow>tomorrow)',
  weekday,
  String.raw`in\s+(?<count>\d{1,3}|an?|${numbers.slice(1).join('|')})\s+(?<unit>day|week|month)s?`,
  String.raw`(?:the\s+)?end\s+of\s+(?:the\s+|this\s+)?(?<end>week|month|year)`,
  `(?<month>${month})\\.?\\s+(?<dayOf>${nth})(?:,?\\s+(?<year>\\d{4}))?`,
  `(?<dayOf2>${nth})\\.?\\s+(?<month2>${month})\\.?(?:,?\\s+(?<year2>\\d{4}))?`,
];
/** Written as one pattern, so that a text can be searched for a day at its beginning. */
const begins = new RegExp(`^(?:${shapes.join('|')})(?![\\w-])`, 'i');

/** The day that the whole text means. Refused in words: what is no day, a day that has passed, one years ahead. */
export function dayFrom(text: string, frame: Frame): DayWords {
  const found = leadingDay(text.replace(/^\s*by\s+/i, '').trim(), frame);
  if (found === undefined || (found.ok && found.rest !== ''))
    return { ok: false, says: 'This is no day. Write it as friday, in two weeks or 2026-12-01.' };
  return found;
}

/** The day at the beginning of a text, and what stands behind it; undefined when it begins with none. */
export function leadingDay(
  text: string,
  frame: Frame,
): (Extract<DayWords, { ok: true }> & { readonly rest: string }) | { ok: false; says: string } | undefined {
  const match = begins.exec(text);
  const groups = match?.groups;
  if (!match || !groups) return undefined;
  const today = DateTime.fromMillis(frame.now, { zone: frame.zone }).startOf('day');
  const day = meant(groups, today);
  if (day === undefined || !day.isValid)
    return { ok: false, says: `There is no ${match[0]}. Write a day as 2026-12-01.` };
  const iso = day.toFormat('yyyy-LL-dd');
  if (day < today)
    return {
      ok: false,
      says: `${iso} has passed: today is ${today.toFormat('yyyy-LL-dd')} in ${frame.zone}.`,
    };
  if (day > today.plus({ years: 5 })) return { ok: false, says: `${iso} is more than five years away.` };
  return { ok: true, day: iso, rest: text.slice(match[0].length).replace(/^[\s.,;:]+/, '') };
}

function meant(groups: Record<string, string | undefined>, today: DateTime): DateTime | undefined {
  const { date, weekday: name, next, count, unit, end } = groups;
  if (date) {
    const [year, monthOf, day] = date.split('-').map(Number);
    return DateTime.fromObject({ year: year ?? 0, month: monthOf ?? 0, day: day ?? 0 }, { zone: today.zone });
  }
  if (groups.today) return today;
  if (groups.tomorrow) return today.plus({ days: 1 });
  if (name) {
    const wanted = weekdays.findIndex((one) => one.startsWith(name.toLowerCase().slice(0, 3))) + 1;
    // A week begins on Monday: "next friday" is the one of the week after this one.
    if (next) return today.startOf('week').plus({ weeks: 1, days: wanted - 1 });
    return today.plus({ days: (wanted - today.weekday + 7) % 7 });
  }
  if (count && unit) {
    const many = /^an?$/i.test(count)
      ? 1
      : /^\d/.test(count)
        ? Number(count)
        : numbers.indexOf(count.toLowerCase());
    return today.plus({ [`${unit.toLowerCase()}s`]: many });
  }
  if (end) {
    const whole = end.toLowerCase() as 'week' | 'month' | 'year';
    // Of a week the last day on which people work.
    return whole === 'week' ? meant({ weekday: 'friday' }, today) : today.endOf(whole).startOf('day');
  }
  const named = (groups.month ?? groups.month2)?.toLowerCase().slice(0, 3);
  const dayOf = Number.parseInt(groups.dayOf ?? groups.dayOf2 ?? '', 10);
  const year = groups.year ?? groups.year2;
  if (!named) return undefined;
  const at = (of: number): DateTime =>
    DateTime.fromObject({ year: of, month: months.indexOf(named) + 1, day: dayOf }, { zone: today.zone });
  if (year) return at(Number(year));
  // Without a year the next one that comes.
  return at(today.year) < today ? at(today.year + 1) : at(today.year);
}

/** `Friday 2026-11-27`: what was understood, said back. */
export function dayWords(day: string): string {
  const at = DateTime.fromISO(day, { zone: 'utc', locale: 'en' });
  return at.isValid ? at.toFormat('cccc yyyy-LL-dd') : day;
}

/** True for a day that a calendar has, written as `2026-12-01`. */
export const isDay = (day: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(day) && DateTime.fromISO(day, { zone: 'utc' }).isValid;
