/** Times of day, dates, zones and lengths of time as people write them in a report. */

export interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly half?: 'am' | 'pm';
  /** `09:34`, or an hour above 12: written for a clock of 24 hours. */
  readonly of24: boolean;
  readonly index: number;
  /** After the time and its am or pm. */
  readonly end: number;
}

const clock =
  /(?<![\d:.+/])(?<!(?:^|\D)-)([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?!\d|:\d)(?: ?([ap])\.?m\b\.?)?/gi;

function clockOf(match: RegExpMatchArray): Clock {
  const hour = Number(match[1]);
  const letter = match[3]?.toLowerCase();
  const index = match.index ?? 0;
  return {
    hour,
    minute: Number(match[2]),
    ...(letter === undefined ? {} : { half: letter === 'a' ? ('am' as const) : ('pm' as const) }),
    of24: letter === undefined && (hour > 12 || hour === 0 || match[1]?.startsWith('0') === true),
    index,
    end: index + match[0].length,
  };
}

/** Every time of day in the text, in order; offsets (`UTC-08:00`) and lengths (`+0:15`) are none. */
export function clocksIn(text: string): Clock[] {
  return [...text.matchAll(clock)].map(clockOf);
}

export function firstClock(text: string): Clock | undefined {
  for (const match of text.matchAll(clock)) return clockOf(match);
  return undefined;
}

/** Minutes since midnight as written; am and pm are counted in. */
export function minutesOf({ hour, minute, half }: Clock): number {
  const twelve = half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0);
  return twelve * 60 + minute;
}

const zones =
  /\b(?:UTC|GMT|[ECMP][SD]T|AK[SD]T|HST|CES?T|EES?T|WES?T|BST|IST|JST|KST|HKT|SGT|MSK|AWST|ACST|AES?T|AE[SD]T|NZ[SD]T|SAST)\b|\b\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z\b|[+-]\d\d:?\d\d\b)|\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\/[A-Z][A-Za-z_]+|\b(?:Pacific|Eastern|Central|Mountain|Atlantic|local) (?:standard |daylight )?time in [A-Z]|\b(?:Pacific|Eastern|Central|Mountain|Atlantic) (?:[Ss]tandard |[Dd]aylight )?[Tt]ime\b/;

export const namesZone = (text: string): boolean => zones.test(text);

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const month = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\.?';
const dates = new RegExp(
  [
    '\\b(\\d{4})-(\\d{2})-(\\d{2})(?!\\d)',
    `\\b${month} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})\\b`,
    `\\b(\\d{1,2})(?:st|nd|rd|th)?\\.? ${month},? (\\d{4})\\b`,
  ].join('|'),
  'i',
);

/** The first whole date in the text, as days since 1970; undefined when there is none, or no such day. */
export function dayIn(text: string): number | undefined {
  const found = dates.exec(text);
  if (!found) return undefined;
  const [, y1, m1, d1, m2, d2, y2, d3, m3, y3] = found;
  const named = (word: string): number => months.indexOf(word.slice(0, 3).toLowerCase());
  const [year, monthIndex, day] = y1
    ? [Number(y1), Number(m1) - 1, Number(d1)]
    : y2
      ? [Number(y2), named(m2 ?? ''), Number(d2)]
      : [Number(y3), named(m3 ?? ''), Number(d3)];
  const at = Date.UTC(year, monthIndex, day);
  const same = new Date(at);
  if (same.getUTCMonth() !== monthIndex || same.getUTCDate() !== day) return undefined;
  return Math.floor(at / 86_400_000);
}

const length =
  /\b\d+(?:[.,]\d+)?\s?(?:h|hrs?|hours?|mins?|minutes?|m|s|secs?|seconds?|days?|weeks?)\b|\b(?:an?|half an?|one|two|three|four|five|six|several|a few) (?:hour|minute|day|week|afternoon|morning|night)s?\b/i;

/** `5 h 6 min`, `an hour`, `3 days`. */
export const saysHowLong = (text: string): boolean => length.test(text);

/** `10:30 to 11:54`, or a length. */
export function saysSpan(text: string): boolean {
  if (saysHowLong(text)) return true;
  const all = clocksIn(text);
  return all.some((one, index) => {
    const next = all[index + 1];
    return (
      next !== undefined &&
      /^\W*(?:to|until|till|and|-|–|—)\W*(?:\d{4}-\d\d-\d\d )?$/i.test(text.slice(one.end, next.index))
    );
  });
}
