/** Instants and lengths of time as a report writes them: 24 hours, one zone, no clock. */
import { DateTime, IANAZone } from 'luxon';

/** Thrown when the zone of the options is not an IANA name; says what to do. */
export class UnknownZone extends Error {
  constructor(zone: string) {
    super(`“${zone}” is no time zone. Use an IANA name such as America/Vancouver or Europe/Prague, or UTC.`);
    this.name = 'UnknownZone';
  }
}

const minute = 60_000;

/** Formats instants (ms, UTC) in one zone. */
export interface Times {
  readonly zone: string;
  /** `09:34` */
  clock(at: number): string;
  /** `2024-01-10` */
  date(at: number): string;
  /** `Jan 10, 2024` */
  longDate(at: number): string;
  /** `9:34AM PST`; where the zone has no short name, `9:34AM GMT+1`. */
  clock12(at: number): string;
  /** `Wednesday` */
  weekday(at: number): string;
  /** `UTC-08:00` */
  offset(at: number): string;
  /** Minutes east of UTC. */
  offsetMinutes(at: number): number;
  /** `16:20`, or with its date when that is not the date of `near`. */
  clockNear(at: number, near: number): string;
}

/** Throws UnknownZone for a name that this machine's time zone data do not have. */
export function timesIn(zone: string): Times {
  if (!IANAZone.isValidZone(zone)) throw new UnknownZone(zone);
  const of = (at: number): DateTime =>
    DateTime.fromMillis(at, { zone, locale: 'en', numberingSystem: 'latn' });
  const clock = (at: number): string => of(at).toFormat('HH:mm');
  const date = (at: number): string => of(at).toFormat('yyyy-LL-dd');
  return {
    zone,
    clock,
    date,
    longDate: (at) => of(at).toFormat('LLL d, yyyy'),
    clock12: (at) => of(at).setLocale('en-US').toFormat('h:mma ZZZZ'),
    weekday: (at) => of(at).toFormat('cccc'),
    offset: (at) => `UTC${of(at).toFormat('ZZ')}`,
    offsetMinutes: (at) => of(at).offset,
    clockNear: (at, near) => (date(at) === date(near) ? clock(at) : `${date(at)} ${clock(at)}`),
  };
}

/** Minutes between two times as they are shown: the one rule by which a report rounds. */
function clockMinutes(from: number, to: number): number {
  return Math.floor(to / minute) - Math.floor(from / minute);
}

/** `+5:06` since the start, by minutes of the shown clock; `-0:12` before it. Also over 24 hours: `+26:10`. */
export function elapsed(from: number, to: number): string {
  const minutes = clockMinutes(from, to);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}:${String(size % 60).padStart(2, '0')}`;
}

/**
 * `45 s`, `6 min`, `5 h 6 min`, `26 h 10 min`: never days, whose length changes with daylight saving. From a minute on
 * it is the difference of the shown times, so that one span has one length wherever it stands.
 */
export function span(from: number, to: number): string {
  const size = Math.max(0, to - from);
  if (size < minute) return `${Math.floor(size / 1000)} s`;
  return hoursAndMinutes(clockMinutes(from, to));
}

/** `6 min`, `1 h`, `5 h 6 min`. */
export function hoursAndMinutes(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
