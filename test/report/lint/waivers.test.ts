// A line can be waived with a reason that stays in the file, and a waiver that does nothing is told.
import { describe, expect, it } from 'vitest';
import { lint, reviewOf } from '../../../src/report/lint/lint.ts';
import { type LintContext, readReport } from '../../../src/report/lint/report-read.ts';
import { changed, good, marked } from './good-report.ts';

const review = (text: string, context: LintContext = {}) => reviewOf(readReport(text), context);
const codes = (text: string): string[] => lint(text).map(({ code, line }) => `${code}:${line}`);

const twoTasks = changed(
  '- [ ] Add an alert at 80 connections of orders-db (Teo Brandt, 2026-03-20, OPS-12)',
  '- [ ] Add an alert at 80 connections\n- [ ] Add a limit of connections to orders-db',
);
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

describe('a waiver', () => {
  it('on the line itself is for that line', () => {
    const text = changed(
      '- [ ] Add an alert at 80 connections',
      '- [ ] Add an alert at 80 connections <!-- waive PIR007: the vendor owns it -->',
      twoTasks,
    );
    expect(codes(text)).toEqual([`PIR007:${lineOf(text, '- [ ] Add a limit')}`]);
    expect(review(text).waived).toEqual([
      {
        problem: expect.objectContaining({ code: 'PIR007', key: 'add an alert at 80 connections' }),
        reason: 'the vendor owns it',
      },
    ]);
  });

  it('of its own is for the block that follows it, of whatever length', () => {
    const text = changed(
      'The pool of the worker has to have a limit.',
      '<!-- waive PIR009,\nPIR010: said by the team itself -->\n\nThe pool of the worker\nshould have a limit, which Teo Brandt\nforgot.\n\nWe should have backups of the ledger.',
    );
    expect(codes(text)).toEqual([`PIR009:${lineOf(text, 'We should')}`]);
  });

  it('in a cell is for the row', () => {
    const text = changed(
      '10:20 | Mira Sandoval | Rolled back the worker',
      '09:58 to 11:20 | Mira Sandoval | <!-- waive PIR005: all asleep --> Rolled back the worker',
    );
    expect(review(text)).toMatchObject({ problems: [], waived: [{ reason: 'all asleep' }] });
  });

  it('of the title is for what is missing in the whole file', () => {
    const text = `<!-- waive PIR001: one page for the board -->\n${good.replace(/## Impact\n[^]*?(?=## Timeline)/, '')}`;
    expect(codes(text)).toEqual([]);
  });

  it('is for its own rule only', () => {
    const text = changed(
      'Add an alert at 80 connections\n',
      'Investigate alerts <!-- waive PIR007: the vendor owns it -->\n',
      twoTasks,
    );
    expect(codes(text)).toContain(`PIR008:${lineOf(text, '- [ ] Investigate')}`);
  });

  it.each([
    ['▶<!-- waive PIR007: -->', 'This waiver gives no reason.'],
    ['▶<!-- waive: the vendor owns it -->', 'This waiver names no rule.'],
    ['▶<!-- waive PIR099: the vendor owns it -->', 'PIR099: no rule that can be waived.'],
    ['▶<!-- waive PIR016: it is only a test -->', 'PIR016: no rule that can be waived.'],
    ['▶<!-- waive PIR010: nobody is blamed here -->', 'Nothing here is against PIR010.'],
  ])('is told: %s', (waiver, says) => {
    const { text, line, column } = marked(changed('has to have a limit.', `has to have a limit. ${waiver}`));
    expect(lint(text)).toEqual([
      expect.objectContaining({ code: 'PIR000', level: 'warning', line, column, says }),
    ]);
  });

  it('is no other comment, and none within code', () => {
    expect(codes(changed('has to have', '<!-- we waive nothing --> has to have'))).toEqual([]);
    expect(codes(`${good}\n\`\`\`html\n<!-- waive PIR007: an example -->\n\`\`\`\n`)).toEqual([]);
  });

  it('cannot be given for a secret', () => {
    const text = changed('has to have a limit.', 'has to have a limit. hunter2 <!-- waive PIR016: test -->');
    const context = {
      clean: (one: string) => one.replace('hunter2', 'gone'),
      waived: [{ code: 'PIR016', key: 'line 34', reason: 'test' }],
    };
    expect(review(text, context).problems.map(({ code, line }) => [code, line])).toContainEqual([
      'PIR016',
      lineOf(text, 'hunter2'),
    ]);
  });

  it('from outside the file holds wherever the words stand', () => {
    const [problem] = lint(changed('(Teo Brandt, 2026-03-20, OPS-12)', ''));
    const moved = changed(
      '(Teo Brandt, 2026-03-20, OPS-12)',
      '',
      good.replace('## Lessons', 'More.\n\n## Lessons'),
    ).replace('an alert', '**an alert**');
    const waived = [{ code: 'PIR007', key: problem?.key ?? '', reason: 'the vendor owns it' }];
    expect(lint(moved).map(({ code }) => code)).toEqual(['PIR007']);
    expect(review(moved, { waived })).toMatchObject({
      problems: [],
      waived: [{ reason: 'the vendor owns it' }],
    });
  });
});
