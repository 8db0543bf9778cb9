/** Times as people type them in the middle of an incident, understood in the incident's zone. */
import { DateTime } from 'luxon';
import {
  dayOf,
  type Frame,
  hasBeen,
  likeliest,
  momentsOn,
  noMoment,
  withName,
} from './time-words/moments.ts';
import { spansOf } from './time-words/range.ts';
import { type TypedClock, typedClock } from './time-words/typed-clock.ts';
import { offsetWords, otherInstant } from './time-words/wall-clock.ts';

export interface UnderstoodTime {
  /** ms since 1970, UTC. */
  readonly at: number;
  /** The end of a range. */
  readonly until?: number;
  readonly precision: 'exact' | 'about';
}

export type TimeWords =
  /** `time` is undefined when the text does not begin with a time; `rest` is what follows it. */
  | { readonly ok: true; readonly time?: UnderstoodTime; readonly rest: string }
  | { readonly ok: false; readonly says: string };

const ago = /^(?:(\d{1,4})|an?)\s*(minutes?|mins?|m|hours?|hrs?|h)\s+ago\b/i;
const between = /^\s*(?:to|until|till|-|–|—)\s*/i;

/**
 * Takes the time at the beginning of a text: `10:15`, `yesterday 23:50`, `2:00ish`, `1:30(ish)`, `10:30 to 11:54`,
 * `2 pm`, `2024-01-10 09:34`, `01:30 PST`, `01:30 UTC-08:00`, `20 minutes ago`, `now`. A number alone is no time
 * ("3 pods are down"). A text without a time is left whole. Refused, in words: a time that has not been yet, an hour
 * that no day has, a range that ends first. Of the two times of the hour that comes twice in autumn the later one that
 * has been is taken, unless the offset is written.
 */
export function leadingTime(text: string, frame: Frame): TimeWords {
  const trimmed = text.trim();
  const now = /^now\b[,:]?\s*/i.exec(trimmed);
  if (now)
    return { ok: true, time: { at: frame.now, precision: 'exact' }, rest: trimmed.slice(now[0].length) };
  const back = ago.exec(trimmed);
  if (back) {
    const unit = /^h/i.test(back[2] ?? '') ? 3_600_000 : 60_000;
    const at = frame.now - Number(back[1] ?? 1) * unit;
    return { ok: true, time: { at, precision: 'about' }, rest: restAfter(trimmed, back[0].length) };
  }
  const first = read(trimmed, frame);
  if (first === undefined) return { ok: true, rest: trimmed };
  if ('says' in first) return { ok: false, says: first.says };
  const tail = trimmed.slice(first.length);
  const dash = between.exec(tail);
  const second = dash ? read(tail.slice(dash[0].length), frame) : undefined;
  if (second && 'says' in second) return { ok: false, says: second.says };
  if (dash && second) {
    const range = spanOf(first, second, frame);
    if ('says' in range) return { ok: false, says: range.says };
    return {
      ok: true,
      time: { ...range, precision: first.about || second.about ? 'about' : 'exact' },
      rest: restAfter(trimmed, first.length + dash[0].length + second.length),
    };
  }
  const one = momentOf(first, frame);
  if ('says' in one) return { ok: false, says: one.says };
  return {
    ok: true,
    time: { at: one.at, precision: first.about ? 'about' : 'exact' },
    rest: restAfter(trimmed, first.length),
  };
}

/** A field that holds a time and nothing else; empty is now. */
export function onlyTime(
  text: string,
  frame: Frame,
): { readonly ok: true; readonly time: UnderstoodTime } | { readonly ok: false; readonly says: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { ok: true, time: { at: frame.now, precision: 'exact' } };
  const found = leadingTime(trimmed, frame);
  if (!found.ok) return found;
  if (found.time === undefined || found.rest !== '')
    return { ok: false, says: 'This is no time. Write it as 10:15, yesterday 23:50 or 20 minutes ago.' };
  return { ok: true, time: found.time };
}

/**
 * What was understood, in the same zone: `10:15`, `about 10:15`, `10:30 to 11:54`, with its day when that is not today.
 * In the hour that comes twice it says which one, and how the other one is written. Typed again it is the same instant.
 */
export function timeWords(time: UnderstoodTime, frame: Frame): string {
  const { zone } = frame;
  const of = (at: number, near: number): string => {
    const moment = DateTime.fromMillis(at, { zone });
    const sameDay = moment.hasSame(DateTime.fromMillis(near, { zone }), 'day');
    const words = moment.toFormat(sameDay ? 'HH:mm' : 'yyyy-LL-dd HH:mm');
    return otherInstant(at, zone) === undefined ? words : `${words} ${offsetWords(at, zone)}`;
  };
  const words = of(time.at, frame.now);
  const until = time.until === undefined ? '' : ` to ${of(time.until, time.at)}`;
  const other = time.until === undefined ? otherInstant(time.at, zone) : undefined;
  const which = other === undefined ? '' : other < time.at ? 'earlier' : 'later';
  const twice = other === undefined ? '' : `; it came twice: the ${which} one is ${of(other, frame.now)}`;
  return `${time.precision === 'about' ? 'about ' : ''}${words}${until} (${zone}${twice})`;
}

type Says = { readonly says: string };

function read(text: string, frame: Frame): TypedClock | Says | undefined {
  const clock = typedClock(text);
  if (clock === undefined || 'says' in clock) return clock;
  if (dayOf(clock, frame.now, frame) === undefined)
    return { says: `There is no ${clock.day ?? 'such day'}. Write a day as 2024-01-10.` };
  return withName(clock, text, frame);
}

function momentOf(clock: TypedClock, frame: Frame): { readonly at: number } | Says {
  const day = dayOf(clock, frame.now, frame);
  const moments = day ? momentsOn(clock, clock.hour, day, frame) : [];
  const at = likeliest(moments, frame);
  if (at === undefined) return { says: day ? noMoment(clock, day, frame) : 'There is no such day.' };
  return hasBeen(at, frame) ? { at } : { says: notYet(clock, frame) };
}

function spanOf(
  first: TypedClock,
  second: TypedClock,
  frame: Frame,
): { readonly at: number; readonly until: number } | Says {
  const spans = spansOf(first, second, frame);
  const span = spans.find(({ until }) => hasBeen(until, frame));
  if (span) return { at: span.from, until: span.until };
  const begins = momentOf(first, frame);
  if ('says' in begins) return begins;
  if (spans.length > 0) return { says: notYet(second, frame) };
  const day = dayOf(second, begins.at, frame);
  if (day && momentsOn(second, second.hour, day, frame).length === 0)
    return { says: noMoment(second, day, frame) };
  return { says: 'The range ends before it begins. Write the earlier time first.' };
}

function notYet({ typed, day }: TypedClock, { zone, now }: Frame): string {
  const clockNow = DateTime.fromMillis(now, { zone }).toFormat('HH:mm');
  const meant =
    day === undefined ? ` If you mean yesterday, write: yesterday ${typed.replace(/^at\s+/i, '')}.` : '';
  return `${typed} has not been yet: it is ${clockNow} in ${zone}.${meant}`;
}

function restAfter(text: string, length: number): string {
  return text.slice(length).replace(/^\s*[,:–—-]?\s*/, '');
}
