/**
 * Reads any Markdown into blocks and sections with their places. Line by line and linear: a parser of all of CommonMark
 * takes minutes for a table of a few thousand rows (mdast-util-from-markdown 2.1 with micromark-extension-gfm-table 2.1:
 * 4,000 rows, 67 s), and a timeline has them. Pure; never throws.
 */
import { type Builder, builder } from './builder.ts';
import { atxHeading, cellsOf, delimiters, fenceOf, isFact, isTimed, itemOf, setextDepth } from './lines.ts';
import { isBareTitle, type SectionKind } from './section-kinds.ts';
import type { Piece, Words } from './words.ts';

export interface Section {
  readonly title: string;
  readonly kind?: SectionKind;
  /** 0 for what stands before the first heading. */
  readonly depth: number;
  readonly heading?: Unit;
  readonly parent?: Section;
  /** Its own, without those of the sections inside it. */
  readonly units: readonly Unit[];
  readonly inner: readonly Section[];
}

/** A heading, paragraph, item, row of a table, or block of code. */
export interface Unit extends Words {
  readonly kind: 'heading' | 'prose' | 'item' | 'row' | 'code';
  readonly section: Section;
  /** Of a heading its depth, of an item the blanks before it. */
  readonly depth: number;
  readonly checked?: boolean;
  /** Of a row. */
  readonly cells?: readonly Words[];
  /** Of a row: the words of its table's head. */
  readonly head?: readonly string[];
}

export interface Comment {
  readonly line: number;
  /** The line of its end. */
  readonly end: number;
  readonly column: number;
  readonly text: string;
  /** Nothing else stands on its lines. */
  readonly alone: boolean;
}

export interface Paper {
  readonly lines: readonly string[];
  /** In the order of the file. */
  readonly units: readonly Unit[];
  /** In the order of the file; the first is what stands before any heading. */
  readonly sections: readonly Section[];
  readonly comments: readonly Comment[];
}

interface Reading {
  readonly out: Builder;
  readonly lines: readonly string[];
  open: Piece[];
  openKind: 'prose' | 'item';
  openDepth: number;
  openChecked: boolean | undefined;
  inList: boolean;
}

function close(reading: Reading): void {
  const { out, open, openKind, openDepth, openChecked } = reading;
  reading.open = [];
  if (open.length > 0)
    out.add(openKind, open, openDepth, openChecked === undefined ? {} : { checked: openChecked });
}

/** Comments of a line are noted and blanked, so that columns stay. Gives whether one is still open at the end. */
function withoutComments(
  raw: string,
  number: number,
  inside: boolean,
  out: Builder,
): { line: string; open: boolean } {
  if (!inside && !raw.includes('<!--')) return { line: raw, open: false };
  let line = '';
  let at = 0;
  let open = inside;
  while (at < raw.length) {
    if (open) {
      const end = raw.indexOf('-->', at);
      const to = end === -1 ? raw.length : end;
      const said = raw.slice(at, to).replace(/^<!--/, '').trim();
      if (at === 0 && inside) out.moreComment(number, said);
      else out.comment({ line: number, end: number, column: at + 1, text: said });
      line += ' '.repeat((end === -1 ? raw.length : end + 3) - at);
      at = end === -1 ? raw.length : end + 3;
      open = end === -1;
    } else {
      const start = raw.indexOf('<!--', at);
      line += raw.slice(at, start === -1 ? raw.length : start);
      at = start === -1 ? raw.length : start;
      open = start !== -1;
    }
  }
  out.aloneOn(number, line.trim() === '');
  return { line, open };
}

/** From the line of the opening fence; gives the line after the closing one. */
function code(reading: Reading, from: number): number {
  const fence = fenceOf(reading.lines[from] ?? '');
  let at = from + 1;
  for (; at < reading.lines.length; at++) {
    const other = fenceOf(reading.lines[at] ?? '');
    if (other?.bare && other.char === fence?.char && other.size >= fence.size) break;
    reading.out.code(reading.lines[at] ?? '', at + 1);
  }
  return at + 1;
}

/** Rows until an empty line, as GitHub reads them; gives the line after the last. */
function tableRows(reading: Reading, from: number): number {
  const head = cellsOf(reading.lines[from] ?? '').map(({ raw }) => raw);
  let at = from + 2;
  for (; at < reading.lines.length; at++) {
    const { line, open } = withoutComments(reading.lines[at] ?? '', at + 1, false, reading.out);
    if (open || line.trim() === '' || atxHeading(line) || fenceOf(line)) break;
    reading.out.row(cellsOf(line), at + 1, head);
  }
  return at;
}

