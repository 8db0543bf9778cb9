/** Times as people type them in the middle of an incident, understood in the incident's zone. */
import { DateTime } from 'luxon';

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

interface Frame {
  readonly zone: string;
  /** ms since 1970, UTC. */
  readonly now: number;
}

/** A clock that runs a little ahead is no future. */
const aheadMs = 2 * 60_000;

const about = String.raw`(?<about>~|(?:about|around|approx\.?|ca\.?)\s+)?`;
const dayBefore = String.raw`(?:(?<day>today|yesterday|\d{4}-\d{2}-\d{2})(?:\s+|T|,\s*)(?:at\s+)?)?`;
const clock = String.raw`(?<hour>\d{1,2})(?::(?<minute>\d{2}))?\s*(?<half>[ap]\.?m\.?)?(?<ish>\s*-?ish)?`;
const begins = new RegExp(
  `^(?:at\\s+)?${about}${dayBefore}${about.replace('about>', 'about2>')}${clock}(?![\\w%/]|[:.]\\d)`,
  'i',
);
const ago = /^(?:(\d{1,4})|an?)\s*(minutes?|mins?|m|hours?|hrs?|h)\s+ago\b/i;
const between = /^\s*(?:to|until|till|-|–|—)\s*/i;

/**
 * Takes the time at the beginning of a text: `10:15`, `yesterday 23:50`, `2:00ish`, `10:30 to 11:54`, `2 pm`,
 * `2024-01-10 09:34`, `20 minutes ago`, `now`. A number alone is no time ("3 pods are down"). A text without a time
 * is left whole. Refused, in words: a time that has not been yet, an hour that no day has, a range that ends first.
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
  const second = dash ? read(tail.slice(dash[0].length), frame, first.at) : undefined;
  if (dash && second && 'says' in second) return { ok: false, says: second.says };
  const future = notYet(trimmed.slice(0, first.length), first, frame);
  if (future) return { ok: false, says: future };
  if (dash && second && !('says' in second)) {
    const words = tail.slice(dash[0].length, dash[0].length + second.length);
    const late = notYet(words, second, frame);
    if (late) return { ok: false, says: late };
    if (second.at < first.at)
      return { ok: false, says: 'The range ends before it begins. Write the earlier time first.' };
    const length = first.length + dash[0].length + second.length;
    const precision = first.about || second.about ? 'about' : 'exact';
    return {
      ok: true,
      time: { at: first.at, until: second.at, precision },
      rest: restAfter(trimmed, length),
    };
  }
  const precision = first.about ? 'about' : 'exact';
  return { ok: true, time: { at: first.at, precision }, rest: restAfter(trimmed, first.length) };
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

/** What was understood, in the same zone: `10:15`, `about 10:15`, `10:30 to 11:54`, with its day when that is not today. */
export function timeWords(time: UnderstoodTime, frame: Frame): string {
  const at = DateTime.fromMillis(time.at, { zone: frame.zone });
  const today = DateTime.fromMillis(frame.now, { zone: frame.zone });
  const of = (moment: DateTime, near: DateTime): string =>
    moment.hasSame(near, 'day') ? moment.toFormat('HH:mm') : moment.toFormat('yyyy-LL-dd HH:mm');
  const words = of(at, today);
  const until =
    time.until === undefined ? '' : ` to ${of(DateTime.fromMillis(time.until, { zone: frame.zone }), at)}`;
  return `${time.precision === 'about' ? 'about ' : ''}${words}${until} (${frame.zone})`;
}

interface Read {
  readonly at: number;
  readonly length: number;
  readonly about: boolean;
  readonly dayGiven: boolean;
}

/** `after`: the beginning of a range; its end is on the same day, or on the next one when it would come first. */
function read(
  text: string,
  { zone, now }: Frame,
  after?: number,
): Read | { readonly says: string } | undefined {
  const found = begins.exec(text);
  const groups = found?.groups;
  if (!found || !groups) return undefined;
  const { minute, half } = groups;
  if (minute === undefined && half === undefined) return undefined;
  const typed = found[0].trim();
  const hour = hourOf(Number(groups.hour), half);
  if (hour === undefined || Number(minute ?? 0) > 59)
    return { says: `No day has a ${typed}. Write it as 10:15 or 22:15.` };
  const base = dayOf(groups.day, after ?? now, now, zone);
  if (base === undefined)
    return { says: `There is no ${groups.day ?? 'such day'}. Write a day as 2024-01-10.` };
  let at = base.set({ hour, minute: Number(minute ?? 0), second: 0, millisecond: 0 });
  if (at.hour !== hour)
    return { says: `${typed} did not exist on that day in ${zone}: the clocks went forward.` };
  if (after !== undefined && groups.day === undefined && at.toMillis() < after) at = at.plus({ days: 1 });
  const isAbout = [groups.about, groups.about2, groups.ish].some((word) => word !== undefined);
  return { at: at.toMillis(), length: found[0].length, about: isAbout, dayGiven: groups.day !== undefined };
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour <= 23 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (/^p/i.test(half) ? 12 : 0);
}

function dayOf(word: string | undefined, near: number, now: number, zone: string): DateTime | undefined {
  const at = (ms: number): DateTime => DateTime.fromMillis(ms, { zone });
  if (word === undefined) return at(near);
  if (/^today$/i.test(word)) return at(now);
  if (/^yesterday$/i.test(word)) return at(now).minus({ days: 1 });
  const day = DateTime.fromISO(word, { zone });
  return day.isValid ? day : undefined;
}

function notYet(typed: string, time: Read, { zone, now }: Frame): string | undefined {
  if (time.at <= now + aheadMs) return undefined;
  const clockNow = DateTime.fromMillis(now, { zone }).toFormat('HH:mm');
  const meant = time.dayGiven
    ? ''
    : ` If you mean yesterday, write: yesterday ${typed.trim().replace(/^at\s+/i, '')}.`;
  return `${typed.trim()} has not been yet: it is ${clockNow} in ${zone}.${meant}`;
}

function restAfter(text: string, length: number): string {
  return text.slice(length).replace(/^\s*[,:–—-]?\s*/, '');
}
