// A report as a canvas takes it: refused by none of Slack's rules, with every word, and calling nobody.

import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfmTable } from 'micromark-extension-gfm-table';
import { describe, expect, it } from 'vitest';
import { markdownProblem } from '../../sandbox/slack/state/canvases.ts';
import { report } from '../../src/report/report.ts';
import { canvasMarkdown } from '../../src/slack/canvas-markdown.ts';
import { hostileNight } from '../support/hostile-night.ts';

const canvas = (report: string, plain = false): string =>
  canvasMarkdown({ lead: 'Lead:', report, file: 'inc-1.md', plain });
/** Without the first paragraph. */
const body = (report: string, plain = false): string => canvas(report, plain).replace(/^Lead:\n\n?/, '');
const tree = (text: string) =>
  fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmFromMarkdown()] });

function all(node: Nodes): Nodes[] {
  return [node, ...('children' in node ? node.children.flatMap((child) => all(child)) : [])];
}
const texts = (root: Nodes): string[] =>
  all(root).flatMap((node) =>
    node.type === 'text' || node.type === 'inlineCode' || (node.type === 'code' && node.lang !== 'mermaid')
      ? [node.value]
      : [],
  );
/** Words of the report that a canvas does not have. */
function lost(report: string, shown: string): string[] {
  const there = texts(tree(shown)).join(' ');
  const words = texts(tree(report)).flatMap((text) => text.match(/[\p{L}\p{N}]{3,}/gu) ?? []);
  return words.filter((word) => !there.includes(word));
}

