/** A text of several lines: paragraphs and lists, and nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textBlocks } from '../../src/report/blocks.ts';
import { markdown } from '../../src/report/markdown.ts';
import { read } from '../support/markdown.ts';

const write = (text: string): string => markdown({ type: 'root', children: textBlocks(text) });

describe('lines', () => {
  it.each([
    ['one\ntwo\n\n\nthree', 'one\n\ntwo\n\nthree\n'],
    ['- a\n* b\n• c\n\n- d', '- a\n- b\n- c\n- d\n'],
    ['1. a\n2) b\n7. c', '1. a\n2. b\n3. c\n'],
    ['- a\n  goes on\n- b', '- a goes on\n- b\n'],
    ['- a\n  - b\n    - c\n- d', '- a\n  - b\n    - c\n- d\n'],
    ['- a\n1. b', '- a\n\n1. b\n'],
    ['- a\nend\n- b', '- a\n\nend\n\n- b\n'],
    ['  a \u0007b', 'a b\n'],
    ['-no list\n1.5 s', '-no list\n\n1.5 s\n'],
  ])('%j', (text, expected) => {
    expect(write(text)).toBe(expected);
  });

  it.each(['', ' \n\t\n', '\u202E\u0000\n'])('%j is nothing', (text) => {
    expect(textBlocks(text)).toEqual([]);
  });

  it('stays flat below the fourth level', () => {
    const deep = Array.from({ length: 12 }, (_, index) => `${'  '.repeat(index)}- x${index}`).join('\n');
    expect(write(deep)).toContain('\n      - x11\n');
  });
});

describe('what would be Markdown', () => {
  it.each([
    ['# heading', '\\# heading'],
    ['a | b\n- | -', 'a | b\n\n- \\| -'],
    ['```sh\nx\n```', '\\`\\`\\`sh\n\nx\n\n\\`\\`\\`'],
    ['- [ ] todo', '- \\[ ] todo'],
    ['> quote', '\\> quote'],
    ['---', '\\---'],
    ['<b>', '\\<b>'],
  ])('%j is text', (text, expected) => {
    expect(write(text)).toBe(`${expected}\n`);
  });

  it('is never anything but paragraphs and lists', () => {
    const pieces = [
      '- ',
      '  - ',
      '1. ',
      '\n',
      '\n\n',
      '    ',
      '\t',
      '#',
      '>',
      '|',
      '`',
      '~~~',
      '===',
      '---',
      'a',
      '*',
      '_',
      '[x]: y',
      '<!--',
      '&lt;',
    ];
    const forbidden =
      /^(?:atxHeading|setextHeading|table|codeFenced|codeIndented|blockQuote|html|thematicBreak|definition|link$|emphasis|strong|gfmFootnote|mathFlow|directive)/;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
        const { kinds, problems } = read(`# t\n\nx\n\n${write(parts.join(''))}`.trimEnd().concat('\n'));
        expect([...kinds].filter((kind) => forbidden.test(kind) && !kind.startsWith('atxHeading'))).toEqual(
          [],
        );
        expect(problems.filter((problem) => !/MD0(?:34|45)/.test(problem))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
