// Files that would hold a process up or end it: a template with thousands of quotations in each other or one endless line,
// an edited report with characters that there are not, or with lines that take minutes to read.
import { describe, expect, it } from 'vitest';
import { textBlocks } from '../../src/report/blocks.ts';
import { compareReports } from '../../src/report/import/import.ts';
import { typedAgain } from '../../src/report/import/typed-again.ts';
import { markdown } from '../../src/report/markdown.ts';
import { ownSections } from '../../src/report/sections.ts';
import { templateProblems } from '../../src/report/template.ts';

describe('a template', () => {
  it('with marks without end is refused with words, and before it is read', () => {
    for (const line of ['>'.repeat(60_000), '**a'.repeat(20_000), '|a'.repeat(30_000)])
      expect(templateProblems(`# {{ title }}\n\n${line}`)).toMatchObject([
        { line: 3, column: 1, what: 'this line is very long' },
      ]);
  });

  it('with quotations or lists far too deep in each other is refused', () => {
    const lists = Array.from({ length: 150 }, (_, depth) => `${' '.repeat(2 * depth)}- a`).join('\n');
    for (const text of [`${'>'.repeat(1500)} {{ title }}`, lists])
      expect(templateProblems(text)).toMatchObject([{ what: expect.stringContaining('too deep') }]);
    expect(templateProblems('> > > - - - {{ title }}\n')).toEqual([]);
  });
});

describe('an edited report', () => {
  const [own] = ownSections;
  const text = 'It broke.';
  const of = (body: string): string => `# Report\n\n## ${own?.title}\n\n${body}\n\n## End\n\nx`;
  const then = new Map([[own?.name ?? '', text]]);
  const copy = of(markdown({ type: 'root', children: textBlocks(text) }).trimEnd());

  it('with codes of no character brings the sign for one that could not be read', () => {
    expect(typedAgain(['a&#xffffff;b &#x0; &#xd800; &#x41;'])).toBe('a\uFFFDb \uFFFD \uFFFD A');
    const found = compareReports(copy, of('It broke &#xffffff;'), then, then);
    expect(found.edits).toMatchObject([{ section: own?.name, text: 'It broke \uFFFD' }]);
  });

  it('with a section of a million marks is refused with its line', () => {
    for (const mark of ['![', '<!--', '<a', '[']) {
      const found = compareReports(copy, of(mark.repeat(400_000)), then, then);
      expect(found.refused).toEqual([{ line: 5, says: expect.stringContaining('longer than a section') }]);
      expect(found.edits).toEqual([]);
    }
  });
});
