// The project's Markdown: clean for markdownlint, and every link to a file or heading of the project leads somewhere.
import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { lint } from 'markdownlint/sync';
import { describe, expect, it } from 'vitest';
import { files, project, read } from './files.ts';

const papers = files.filter((file) => file.endsWith('.md'));

interface Token {
  readonly type: string;
  readonly text: string;
  readonly children: readonly Token[];
}

function tokensOf(markdown: string): Token[] {
  const all: Token[] = [];
  const visit = (token: Token) => {
    all.push(token);
    for (const child of token.children) visit(child);
  };
  lint({
    strings: { it: markdown },
    config: { default: false, tokens: true },
    customRules: [
      {
        names: ['tokens'],
        description: 'gives the tokens to the test',
        tags: ['test'],
        parser: 'micromark',
        function: ({ parsers }) => (parsers.micromark.tokens as unknown as Token[]).forEach(visit),
      },
    ],
  });
  return all;
}

/** As GitHub makes it: lower case, no punctuation, hyphens for spaces. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsIn(file: string): string[] {
  return tokensOf(read(file))
    .filter(({ type }) => type === 'atxHeadingText')
    .map(({ text }) => anchorOf(text));
}

function wrongLinks(file: string): string[] {
  const targets = tokensOf(read(file))
    .filter(({ type }) => type === 'resourceDestinationString' || type === 'definitionDestinationString')
    .map(({ text }) => text)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
  return targets.flatMap((target) => {
    const [path = '', anchor] = target.split('#');
    const where = path === '' ? file : normalize(join(dirname(file), decodeURIComponent(path)));
    if (where.startsWith('..') || !existsSync(join(project, where)))
      return [`${file}: ${target} leads nowhere`];
    if (anchor === undefined || statSync(join(project, where)).isDirectory()) return [];
    return anchorsIn(where).includes(anchor) ? [] : [`${file}: ${target}: no such heading`];
  });
}

describe('the papers', () => {
  it('are there', () => {
    for (const name of ['ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'docs/operating.md'])
      expect(files).toContain(name);
    expect(read('LICENSE')).toContain('END OF TERMS AND CONDITIONS');
  });
  it.each(papers)('%s is clean', (file) => {
    const found =
      lint({ strings: { [file]: read(file) }, config: { default: true, MD013: false } })[file] ?? [];
    expect(
      found.map((one) => `${file}:${one.lineNumber} ${one.ruleNames[0]} ${one.ruleDescription}`),
    ).toEqual([]);
  });
  it('lead where they say', () => {
    expect(papers.flatMap(wrongLinks)).toEqual([]);
  });
  it('would be caught leading nowhere', () => {
    expect(
      tokensOf('[a](b.md) ![c](d.png)').filter(({ type }) => type === 'resourceDestinationString'),
    ).toHaveLength(2);
    expect(anchorsIn('ARCHITECTURE.md')).toContain('to-add-something');
  });
});
