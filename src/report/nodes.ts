/** Builds the parts of a report as mdast; every text goes through here, so nothing typed can become Markdown. */
import type {
  Code,
  Emphasis,
  Heading,
  InlineCode,
  List,
  ListItem,
  Paragraph,
  PhrasingContent,
  Strong,
  Table,
  TableCell,
  Text,
} from 'mdast';
import { oneLine, visible, withoutShortcodes } from './typed.ts';

/** A piece of a paragraph or cell: a string is plain text. */
export type Piece = string | PhrasingContent;

const address = /https?:\/\/[^\s<>"'`|\\^{}[\]“”‘’„«»]+/giu;

function link(url: string): PhrasingContent | undefined {
  if (!URL.canParse(url) || !/^https?:\/\/[^/]/i.test(url)) return undefined;
  return { type: 'link', url, children: [{ type: 'text', value: url }] };
}

/** Takes what belongs to the sentence away from the end of an address; a bracket that it opened stays. */
function untilSentence(found: string): string {
  let url = found.replace(/[.,;:!?*_~]+$/u, '');
  while (url.endsWith(')') && url.split(')').length > url.split('(').length)
    url = url.slice(0, -1).replace(/[.,;:!?*_~]+$/u, '');
  return url;
}

const plain = (value: string): Text => ({ type: 'text', value: withoutShortcodes(value) });

/** Text with its web addresses as links to themselves; never any other markup. */
function linked(value: string): PhrasingContent[] {
  const parts: PhrasingContent[] = [];
  let from = 0;
  for (const match of value.matchAll(address)) {
    const url = untilSentence(match[0]);
    const node = link(url);
    if (!node) continue;
    if (match.index > from) parts.push(plain(value.slice(from, match.index)));
    parts.push(node);
    from = match.index + url.length;
  }
  if (from < value.length) parts.push(plain(value.slice(from)));
  return parts;
}

const dash: Text = { type: 'text', value: '—' };

/** Pieces on one line; never empty, no blank at either end. */
export function inline(pieces: readonly Piece[]): PhrasingContent[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') merged[merged.length - 1] = last + piece;
    else merged.push(piece);
  }
  const lines = merged.map((piece) => (typeof piece === 'string' ? oneLine(piece) : piece));
  const first = lines[0];
  if (typeof first === 'string') lines[0] = first.trimStart();
  const last = lines.at(-1);
  if (typeof last === 'string') lines[lines.length - 1] = last.trimEnd();
  const nodes = lines.flatMap((piece) => (typeof piece === 'string' ? linked(piece) : [piece]));
  return nodes.length === 0 ? [dash] : nodes;
}

/** Text on one line and nothing else: where no link may stand. */
export const words = (value: string): Text => plain(oneLine(value).trim() || '—');

/** A heading's text loses its punctuation at the end, which a heading does not have (markdownlint MD026). */
export function heading(depth: 1 | 2 | 3, text: string): Heading {
  const value = oneLine(text)
    .replace(/[\s.,;:!。，；：！]+$/u, '')
    .trim();
  return { type: 'heading', depth, children: [plain(value === '' ? 'Untitled' : value)] };
}

export const paragraph = (...pieces: Piece[]): Paragraph => ({ type: 'paragraph', children: inline(pieces) });

/** Something that nobody has written down, asked in italics. */
export function question(text: string): Emphasis {
  const value = withoutShortcodes(oneLine(text).trim());
  return { type: 'emphasis', children: [{ type: 'text', value }] };
}

export function strong(text: string): Strong {
  return {
    type: 'strong',
    children: [{ type: 'text', value: withoutShortcodes(oneLine(text).trim() || '—') }],
  };
}

/** Code within a line. A backslash before a pipe cannot be written as code in a table (GFM): then it is plain text. */
export function code(value: string): InlineCode | Text {
  const line = oneLine(value).trim();
  if (line === '') return dash;
  return /\\/.test(line) && line.includes('|') ? plain(line) : { type: 'inlineCode', value: line };
}

/** Lines kept as they are, such as commands or a log; tabs become blanks. */
export function block(lang: 'sh' | 'text', value: string): Code {
  const lines = visible(value).replaceAll('\t', '    ').split('\n');
  const trimmed = lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
  return { type: 'code', lang, value: trimmed };
}

export type Cell = Piece | readonly Piece[];

function cell(content: Cell): TableCell {
  const pieces = Array.isArray(content) ? (content as readonly Piece[]) : [content as Piece];
  return { type: 'tableCell', children: inline(pieces) };
}

/** A table; a row with fewer cells than the head is filled up, so that the shape is always whole. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): Table {
  const row = (cells: readonly Cell[]) => ({
    type: 'tableRow' as const,
    children: head.map((_, index) => cell(cells[index] ?? '')),
  });
  return { type: 'table', children: [row(head), ...rows.map(row)] };
}

export type Item = readonly Piece[];

const item = (pieces: Item, checked: boolean | null): ListItem => ({
  type: 'listItem',
  spread: false,
  checked,
  children: [{ type: 'paragraph', children: inline(pieces) }],
});

export const list = (items: readonly Item[]): List => ({
  type: 'list',
  ordered: false,
  spread: false,
  children: items.map((pieces) => item(pieces, null)),
});

/** `- [ ] text`, then those that nobody has to do any more as `- [x] text`. */
export const todo = (open: readonly Item[], closed: readonly Item[] = []): List => ({
  type: 'list',
  ordered: false,
  spread: false,
  children: [...open.map((pieces) => item(pieces, false)), ...closed.map((pieces) => item(pieces, true))],
});

/** An item with those under it. */
export interface Branch {
  readonly pieces: Item;
  readonly under: readonly Branch[];
}

/** No deeper: what is below stands beside it, since no page shows more. */
const DEEPEST = 8;

const flat = (branches: readonly Branch[]): Branch[] =>
  branches.flatMap(({ pieces, under }) => [{ pieces, under: [] }, ...flat(under)]);

/** Lists in lists. */
export function tree(branches: readonly Branch[], depth = 1): List {
  const items = branches.map(({ pieces, under }): ListItem => {
    const below = depth < DEEPEST - 1 ? under : flat(under);
    const one = item(pieces, null);
    return below.length === 0 ? one : { ...one, children: [...one.children, tree(below, depth + 1)] };
  });
  return { type: 'list', ordered: false, spread: false, children: items };
}
