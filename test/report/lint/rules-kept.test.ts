// What looks like it and is no problem: one file and more for each rule.
import { describe, expect, it } from 'vitest';
import { lint } from '../../../src/report/lint/lint.ts';
import type { LintContext } from '../../../src/report/lint/report-read.ts';
import { changed, context, earlierReport, good } from './good-report.ts';

const codesOf = (text: string, given: LintContext = context): string[] =>
  lint(text, given).map(({ code }) => code);

describe('what is no problem', () => {
  it.each([
    ['PIR001', changed('## Lessons\n\nThe pool', '## Lessons\n\n### The pool\n\nThe pool')],
    ['PIR002', changed('about 1,200 orders failed', 'all orders failed')],
    [
      'PIR003',
      changed('Restored: 2026-03-04 10:25 UTC', 'Duration: 55 min').replace('Service restored', 'Done'),
    ],
    ['PIR005', changed('| 11:40 |', '| 14:40 |')],
    [
      'PIR006',
      changed(
        'The worker of v42 opened one for each job, 100 in 10 min.',
        'Unknown: the worker of v42.',
      ).replace(
        '- [x] Set',
        '- [ ] Find out why the worker does it (Teo Brandt, 2026-03-21, OPS-13)\n- [x] Set',
      ),
    ],
    [
      'PIR007',
      changed('(Teo Brandt, 2026-03-20, OPS-12)', '@teo due 2026-03-20 https://tracker.example.org/12'),
    ],
    ['PIR008', changed('- [ ] Add an alert', '- [ ] Investigate alerts so that one is there: an alert')],
    ['PIR008', changed('- [ ] Add an alert', '- [ ] Slowly lower an alert')],
    [
      'PIR009',
      changed(
        'has to have a limit.',
        'has to have a limit. We should be alerted before connections of orders-db run out.',
      ),
    ],
    ['PIR009', changed('has to have a limit.', 'has to have a limit. Should we have backups of the ledger?')],
    [
      'PIR010',
      changed(
        'has to have a limit.',
        'has to have a limit. Postgres failed to start, and we were unable to reach the node. It was the fault of v42.',
      ),
    ],
    ['PIR010', changed('has to have a limit.', 'has to have a limit. The Worker Pool failed to shrink.')],
    ['PIR009', changed('has to have a limit.', 'has to have a limit. An alert should have been there.')],
    ['PIR010', changed('has to have a limit.', 'has to have a limit. Teo Brandt should have access.')],
    ['PIR012', changed(' UTC\n', ' PST\n')],
    ['PIR013', changed('Start: 2026-03-04 09:30 UTC', 'Start: 2026-03-04 9:30AM UTC')],
    ['PIR014', changed('kept on purpose', 'stays, see Follow-ups')],
    [
      'PIR015',
      changed(
        'because `orders-db` refused connections',
        'because the database refused connections ([graph](https://g.example.org/1))',
      ),
    ],
    [
      'PIR016',
      changed(
        'OPS-12',
        'https://git.example.org/shop/worker/commit/9fceb02d0ae598e95dc970b74767f19372d61af8',
      ),
    ],
    ['PIR020', changed('Rolled back the worker', 'Restarted the worker')],
  ])('%s', (code, text) => {
    expect(codesOf(text)).not.toContain(code);
  });

  it('PIR011: a copy that stays in the team', () => {
    expect(codesOf(changed('Confirmed: 100', 'Ilse Hartog (Example Hosting) says: 100'))).not.toContain(
      'PIR011',
    );
  });

  it('PIR017, PIR018: later reports, other errors, other people, closed follow-ups', () => {
    const evidence = `${good}\n## Evidence\n\n    FATAL: sorry, too many clients already\n`;
    const alone = evidence.replace('(lead), Teo Brandt', '');
    for (const others of [
      [earlierReport('2026-05-01', 'x'), earlierReport('2026-06-01', 'y')],
      [earlierReport('2026-01-20', 'x', 'Mira Sandoval, Teo Brandt')].map((one) => ({
        ...one,
        openFollowUps: [],
      })),
      [earlierReport('2026-01-20', 'x', 'Odalys Prieto'), earlierReport('2026-02-20', 'y')].map((one) => ({
        ...one,
        signatures: [],
      })),
    ])
      expect(codesOf(alone, { ...context, others }).filter((code) => /PIR01[78]/.test(code))).toEqual([]);
  });
});