/** A paragraph's line, the next line of one, or the beginning of a row or fact that stands on a line of its own. */
function text(reading: Reading, line: string, number: number): void {
  const item = itemOf(line);
  const offset = item?.offset ?? line.length - line.trimStart().length;
  if (item || isFact(line) || (isTimed(line) && reading.openKind === 'prose')) close(reading);
  if (reading.open.length === 0) {
    reading.openKind = item ? 'item' : 'prose';
    reading.openDepth = item?.indent ?? 0;
    reading.openChecked = item?.checked;
  }
  if (item) reading.inList = true;
  reading.open.push({ line: number, raw: line.slice(offset).trimEnd(), offset });
}

function isBareHeading(reading: Reading, at: number, line: string): boolean {
  const next = reading.lines[at + 1] ?? '';
  return (
    reading.open.length === 0 &&
    isBareTitle(line) &&
    (next.trim() === '' || itemOf(next) !== undefined || isTimed(next))
  );
}

const boldTitle = /^(?:\*\*([^*]{2,60}?):?\*\*|__([^_]{2,60}?):?__):?$/;

function oneLine(reading: Reading, line: string, at: number): void {
  const { out } = reading;
  const number = at + 1;
  const atx = atxHeading(line);
  const depth =
    reading.open.length > 0 && reading.open.length <= 3 && reading.openKind === 'prose'
      ? setextDepth(line)
      : undefined;
  const bold = reading.open.length === 0 ? boldTitle.exec(line.trim()) : null;
  if (atx) {
    close(reading);
    out.heading(atx.depth, [{ line: number, raw: atx.raw, offset: atx.offset }]);
    reading.inList = false;
  } else if (depth) {
    out.heading(depth, reading.open);
    reading.open = [];
  } else if (isBareHeading(reading, at, line)) {
    out.heading(2, [
      { line: number, raw: line.trim().replace(/:$/, ''), offset: line.length - line.trimStart().length },
    ]);
  } else if (bold && (reading.lines[at + 1] ?? '').trim() === '' && !isTimed(line)) {
    out.heading(6, [
      { line: number, raw: bold[1] ?? bold[2] ?? '', offset: line.indexOf(bold[1] ?? bold[2] ?? '') },
    ]);
  } else if (/^ {0,3}(?:-[ -]*|\*[ *]*|_[ _]*)$/.test(line.slice(0, 300)) && line.trim().length >= 3) {
    close(reading);
  } else text(reading, line, number);
}

/** Reads it all. */
export function readPaper(markdown: string): Paper {
  const lines = markdown.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const out = builder();
  const reading: Reading = {
    out,
    lines,
    open: [],
    openKind: 'prose',
    openDepth: 0,
    openChecked: undefined,
    inList: false,
  };
  let inComment = false;
  let blankBefore = true;
  let at = frontMatter(lines);
  while (at < lines.length) {
    const raw = lines[at] ?? '';
    if (!inComment && fenceOf(raw)) {
      close(reading);
      reading.inList = /^\s/.test(raw) && reading.inList;
      at = code(reading, at);
      blankBefore = true;
      continue;
    }
    const read = withoutComments(raw, at + 1, inComment, out);
    inComment = read.open;
    const line = withoutQuote(read.line);
    if (line.trim() === '') {
      // A comment of its own does not end the paragraph that it stands in.
      if (raw.trim() === '') close(reading);
      blankBefore = true;
    } else if (blankBefore && !reading.inList && /^(?: {4}|\t)/.test(line)) {
      close(reading);
      out.code(line, at + 1);
    } else if (
      reading.open.length <= 1 &&
      line.includes('|') &&
      delimiters(lines[at + 1] ?? '') !== undefined
    ) {
      close(reading);
      reading.inList = false;
      at = tableRows(reading, at);
      blankBefore = true;
      continue;
    } else {
      if (blankBefore && !/^\s/.test(line) && !itemOf(line)) reading.inList = false;
      oneLine(reading, line, at);
      blankBefore = false;
    }
    at += 1;
  }
  close(reading);
  return { lines, ...out.done() };
}

/** A quotation's marks become blanks, so that columns stay. */
function withoutQuote(line: string): string {
  const marks = /^ {0,3}(?:> ?){1,50}/.exec(line)?.[0];
  return marks === undefined
    ? line
    : ' '.repeat(Math.min(marks.length, 3)).padEnd(marks.length) + line.slice(marks.length);
}

/** The line after YAML front matter, which is no part of what people read; 0 when there is none. */
function frontMatter(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== '---') return 0;
  const end = lines.slice(1, 200).findIndex((line) => line.trimEnd() === '---');
  return end === -1 ? 0 : end + 2;
}
