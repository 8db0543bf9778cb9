/** From two typed times to the span they mean: over midnight, and on a clock of twelve hours. */
import { dayAfter, dayOf, type Frame, hasBeen, momentsOn } from './moments.ts';
import type { TypedClock } from './typed-clock.ts';
import type { Day } from './wall-clock.ts';

export interface TypedSpan {
  readonly from: number;
  readonly until: number;
}

/** The hour of a clock of twelve in the other half of the day. */
const otherHalf = (hour: number): number => (hour < 12 ? hour + 12 : 0);

/**
 * Every reading, the likeliest first; none when the end comes before the beginning however it is read. The readings of
 * the seed reports (`12:13 to 1:30`, `10:30 to 11:54`): as written; the end in the afternoon; the end on the next day.
 * One that would begin later than now begins in the night just past or, over midnight, on the day before.
 */
export function spansOf(first: TypedClock, second: TypedClock, frame: Frame): readonly TypedSpan[] {
  const day = dayOf(first, frame.now, frame);
  if (day === undefined) return [];
  const spans: TypedSpan[] = [];
  const add = (hour: number, on: Day, lastHour: number, lastOn: Day): void => {
    const ends = momentsOn(second, lastHour, lastOn, frame);
    for (const from of momentsOn(first, hour, on, frame).toReversed())
      for (const until of ends) if (until >= from) spans.push({ from, until });
  };
  if (second.day !== undefined) {
    const last = dayOf(second, frame.now, frame);
    if (last) add(first.hour, day, second.hour, last);
    return spans;
  }
  const twelve = second.twelve && (first.twelve || first.half !== undefined);
  const overMidnight = (on: Day): void => {
    // `10:30 pm to 12:15`: twelve at night.
    if (twelve && second.hour === 12) add(first.hour, on, 0, dayAfter(on, 1));
    add(first.hour, on, second.hour, dayAfter(on, 1));
  };
  // `1:00 to 2:00 pm` is an hour.
  if (first.twelve && second.half !== undefined)
    add((first.hour % 12) + (second.half === 'pm' ? 12 : 0), day, second.hour, day);
  add(first.hour, day, second.hour, day);
  if (twelve && second.hour < 12) add(first.hour, day, otherHalf(second.hour), day);
  overMidnight(day);
  const begun = momentsOn(first, first.hour, day, frame).some((at) => hasBeen(at, frame));
  if (begun || first.day !== undefined) return spans;
  if (twelve && first.twelve && first.hour === 12) add(0, day, second.hour, day);
  const before = dayAfter(day, -1);
  const [earliest] = momentsOn(first, first.hour, day, frame);
  const [sameDay] = momentsOn(second, second.hour, day, frame);
  // Only where the words themselves go over midnight: another day is not guessed.
  if (earliest === undefined || sameDay === undefined || sameDay < earliest) overMidnight(before);
  return spans;
}
