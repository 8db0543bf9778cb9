/** From a typed time of day to the instants that it may mean. */
import { DateTime, FixedOffsetZone } from 'luxon';
import type { TypedClock } from './typed-clock.ts';
import { type Day, instantAt, instantsOf, isOffsetOf, namesAt, namesInYear } from './wall-clock.ts';

/** Where and when it was typed: an IANA zone; ms since 1970, UTC. */
export interface Frame {
  readonly zone: string;
  readonly now: number;
}

/** A clock that runs a little ahead is no future. */
export const aheadMs = 2 * 60_000;

export const hasBeen = (at: number, { now }: Frame): boolean => at <= now + aheadMs;

/** The day that was typed, else that of `near`; undefined when no calendar has it. */
export function dayOf(clock: TypedClock, near: number, frame: Frame): Day | undefined {
  // Somebody who writes UTC has the day of UTC in mind; an offset of the zone itself only says which of two times.
  const own = clock.offset === undefined || isOffsetOf(clock.offset, frame.now, frame.zone);
  const zone = own ? frame.zone : FixedOffsetZone.instance(clock.offset ?? 0);
  const on = (ms: number): DateTime => DateTime.fromMillis(ms, { zone });
  const { day } = clock;
  if (day === undefined) return on(near);
  if (/^today$/i.test(day)) return on(frame.now);
  if (/^yesterday$/i.test(day)) return on(frame.now).minus({ days: 1 });
  const date = DateTime.fromISO(day, { zone });
  return date.isValid ? date : undefined;
}

export function dayAfter({ year, month, day }: Day, days: number): Day {
  const moved = DateTime.utc(year, month, day).plus({ days });
  return { year: moved.year, month: moved.month, day: moved.day };
}

/** True when the capitals behind it are a name of the zone in that year. */
const isNamed = (clock: TypedClock, year: number, { zone }: Frame): boolean =>
  clock.name !== undefined && namesInYear(year, zone).has(clock.name.word);

/** The clock with the zone's name behind it taken in, when that is one. */
export function withName(clock: TypedClock, text: string, frame: Frame): TypedClock {
  const { name, ...rest } = clock;
  if (name === undefined || !isNamed(clock, dayOf(clock, frame.now, frame)?.year ?? 0, frame)) return rest;
  const length = clock.length + name.length;
  return { ...clock, length, typed: text.slice(0, length).trim() };
}

/** Every instant that it may mean on that day, read with this hour, the earlier one first. */
export function momentsOn(clock: TypedClock, hour: number, day: Day, frame: Frame): readonly number[] {
  if (clock.offset !== undefined) return [instantAt(day, hour, clock.minute, clock.offset)];
  const all = instantsOf(day, hour, clock.minute, frame.zone);
  const { name } = clock;
  return name === undefined ? all : all.filter((at) => namesAt(at, frame.zone).has(name.word));
}

/** Why a time has no instant on that day, in words. */
export function noMoment(clock: TypedClock, day: Day, frame: Frame): string {
  const { zone } = frame;
  const [shown] = instantsOf(day, clock.hour, clock.minute, zone);
  const { name, typed } = clock;
  if (shown === undefined || name === undefined)
    return `${typed} did not exist on that day in ${zone}: the clocks went forward.`;
  const plain = typed.slice(0, typed.length - name.word.length).trim();
  const called = [...namesAt(shown, zone)][0] ?? 'another name';
  const offset = offsetOfName(name.word, day.year, zone);
  return `In ${zone} it was ${called} at that time, not ${name.word}. Write ${plain}, or ${plain} ${offset}.`;
}

function offsetOfName(word: string, year: number, zone: string): string {
  const months = [Date.UTC(year, 0, 15), Date.UTC(year, 6, 15)];
  const at = months.find((month) => namesAt(month, zone).has(word)) ?? 0;
  return `UTC${DateTime.fromMillis(at, { zone }).toFormat('ZZ')}`;
}

/** Of two instants the later one that has been: what people write about lies nearer rather than further. */
export function likeliest(moments: readonly number[], frame: Frame): number | undefined {
  return moments.findLast((at) => hasBeen(at, frame)) ?? moments[0];
}
