/** The lines of a report's timeline with their times in minutes, in a table, a list or bare lines. */
import type { Place } from '../problem.ts';
import { type Clock, clocksIn, dayIn, minutesOf } from './clock.ts';
import type { Paper, Unit } from './paper.ts';

export interface Row {
  readonly unit: Unit;
  readonly clock: Clock;
  /** Minutes since the first day's midnight, or since 1970 when a date is known. */
  readonly at: number;
  readonly until?: number;
  /** The date was known. */
  readonly dated: boolean;
  /** The date that stands on the row itself, as days since 1970. */
  readonly day?: number;
  /** What happened, without the time. */
  readonly text: string;
  readonly who?: string;
  /** The time was before the one above, and fits as afternoon: the clock has 12 hours and nothing says which half. */
  readonly turned: boolean;
  readonly place: Place;
  /** A row that only says that nothing is written down. */
  readonly hole: boolean;
}

const range = /^\s?(?:\(?ish\)?)?\s?(?:to|until|till|-|–|—)\s?(?:about )?(?:\d{4}-\d\d-\d\d )?$/i;
const lead =
  /^\W*(?:about |around |ca?\. |~ ?)?(?:\d{4}-\d\d-\d\d[ T]|[A-Z][a-z]{2,8}\.? \d{1,2},? (?:\d{4},? )?)?$/i;

interface Timed {
  readonly unit: Unit;
  readonly first: Clock;
  readonly last?: Clock;
  readonly day?: number;
  /** The date before the end of its range. */
  readonly lastDay?: number;
  readonly text: string;
  readonly who?: string;
  readonly place: Place;
  readonly hole: boolean;
}

type Leading = Pick<Timed, 'first' | 'last' | 'day' | 'lastDay'> & { readonly rest: string };

/** The time that the text begins with, the end of its range, and their dates. */
function leading(text: string): Leading | undefined {
  const [first, second] = clocksIn(text.slice(0, 80));
  if (!first || !lead.test(text.slice(0, first.index))) return undefined;
  const day = dayIn(text.slice(0, first.index));
  const begin = { first, ...(day === undefined ? {} : { day }) };
  const between = second && text.slice(first.end, second.index);
  if (!second || between === undefined || !range.test(between))
    return { ...begin, rest: text.slice(first.end) };
  const lastDay = dayIn(between);
  return {
    ...begin,
    last: second,
    ...(lastDay === undefined ? {} : { lastDay }),
    rest: text.slice(second.end),
  };
}

function ofTable(unit: Unit): Timed | { readonly day: number } | undefined {
  const head = unit.head ?? [];
  const column = Math.max(
    0,
    head.findIndex((name) => /^\W*(?:time|when|at|date|timestamp)\b/i.test(name)),
  );
  const cell = unit.cells?.[column];
  if (!cell) return undefined;
  const time = leading(cell.text);
  if (!time) {
    const day = dayIn(cell.text.slice(0, 60));
    return day === undefined ? undefined : { day };
  }
  const who = head.findIndex((name) => /^\W*(?:who|by|actor|person)\b/i.test(name));
  const person = unit.cells?.[who]?.text.trim();
  const rest = unit.cells?.filter(
    (_, index) => index !== column && index !== who && !(head[index] ?? '').startsWith('+h'),
  );
  const { rest: _, ...times } = time;
  return {
    unit,
    ...times,
    ...(person ? { who: person } : {}),
    text: (rest ?? []).map(({ text }) => text).join(' '),
    place: cell.place(time.first.index),
    hole: (rest ?? []).some(({ prompt, text }) => prompt && /nothing is written/i.test(text)),
  };
}

function ofLine(unit: Unit): Timed | undefined {
  const time = leading(unit.text);
  if (!time) return undefined;
  const { rest, ...times } = time;
  return {
    unit,
    ...times,
    text: rest.replace(/^(?:\(?ish\)?)?[\s:–—|-]{0,20}/, ''),
    place: unit.place(time.first.index),
    hole: false,
  };
}

function timedUnits(paper: Paper): (Timed | { readonly day: number })[] {
  const inTimeline = (unit: Unit): boolean => {
    let section: Unit['section'] | undefined = unit.section;
    while (section && section.kind === undefined) section = section.parent;
    return section?.kind === 'timeline';
  };
  const whole = paper.sections.some(({ kind }) => kind === 'timeline');
  const all = paper.units.flatMap((unit) => {
    if (whole ? !inTimeline(unit) : unit.kind === 'row' || unit.section.kind !== undefined) return [];
    if (unit.kind === 'heading' || unit.kind === 'code') {
      const day = unit.kind === 'heading' && whole ? dayIn(unit.text.slice(0, 60)) : undefined;
      return day === undefined ? [] : [{ day }];
    }
    const found = unit.kind === 'row' ? ofTable(unit) : ofLine(unit);
    return found ? [found] : [];
  });
  // One time at the beginning of a paragraph is no timeline yet.
  return whole || all.filter((one) => 'first' in one).length >= 2 ? all : [];
}

const DAY = 24 * 60;
const HALF = 12 * 60;

/** In the order of the file. `firstDay` is the date of the head, as days since 1970. */
export function rowsOf(paper: Paper, firstDay: number | undefined): Row[] {
  const timed = timedUnits(paper);
  const of24 = timed.some((one) => 'first' in one && one.first.of24);
  let day = firstDay;
  let before: number | undefined;
  let halves = 0;
  const fit = (clock: Clock, past: number | undefined, onDay = day): { at: number; turned: boolean } => {
    let at = (onDay ?? 0) * DAY + minutesOf(clock);
    const plain = clock.half === undefined && clock.hour <= 12 && !of24;
    if (plain && clock.hour !== 12) at += halves;
    if (past === undefined || at >= past) return { at, turned: false };
    if (plain && at + HALF >= past && halves === 0) return { at: at + HALF, turned: true };
    if (past % DAY >= 18 * 60 && minutesOf(clock) <= 8 * 60) return { at: at + DAY, turned: false };
    return { at, turned: false };
  };
  return timed.flatMap((one): Row[] => {
    if (one.day !== undefined && one.day !== day) {
      if (day === undefined || one.day > day) halves = 0;
      day = one.day;
      if (before !== undefined && firstDay === undefined && before < DAY * 400) before = undefined;
    }
    if (!('first' in one)) return [];
    const { first, last, lastDay, unit, text, who, place, hole } = one;
    const from = fit(first, before);
    if (from.turned) halves = HALF;
    if (from.at >= ((day ?? 0) + 1) * DAY && !from.turned && halves === 0) day = Math.floor(from.at / DAY);
    const to = last && fit(last, from.at, lastDay ?? Math.floor(from.at / DAY));
    if (to?.turned) halves = HALF;
    before = Math.max(before ?? from.at, to?.at ?? from.at);
    return [
      {
        unit,
        clock: first,
        at: from.at,
        ...(to ? { until: to.at } : {}),
        dated: day !== undefined,
        ...(one.day === undefined ? {} : { day: one.day }),
        text,
        ...(who ? { who } : {}),
        turned: from.turned || to?.turned === true,
        place,
        hole,
      },
    ];
  });
}
