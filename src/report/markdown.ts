/** mdast to Markdown, in one style: the only place where a report becomes text. */
import type { Root } from 'mdast';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { type Options, toMarkdown } from 'mdast-util-to-markdown';

const notInConstruct = ['autolink', 'link', 'image', 'label'] as const;

/** What readers' pages take for markup beyond CommonMark, and `mdast-util-gfm` 3.1 leaves as it is. */
const beyond: Options = {
  unsafe: [
    // `$x$` is mathematics for GitHub and markdownlint.
    { character: '$', inConstruct: 'phrasing', notInConstruct: [...notInConstruct] },
    // Bare addresses in capitals, and `www.` before anything.
    {
      character: ':',
      before: '[PS]',
      after: '\\/',
      inConstruct: 'phrasing',
      notInConstruct: [...notInConstruct],
    },
    { character: '.', before: '[Ww]{3}', inConstruct: 'phrasing', notInConstruct: [...notInConstruct] },
  ],
};

/** Deterministic; what is text in the tree is escaped so that it is text in Markdown and GFM. Ends with one line end. */
export function markdown(root: Root): string {
  return toMarkdown(root, {
    bullet: '-',
    emphasis: '_',
    strong: '*',
    fence: '`',
    fences: true,
    listItemIndent: 'one',
    rule: '-',
    extensions: [gfmToMarkdown({ tablePipeAlign: false }), beyond],
  });
}
