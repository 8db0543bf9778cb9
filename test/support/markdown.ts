/** Reads a Markdown text again for tests: what markdownlint says of it, its tables, and what it is made of. */
import { lint } from 'markdownlint/sync';

interface Token {
  readonly type: string;
  readonly text: string;
  readonly children: readonly Token[];
}

export interface Read {
  /** One line for each problem; the rules are the default ones without MD013 (line length). */
  readonly problems: readonly string[];
  /** Of each table: the cells of each row, head first. */
  readonly tables: readonly (readonly (readonly string[])[])[];
  readonly headings: readonly string[];
  /** Every kind of token that is in the text. */
  readonly kinds: ReadonlySet<string>;
  /** Addresses of links. */
  readonly links: readonly string[];
  readonly codeBlocks: readonly string[];
}

function walk(tokens: readonly Token[], visit: (token: Token) => void): void {
  for (const token of tokens) {
    visit(token);
    walk(token.children, visit);
  }
}

/** Parses with markdownlint's own parser (CommonMark, GFM tables and bare addresses). */
export function read(markdown: string): Read {
  let tokens: readonly Token[] = [];
  const capture = {
    names: ['capture'],
    description: 'gives the tokens to the test',
    tags: ['test'],
    parser: 'micromark' as const,
    function: (params: { parsers: { micromark: { tokens: readonly Token[] } } }) => {
      tokens = params.parsers.micromark.tokens;
    },
  };
  const results = lint({
    strings: { report: markdown },
    config: { default: true, MD013: false },
    customRules: [capture],
  });
  const problems = (results.report ?? []).map((problem) => {
    const line = markdown.split('\n')[problem.lineNumber - 1] ?? '';
    return `${problem.lineNumber} ${problem.ruleNames.join('/')} ${problem.errorDetail ?? ''} in ${JSON.stringify(line)}`;
  });

  const tables: string[][][] = [];
  const headings: string[] = [];
  const kinds = new Set<string>();
  const links: string[] = [];
  const codeBlocks: string[] = [];
  walk(tokens, (token) => {
    kinds.add(token.type);
    if (token.type === 'table') tables.push([]);
    if (token.type === 'tableRow') tables.at(-1)?.push([]);
    if (token.type === 'tableHeader' || token.type === 'tableData') {
      const content = token.children.find((child) => child.type === 'tableContent');
      tables
        .at(-1)
        ?.at(-1)
        ?.push(content?.text ?? '');
    }
    if (token.type === 'atxHeadingText') headings.push(token.text);
    if (token.type === 'autolinkProtocol' || token.type === 'resourceDestinationString')
      links.push(token.text);
    if (token.type === 'codeFenced') codeBlocks.push(token.text);
  });
  return { problems, tables, headings, kinds, links, codeBlocks };
}
