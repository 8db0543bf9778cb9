/** What a clock on the wall shows in a zone, and which instants it means: none where it goes forward, two where it goes back. */
import { DateTime } from 'luxon';

/** A day of a calendar. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Minutes east of UTC. */
const offsetAt = (at: number, zone: string): number => DateTime.fromMillis(at, { zone }).offset;

/** As if the clock stood in UTC. */
const asUtc = ({ year, month, day }: Day, hour: number, minute: number): number =>
  Date.UTC(year, month - 1, day, hour, minute);

/** Every instant at which clocks in the zone show this, the earlier one first. */
export function instantsOf(day: Day, hour: number, minute: number, zone: string): readonly number[] {
  const shown = asUtc(day, hour, minute);
  // No zone changes its clocks twice within two days.
  const offsets = new Set([
    offsetAt(shown - dayMs, zone),
    offsetAt(shown, zone),
    offsetAt(shown + dayMs, zone),
  ]);
  return [...offsets]
    .map((offset) => ({ at: shown - offset * minuteMs, offset }))
    .filter(({ at, offset }) => offsetAt(at, zone) === offset)
    .map(({ at }) => at)
    .sort((a, b) => a - b);
}

/** The one instant at which clocks that are so many minutes ahead of UTC show this. */
export const instantAt = (day: Day, hour: number, minute: number, offset: number): number =>
  asUtc(day, hour, minute) - offset * minuteMs;

/** The other instant at which clocks show the same; undefined nearly always. */
export function otherInstant(at: number, zone: string): number | undefined {
  const { year, month, day, hour, minute } = DateTime.fromMillis(at, { zone });
  const whole = Math.floor(at / minuteMs) * minuteMs;
  const other = instantsOf({ year, month, day }, hour, minute, zone).find((one) => one !== whole);
  return other === undefined ? undefined : other + (at - whole);
}

/** `UTC-07:00` */
export const offsetWords = (at: number, zone: string): string =>
  `UTC${DateTime.fromMillis(at, { zone }).toFormat('ZZ')}`;

/** True when clocks in the zone are so far from UTC within a day of it. */
export const isOffsetOf = (offset: number, at: number, zone: string): boolean =>
  [at - dayMs, at, at + dayMs].some((near) => offsetAt(near, zone) === offset);

/** Which English-speaking country calls it what: `PST` in Canada, `GMT-8` in Britain. */
const locales = ['en-US', 'en-CA', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA', 'en-IE'];

/** The short names under which this instant's offset is known in the zone, e.g. PST. */
export function namesAt(at: number, zone: string): ReadonlySet<string> {
  const moment = DateTime.fromMillis(at, { zone });
  const names = locales.map((locale) => moment.setLocale(locale).offsetNameShort ?? '');
  return new Set(names.filter((name) => /^[A-Z]{3,5}$/.test(name)));
}

/** The short names of the zone in any half of that year. */
export function namesInYear(year: number, zone: string): ReadonlySet<string> {
  return new Set([...namesAt(Date.UTC(year, 0, 15), zone), ...namesAt(Date.UTC(year, 6, 15), zone)]);
}
