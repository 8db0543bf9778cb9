// Words for moments, in the zone of the person who looks: Slack's `<!date^...>` tokens, days and times of messages.

const day = 86_400_000;

/** Making a formatter is slow, and a channel shows hundreds of times. */
const made = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const found = made.get(key) ?? new Intl.DateTimeFormat(locale, options);
  made.set(key, found);
  return found;
}

const parts = (at: Date, zone: string, options: Intl.DateTimeFormatOptions): string =>
  formatter('en-GB', { timeZone: zone, ...options })
    .format(at)
    .replace(',', '');

/** The moment of a message's ts, "seconds.microseconds". */
export const dateOf = (ts: string): Date => new Date(Number(ts) * 1000);

/** The calendar day in the zone, as `2026-11-20`. */
export const dayOf = (at: Date, zone: string): string =>
  formatter('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at);

export const timeOf = (at: Date, zone: string): string =>
  parts(at, zone, { hour: '2-digit', minute: '2-digit' });

export const fullTimeOf = (at: Date, zone: string): string =>
  parts(at, zone, { dateStyle: 'full', timeStyle: 'long' });

/** "Today", "Yesterday", or the day in words; the year only where it is another one. */
export function dayWords(at: Date, zone: string, now: Date): string {
  const that = dayOf(at, zone);
  if (that === dayOf(now, zone)) return 'Today';
  if (that === dayOf(new Date(now.getTime() - day), zone)) return 'Yesterday';
  const year = that.slice(0, 4) === dayOf(now, zone).slice(0, 4) ? {} : { year: 'numeric' as const };
  return parts(at, zone, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}

/** Fills the format of a date token, such as `{date_short_pretty} at {time}`. Unknown words in braces stay. */
export function dateToken(format: string, at: Date, zone: string, now: Date): string {
  const pretty = (otherwise: string): string => {
    const named = dayWords(at, zone, now);
    return named === 'Today' || named === 'Yesterday' ? named.toLowerCase() : otherwise;
  };
  const long = () => parts(at, zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const medium = () => parts(at, zone, { day: 'numeric', month: 'long', year: 'numeric' });
  const short = () => parts(at, zone, { day: 'numeric', month: 'short', year: 'numeric' });
  const words: Record<string, () => string> = {
    date_num: () => dayOf(at, zone),
    date_slash: () => parts(at, zone, { day: '2-digit', month: '2-digit', year: 'numeric' }),
    date: medium,
    date_long: long,
    date_long_full: long,
    date_short: short,
    date_pretty: () => pretty(medium()),
    date_long_pretty: () => pretty(long()),
    date_short_pretty: () => pretty(short()),
    day_divider_pretty: () => dayWords(at, zone, now),
    time: () => timeOf(at, zone),
    time_secs: () => parts(at, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    ago: () => ago(at, now),
  };
  const filled = format.replace(/\{(\w+)\}/g, (all, name: string) => words[name]?.() ?? all);
  return /^\{\w*pretty\}/.test(format) ? filled.charAt(0).toUpperCase() + filled.slice(1) : filled;
}

function ago(at: Date, now: Date): string {
  const minutes = Math.round((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 60 * 24) return `${Math.round(minutes / 60)} h ago`;
  return `${Math.round(minutes / 60 / 24)} d ago`;
}

const wall = (at: number, zone: string): string =>
  formatter('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
    .format(at)
    .replace(' ', 'T');

/** Seconds since 1970 as a date and time input holds them, `2026-11-20T10:15`, on the clocks of the zone. */
export const wallTime = (seconds: number, zone: string): string => wall(seconds * 1000, zone);

/** The other way round. In the hour that a change to winter time repeats, the first one; undefined for what is no date. */
export function fromWallTime(text: string, zone: string): number | undefined {
  const asUtc = /^\d{4,}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) return undefined;
  const offset = (at: number) => Date.parse(`${wall(at, zone)}:00Z`) - at;
  const first = asUtc - offset(asUtc - day);
  const found = wall(first, zone) === text ? first : asUtc - offset(asUtc - offset(asUtc));
  return Math.floor(found / 1000);
}
