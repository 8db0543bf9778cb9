/** PIR013: the head and the timeline give different starts. */

import type { Finding } from '../problem.ts';
import { type Clock, dayIn, firstClock, minutesOf } from '../reading/clock.ts';
import { startField } from '../report-read.ts';
import type { Rule } from '../rule.ts';

const DAY = 24 * 60;

/** Two clocks of 12 hours are compared within their half day. */
function differ(head: Clock, row: Clock): boolean {
  const open = (clock: Clock): boolean => clock.half === undefined && !clock.of24;
  const size = open(head) || open(row) ? DAY / 2 : DAY;
  return minutesOf(head) % size !== minutesOf(row) % size;
}

const shown = (clock: Clock): string =>
  `${clock.hour}:${String(clock.minute).padStart(2, '0')}${clock.half ?? ''}`;

export const pir013: Rule = {
  code: 'PIR013',
  title: 'The start differs between the head and the first line',
  level: 'error',
  finds: 'The start in the head is another time, or another date, than the first line of the timeline.',
  why: 'Every length of time in the report is measured from one of the two.',
  remedy: 'Find out which is right, and write it in both places.',
  check({ fields, rows }): Finding[] {
    const field = startField(fields);
    const row = rows[0];
    const head = field && firstClock(field.value);
    if (!field || !row || !head) return [];
    const headDay = dayIn(field.value);
    const otherDay = headDay !== undefined && row.day !== undefined && headDay !== row.day;
    if (!otherDay && !differ(head, row.clock)) return [];
    const says = otherDay
      ? 'The first line of the timeline is of another date than the head.'
      : `The head says ${shown(head)}, the first line of the timeline ${shown(row.clock)}.`;
    return [
      {
        place: field.place(head.index),
        about: `${field.name} ${field.value}`,
        says: `${says} (line ${row.place.line})`,
      },
    ];
  },
};
