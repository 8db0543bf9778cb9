/** One time of day as it is typed, with what stands around it: its day, am or pm, about, its offset from UTC. */

/** Not yet an instant: that needs a zone and what stood before it. */
export interface TypedClock {
  /** 0 to 23; of a clock of twelve hours as it was typed, unless `half` says which half of the day. */
  readonly hour: number;
  readonly minute: number;
  /** `am` or `pm` was typed; the hour is of 24 hours then. */
  readonly half?: 'am' | 'pm';
  /** May be of a clock of twelve hours: 1 to 12, without a zero before it. */
  readonly twelve: boolean;
  /** `today`, `yesterday` or a date. */
  readonly day?: string;
  readonly about: boolean;
  /** Minutes east of UTC, when an offset was typed. */
  readonly offset?: number;
  /** Capitals that may be the name of a zone, such as PST; the caller knows whether they are. */
  readonly name?: { readonly word: string; readonly length: number };
  /** Characters taken, without `name`. */
  readonly length: number;
  /** Those characters. */
  readonly typed: string;
}

const about = String.raw`(?<about>~|(?:about|around|approx\.?|ca\.?)\s+)?`;
const dayBefore = String.raw`(?:(?<day>today|yesterday|\d{4}-\d{2}-\d{2})(?:\s+|T|,\s*)(?:at\s+)?)?`;
const ish = (name: string): string => String.raw`(?<${name}>\s*-?(?:ish|\(ish\)))?`;
const clock = String.raw`(?<hour>\d{1,2})(?::(?<minute>\d{2}))?${ish('ish')}\s*(?<half>[ap]\.?m\.?)?${ish('ish2')}`;
const begins = new RegExp(
  // After a time there may be a Z, and no other letter, digit or unit.
  `^(?:at\\s+)?${about}${dayBefore}${about.replace('about>', 'about2>')}${clock}(?=Z(?!\\w)|(?![\\w%/]|[:.]\\d))`,
  'i',
);
const utc = /^(?:\s*(?:UTC|GMT)(?:\s?(?<sign>[+−-])(?<hours>\d{1,2})(?::?(?<minutes>\d{2}))?)?|Z)(?![\w:.])/;
const capitals = /^\s*([A-Z]{3,5})(?!\w)/;

/** Nothing when the text does not begin with a time: a number alone is none. Refused in words: an hour no day has. */
export function typedClock(text: string): TypedClock | { readonly says: string } | undefined {
  const found = begins.exec(text);
  const groups = found?.groups;
  if (!found || !groups) return undefined;
  const { minute, day } = groups;
  const half = groups.half === undefined ? undefined : /^p/i.test(groups.half) ? 'pm' : 'am';
  if (minute === undefined && half === undefined) return undefined;
  const words = groups.hour ?? '';
  const hour = hourOf(Number(words), half);
  if (hour === undefined || Number(minute ?? 0) > 59)
    return { says: `No day has a ${found[0].trim()}. Write it as 10:15 or 22:15.` };
  const tail = text.slice(found[0].length);
  const offset = utc.exec(tail);
  const minutes = offset ? offsetOf(offset.groups ?? {}) : undefined;
  if (offset && minutes === undefined)
    return { says: `No clock is at${offset[0].replace(/^\s*/, ' ')}. Write an offset as UTC-08:00.` };
  const name = offset ? undefined : capitals.exec(tail);
  const length = found[0].length + (offset?.[0].length ?? 0);
  return {
    hour,
    minute: Number(minute ?? 0),
    ...(half === undefined ? {} : { half }),
    twelve: half === undefined && !words.startsWith('0') && hour >= 1 && hour <= 12,
    ...(day === undefined ? {} : { day }),
    about: [groups.about, groups.about2, groups.ish, groups.ish2].some((word) => word !== undefined),
    ...(minutes === undefined ? {} : { offset: minutes }),
    ...(name?.[1] === undefined ? {} : { name: { word: name[1], length: name[0].length } }),
    length,
    typed: text.slice(0, length).trim(),
  };
}

function hourOf(hour: number, half: 'am' | 'pm' | undefined): number | undefined {
  if (half === undefined) return hour <= 23 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}

/** Zones are at most 14 hours from UTC, in quarters of an hour. */
function offsetOf(groups: Record<string, string | undefined>): number | undefined {
  if (groups.sign === undefined) return 0;
  const minutes = Number(groups.hours) * 60 + Number(groups.minutes ?? 0);
  if (minutes > 14 * 60 || minutes % 15 !== 0) return undefined;
  return groups.sign === '+' ? minutes : -minutes;
}
