/** Parts of a runbook's page as mdast: what a runbook says is text here, and becomes Markdown only when it is written. */
import type { Code, Heading, List, ListItem, Paragraph, PhrasingContent, Table, TableCell } from 'mdast';
import { oneLine } from '../without-values.ts';

export type Piece = string | PhrasingContent;

const inline = (pieces: readonly Piece[]): PhrasingContent[] =>
  pieces.map((piece) => (typeof piece === 'string' ? { type: 'text', value: piece } : piece));

/** Punctuation at the end of a heading is taken away (markdownlint MD026). */
export function heading(depth: 1 | 2 | 3, text: string): Heading {
  const value = oneLine(text).replace(/[\s.,;:!]+$/, '');
  return { type: 'heading', depth, children: [{ type: 'text', value: value === '' ? 'Untitled' : value }] };
}

export const paragraph = (...pieces: Piece[]): Paragraph => ({ type: 'paragraph', children: inline(pieces) });

/** One paragraph, whatever line ends it was written with. */
export const text = (words: string): Paragraph => paragraph(oneLine(words));

export const strong = (words: string): PhrasingContent => ({
  type: 'strong',
  children: [{ type: 'text', value: words }],
});

/** As code, without a line end and never empty. A backtick inside is no trouble for whoever writes the page. */
export function code(words: string): PhrasingContent {
  const value = oneLine(words);
  return value === '' ? { type: 'text', value: '—' } : { type: 'inlineCode', value };
}

export const link = (url: string, words: string): PhrasingContent => ({
  type: 'link',
  url,
  children: [{ type: 'text', value: words }],
});

export const block = (lang: 'sh' | 'mermaid', lines: readonly string[]): Code => ({
  type: 'code',
  lang,
  value: lines.map((line) => line.replaceAll('\t', ' ').trimEnd()).join('\n'),
});

export function list(items: readonly (readonly Piece[])[]): List {
  const children = items.map(
    (pieces): ListItem => ({
      type: 'listItem',
      spread: false,
      checked: null,
      children: [{ type: 'paragraph', children: inline(pieces) }],
    }),
  );
  return { type: 'list', ordered: false, spread: false, children };
}

export function table(head: readonly string[], rows: readonly (readonly Piece[])[]): Table {
  const cell = (piece: Piece): TableCell => {
    // In a cell a backslash before a pipe cannot be written as code (GFM): there it is text.
    const safe =
      typeof piece !== 'string' &&
      piece.type === 'inlineCode' &&
      /\|/.test(piece.value) &&
      /\\/.test(piece.value)
        ? piece.value
        : piece;
    return { type: 'tableCell', children: inline([typeof safe === 'string' ? oneLine(safe) : safe]) };
  };
  const row = (cells: readonly Piece[]) => ({ type: 'tableRow' as const, children: cells.map(cell) });
  return { type: 'table', children: [row(head), ...rows.map(row)] };
}
