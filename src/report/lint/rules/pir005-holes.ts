/** PIR005: time of which nothing is written down, or too much time on one line. */
import { hoursAndMinutes } from '../../times.ts';
import type { Finding } from '../problem.ts';
import { quoted } from '../report-read.ts';
import type { Rule } from '../rule.ts';
import { over } from './pir003-end.ts';

/** Minutes; those of `report/model/holes.ts`. */
const HOLE = 30;
/** Minutes that one line may stand for. */
const BLOCK = 45;
/** Minutes; more than this is another day whose date was not written, or a wrong time. */
const ABSURD = 20 * 60;

export const pir005: Rule = {
  code: 'PIR005',
  title: 'A hole in the timeline, or one line for a long time',
  level: 'warning',
  finds: `While it was open nothing is written down for ${HOLE} minutes or more, or one line stands for more than ${BLOCK} minutes.`,
  why: 'What happened in between is what the next reader looks for, and what people forget first.',
  remedy: 'Add lines of what was tried in that time, or write that nothing was.',
  check({ rows }) {
    const findings: Finding[] = [];
    let covered: number | undefined;
    for (const row of rows) {
      const length = (row.until ?? row.at) - row.at;
      const gap = covered === undefined ? 0 : row.at - covered;
      if (row.hole)
        findings.push({
          place: row.place,
          about: row.unit.text,
          says: `Nothing is written down for ${hoursAndMinutes(Math.max(0, length))}.`,
        });
      else if (gap >= HOLE && gap < ABSURD)
        findings.push({
          place: row.place,
          about: `hole ${row.unit.text}`,
          says: `Nothing is written down for ${hoursAndMinutes(gap)} before this line.`,
        });
      if (!row.hole && length > BLOCK && length < ABSURD)
        findings.push({
          place: row.place,
          about: row.unit.text,
          says: `One line stands for ${hoursAndMinutes(length)}: ${quoted(row.text, 40)}`,
          remedy: 'Split it: what was tried, in which order, and what it showed.',
        });
      covered = Math.max(covered ?? row.at, row.until ?? row.at);
      // What comes after is tidying up, and nobody is waiting.
      if (over.test(row.text.slice(0, 2000)) && !row.hole) break;
    }
    return findings;
  },
};