describe('a report in a canvas', () => {
  it('begins with the line that says whose it is', () => {
    expect(canvas('# Report\n')).toBe('Lead:\n\n# Report\n');
  });

  it('has no heading below the third, no comments and no charts', () => {
    expect(body('##### Deep\n\n<!-- a note -->\n\nText <!-- inside --> here.\n')).toBe(
      '### Deep\n\nText  here.\n',
    );
    expect(body('```mermaid\ngantt\n```\n')).toBe('_A chart stands here in the file inc-1.md._\n');
    expect(body('```sh\nls -l\n```\n')).toBe('```\nls -l\n```\n');
  });

  it('keeps things to do as a checklist, and marks them in words where a canvas has none', () => {
    expect(body('- [ ] Write it down (Ana)\n- [x] Remove it\n')).toBe(
      '- [ ] Write it down (Ana)\n- [x] Remove it\n',
    );
    expect(body('- [ ] One\n- Two\n')).toBe('- ☐ One\n- Two\n');
    expect(body('- [x] One\n  - Two\n')).toBe('- ☑ One\n  - Two\n');
    // Somebody typed brackets: no thing to do.
    expect(body('- \\[ ] typed\n')).toBe('- \\[ ] typed\n');
  });

  it('has in a list only lists of the same kind, and no quotes, code or tables', () => {
    expect(body('- a\n  1. b\n  2. c\n     - d\n')).toBe('- a\n  - b\n  - c\n    - d\n');
    expect(body('- a\n\n  > quoted\n\n  ```sh\n  ls\n  ```\n')).toBe('- a quoted `ls`\n');
    const deep = Array.from({ length: 8 }, (_, depth) => `${'  '.repeat(depth)}- n${depth}`).join('\n');
    expect(
      body(deep)
        .split('\n')
        .filter((line) => line.startsWith('      - ')),
    ).toHaveLength(5);
  });

  it('has a large table as several, each with its head, and no row is lost', () => {
    const rows = Array.from({ length: 250 }, (_, row) => `| r${row} | x | y |`).join('\n');
    const tables = tree(body(`| A | B | C |\n| - | - | - |\n${rows}\n`)).children;
    expect(tables.map((table) => (table.type === 'table' ? table.children.length : 0))).toEqual([
      100, 100, 53,
    ]);
    const text = body(`| A | B | C |\n| - | - | - |\n${rows}\n`);
    for (let row = 0; row < 250; row++) expect(text).toContain(`| r${row} |`);
  });

  it('in its plain form has no tables, quotes or nested lists', () => {
    expect(body('| A | B |\n| - | - |\n| c |  |\n\n> said\n\n- a\n  - b\n', true)).toBe(
      '- A · B\n- c · —\n\nsaid\n\n- a\n- b\n',
    );
  });

  it('calls nobody and shows no pictures', () => {
    expect(body('![](@U123ABC) ![x](#C123) [ana](@U1) \\<@U123> \\<!channel> @here\n')).toBe(
      '\\@U123ABC x ana \\<\u2060\\@U123> \\<\u2060!channel> \\@here\n',
    );
    expect(body('[ana](https://x.slack.com/team/U123ABC) ![graph](https://example.org/a.png)\n')).toBe(
      'ana [graph](https://example.org/a.png)\n',
    );
  });

  it('that is too long says where the rest is', () => {
    const text = canvas(`# Report\n\n${'A line of a long night.\n\n'.repeat(10_000)}`);
    expect(text.length).toBeLessThanOrEqual(100_000);
    expect(text.length).toBeGreaterThan(98_000);
    expect(text.trimEnd()).toMatch(
      /The rest does not fit here: the whole report is in the file inc-1\.md\._$/,
    );
    const code = canvas(`\`\`\`text\n${'line\n'.repeat(50_000)}\`\`\`\n`);
    expect(code.length).toBeLessThan(21_000);
    expect(code).toContain('…');
  });

  const golden = new URL('../report/golden/', import.meta.url);
  const names = readdirSync(golden).filter((name) => name.endsWith('.md'));
  it.each(names)('of the golden reports: %s', (name) => {
    const report = readFileSync(new URL(name, golden), 'utf8');
    for (const plain of [false, true]) {
      const shown = canvas(report, plain);
      expect(markdownProblem(shown)).toBeUndefined();
      expect(lost(report, shown)).toEqual([]);
    }
  });

  it.each(['default', 'bcgov', 'pydis'] as const)('of a night of hostile words: %s', (profile) => {
    for (const text of [
      '![](@U123ABC)<!channel>',
      '| a\n- [ ] b\n1. c',
      '```\n> d',
      '#### <!-- e',
      '[f](@U123ABC)',
    ]) {
      const { markdown } = report(hostileNight(text), { profile, people: 'names' });
      const shown = canvas(markdown);
      expect(markdownProblem(shown)).toBeUndefined();
      for (const node of all(tree(shown))) {
        expect(['image', 'html']).not.toContain(node.type);
        if (node.type === 'text') expect(node.value).not.toMatch(/<[@!#]/);
      }
      expect(lost(markdown, shown)).toEqual([]);
    }
  });

  it('is taken, calls nobody and keeps every word, whatever the report holds', () => {
    const fragment = fc.constantFrom(
      '# one',
      '#### four',
      '- dash',
      '  - under',
      '  1. first',
      '1. number',
      '   - other',
      '> quote',
      '- > quoted',
      '  > in it',
      '- ```',
      '  ```',
      '```mermaid',
      '```',
      '    indented',
      '***',
      '---',
      '',

      '| head | more |\n| - | - |\n| cell | ![](@U123ABC) |',
      '<!-- note -->',
      '<b>bold</b>',
      '- [ ] todo',
      '- [x] done',
      '![](@U123ABC)',
      '![pic](#C123)',
      '[call](@U1)',
      '[ref]',
      '[ref]: @U123',
      '![ref]',

      '<@U123ABC>',
      '<!channel>',
      '[ana](https://x.slack.com/team/U123ABC)',
      '@here',
      '\\',
      'text\\',
      '![](',

      '**strong**',
      '__',
      '`code`',
      '`',
      'https://example.org',
      '<https://example.org/x_(y)>',
      '~~gone~~',
    );
    const piece = fc.oneof(fragment, fragment, fc.string({ unit: 'grapheme', maxLength: 12 }));
    const join = fc.constantFrom('\n', '\n\n', ' ', '');
    const report = fc
      .array(fc.tuple(piece, join), { maxLength: 14 })
      .map((parts) => parts.map(([text, end]) => text + end).join(''));
    fc.assert(
      fc.property(report, fc.boolean(), (text, plain) => {
        const shown = canvas(text, plain);
        expect(markdownProblem(shown)).toBeUndefined();
        const nodes = all(tree(shown));
        for (const node of nodes) {
          expect(['image', 'imageReference', 'html', 'definition', 'linkReference']).not.toContain(node.type);
          // As Slack writes somebody, a group or a channel.
          if (node.type === 'text') expect(node.value).not.toMatch(/<[@!#]/);
          if (node.type === 'link') expect(node.url).toMatch(/^(https?:\/\/(?!.*\/team\/U)|mailto:)/i);
          if (node.type === 'code') expect(node.lang).toBeNull();
          if (node.type === 'heading') expect(node.depth).toBeLessThanOrEqual(3);
        }
        expect(lost(text, shown)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
