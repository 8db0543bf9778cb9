/** PIR017: it failed like this before, and what was to be done then is still open. */

import { earlierOnes, signaturesOf } from '../others.ts';
import type { Finding } from '../problem.ts';
import { quoted, topOf, unitsIn } from '../report-read.ts';
import type { Rule } from '../rule.ts';

export const pir017: Rule = {
  code: 'PIR017',
  title: 'It failed like this before, and the follow-ups of then are open',
  level: 'warning',
  finds: 'An earlier report has the same line of an error, or the same signature, and open follow-ups.',
  why: 'The second time is the proof that the follow-up mattered.',
  remedy: 'Say in the report why it was not done, and who does it now.',
  needs: 'Other reports: more files in the same call, earlier by their date.',
  check(report, context): Finding[] {
    const own = signaturesOf(report);
    if (own.length === 0) return [];
    return earlierOnes(report, context).flatMap((other): Finding[] => {
      const same =
        other.openFollowUps.length > 0 ? own.find(({ key }) => other.signatures.includes(key)) : undefined;
      if (!same) return [];
      const place = same.place ?? unitsIn(report, 'cause')[0]?.place(0) ?? topOf(report).place;
      const count = other.openFollowUps.length;
      return [
        {
          place,
          about: `${same.key} ${other.name}`,
          says: `${quoted(same.words, 80)} was in ${other.name} too, where ${count} ${count === 1 ? 'follow-up is' : 'follow-ups are'} open: ${quoted(other.openFollowUps[0] ?? '', 50)}.`,
        },
      ];
    });
  },
};
