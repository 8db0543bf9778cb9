/** PIR018: the same person answered several incidents in a row, alone. */

import { earlierOnes, respondersOf } from '../others.ts';
import { quoted, topOf } from '../report-read.ts';
import type { Rule } from '../rule.ts';

/** Incidents in a row, this one counted. */
const IN_A_ROW = 3;

export const pir018: Rule = {
  code: 'PIR018',
  title: 'One person answered the last incidents alone',
  level: 'warning',
  finds: `One and the same person is the only one who answered this incident and the ones before it, ${IN_A_ROW} in a row.`,
  why: 'What one person carries alone is gone when that person is away.',
  remedy: 'Ask what the others lacked (access, a runbook, practice), and make it a follow-up.',
  needs: 'Other reports: more files in the same call, earlier by their date.',
  check(report, context) {
    const [alone, ...more] = respondersOf(report);
    if (alone === undefined || more.length > 0) return [];
    const size = Math.max(2, context.inARow ?? IN_A_ROW);
    const before = earlierOnes(report, context).slice(-(size - 1));
    const same = ({ responders }: { responders: readonly string[] }): boolean =>
      responders.length === 1 && responders[0]?.toLowerCase() === alone.toLowerCase();
    if (before.length < size - 1 || !before.every(same)) return [];
    const names = before.map(({ name }) => name).join(', ');
    return [
      { ...topOf(report), about: alone, says: `${quoted(alone, 40)} answered this one and ${names} alone.` },
    ];
  },
};
