// Any Markdown is read into blocks and sections, each word with its place; and nothing makes the reading fail.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/actions/redact.ts';
import { lint } from '../../../src/report/lint/lint.ts';
import { readPaper } from '../../../src/report/lint/reading/paper.ts';
import { plainOf } from '../../../src/report/lint/reading/plain.ts';
import { rules } from '../../../src/report/lint/rules.ts';
import { good } from './good-report.ts';
import { linesAndTakeaways, nineHeadings } from './written-by-hand.ts';

const shapes = (text: string): string[] =>
  readPaper(text).units.map(({ kind, text: words }) => `${kind}: ${words}`);

describe('Markdown', () => {
  it('is read in blocks', () => {
    expect(
      shapes(
        '---\ntitle: x\n---\n# One #\ntext of\ntwo lines\n\nTwo\n===\n\n- a\n  more\n  - [x] b\n1. c\n\n> said\n\n```sh\n# no heading\n| no | table |\n```\n\n| a | b |\n|:-|-:|\n| 1 \\| 2 | `x\\|y` |\n| short |\n\n    code\n\n---\n\n**Bold:**\n\nlast',
      ),
    ).toEqual([
      'heading: One',
      'prose: text of two lines',
      'heading: Two',
      'item: a more',
      'item: b',
      'item: c',
      'prose: said',
      'code: # no heading',
      'code: | no | table |',
      'row: 1 | 2 | x\\|y',
      'row: short',
      'code:     code',
      'heading: Bold',
      'prose: last',
    ]);
  });

  it('keeps sections in sections', () => {
    const { sections } = readPaper('intro\n\n# T\n\n## Impact\n\na\n\n### More\n\nb\n\n## Timeline\n');
    expect(sections.map(({ title, depth, kind, parent }) => [title, depth, kind, parent?.title])).toEqual([
      ['', 0, undefined, undefined],
      ['T', 1, undefined, ''],
      ['Impact', 2, 'impact', 'T'],
      ['More', 3, undefined, 'Impact'],
      ['Timeline', 2, 'timeline', 'T'],
    ]);
  });

  it.each([
    ['**bold** and _italic_ and ~~gone~~', 'bold and italic and gone'],
    ['snake_case * 2 * 3', 'snake_case * 2 * 3'],
    ['[words](https://a.example.org/x_(y)) ![alt](b.png)', 'words alt'],
    ['<https://a.example.org> `code *x*` &amp; \\*', 'https://a.example.org code *x* & *'],
    ['a <!-- not this --> b<br>c', 'a  b c'],
    ['``a ` b`` ` open', 'a ` b ` open'],
  ])('%s', (raw, text) => {
    const plain = plainOf(raw, 7);
    expect(plain.text).toBe(text);
    expect(plain.columns).toHaveLength(text.length);
    plain.columns.forEach((column, index) => {
      if (text[index] !== ' ' && text[index] !== '&') expect(raw[column - 7]).toBe(text[index]);
    });
  });
});

const pieces = fc.constantFrom(
  '# ',
  '## Impact',
  '## Timeline',
  '## Follow-ups',
  '## Left behind',
  '## Five whys',
  '|',
  '| Time | What |',
  '| - | - |',
  '- [ ] ',
  '- ',
  '  ',
  '    ',
  '```',
  '<!--',
  '-->',
  '<!-- waive PIR007: reason -->',
  '> ',
  '*',
  '_',
  '`',
  '[',
  '](',
  ')',
  '\\',
  '\n',
  '\n\n',
  '\r\n',
  '\u2028',
  '\u0000',
  '\ud800',
  '😀',
  '09:30',
  '9:30 to 25:61',
  '2026-02-31',
  '9999-12-31',
  'Start: ',
  'When: 2024-01-10 09:34',
  'UTC',
  'Ana Ferreira failed to',
  'should',
  'unknown',
  'confirmed',
  'is still in',
  'because',
  '===',
  '---',
  'FATAL: too many',
  'postgres://a:b1c2d3e4@h/x',
);
const anyText = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: pieces }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) }),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));
const context = {
  now: 0,
  clean: (text: string) => redact(text, { exact: true }),
  shared: true,
  team: ['Ana Ferreira'],
};

describe('whatever is written', () => {
  it('never fails, and every problem stands in the file', () => {
    const codes = new Set(['PIR000', ...rules.map(({ code }) => code)]);
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc
            .tuple(fc.constantFrom(good, linesAndTakeaways, nineHeadings), anyText, fc.nat())
            .map(([text, part, at]) => text.slice(0, at % text.length) + part + text.slice(at % text.length)),
        ),
        (text) => {
          const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
          const problems = lint(text, context);
          expect(lint(text, context)).toEqual(problems);
          for (const { code, line, column, says, remedy, key } of problems) {
            expect(codes).toContain(code);
            expect(lines[line - 1]).toBeDefined();
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
            expect(says.length).toBeLessThan(600);
            expect(`${says}${remedy}${key}`).not.toMatch(/[\p{Cc}\u2028]/u);
          }
        },
      ),
      { numRuns: 300 },
    );
  }, 120_000);

  // Each of these is slow for a reader that looks at a mark's whole rest again for every mark.
  const megabyte = (part: string): string => part.repeat(Math.ceil(1_000_000 / part.length));
  it.each([
    ['one word', megabyte('a')],
    ['open brackets', megabyte('[a](')],
    ['marks of emphasis', megabyte('*a _b ')],
    ['backticks of many lengths', megabyte('` `` ``` ')],
    ['quotations in quotations', megabyte('>')],
    ['items in items', Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}- a`).join('\n')],
    ['a table of one row', `|${megabyte('a|')}\n|${megabyte('-|')}`],
    [
      'a timeline of many rows',
      `## Timeline\n\n| Time | What |\n| - | - |\n${megabyte('| 10:30 to 11:54 | confirmed it, and Ana Ferreira failed to say why |\n')}`,
    ],
    ['lines with times', megabyte('10:30 - what happened then\n')],
    ['follow-ups', `## Follow-ups\n\n${megabyte('- Investigate (a, b\n')}`],
    ['comments', megabyte('a <!-- waive PIR009: a reason -->\n')],
    ['open comments', megabyte('<!-- ')],
    ['blanks', `${megabyte(' ')}x`],
  ])(
    'is read to its end, a megabyte of %s too',
    (_, text) => {
      // The limit of the test is a guard against hanging, wide enough for a busy machine.
      expect(lint(text, context).length).toBeGreaterThan(0);
    },
    120_000,
  );
});
