/** PIR007: a follow-up without an owner, a date or a link. */
import type { Finding } from '../problem.ts';
import { quoted } from '../report-read.ts';
import type { Rule } from '../rule.ts';

export const pir007: Rule = {
  code: 'PIR007',
  title: 'Follow-up without owner, due date or link',
  level: 'error',
  finds:
    'An open follow-up names nobody, or no date, or no place where it is tracked. Only the link is missing: a warning. Reads `(Ana Ferreira, 2024-02-15, OPS-12)` at the end, `@name`, `owner:`, and the columns of a table.',
  why: 'A task of everybody is a task of nobody.',
  remedy: 'Write at the end: (name, YYYY-MM-DD, link to the task).',
  check: ({ followUps }) =>
    followUps.flatMap(({ unit, text, done, owner, due, link }): Finding[] => {
      const lacks = [
        ...(owner ? [] : ['no owner']),
        ...(due ? [] : ['no due date']),
        ...(link ? [] : ['no link']),
      ];
      if (done || lacks.length === 0) return [];
      return [
        {
          place: unit.place(0),
          about: unit.text,
          says: `${quoted(text)} has ${lacks.length > 1 ? `${lacks.slice(0, -1).join(', ')} and ${lacks.at(-1)}` : lacks[0]}.`,
          ...(owner && due
            ? { level: 'warning' as const, remedy: 'Add where it is tracked: an address, #12 or OPS-12.' }
            : {}),
        },
      ];
    }),
};
