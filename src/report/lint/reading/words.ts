/** The words of a block with the place of each: what every rule reads. */
import type { Place } from '../problem.ts';
import { type Plain, plainOf } from './plain.ts';

export interface Words {
  readonly text: string;
  readonly code: boolean;
  readonly link: boolean;
  /** All of it is in italics: what a template asks, or a question nobody has answered. */
  readonly prompt: boolean;
  /** Where the character at `index` of `text` stands in the file. */
  place(index: number): Place;
}

/** A part of a line: its 1-based number, its text, and the 0-based column where that begins. */
export interface Piece {
  readonly line: number;
  readonly raw: string;
  readonly offset: number;
}

const italics = /^(?:_(?!_)(?:[^_\\]|\\.|(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}]))*_|\*(?!\*)(?:[^*\\]|\\.)*\*)$/u;

/** Lines of one block as one text, a blank between them. */
export function wordsOf(pieces: readonly Piece[]): Words {
  const parts = pieces.map((piece) => ({ ...piece, plain: plainOf(piece.raw, piece.offset) }));
  const starts: {
    readonly from: number;
    readonly line: number;
    readonly plain: Plain;
    readonly end: number;
  }[] = [];
  const texts: string[] = [];
  let from = 0;
  for (const { line, plain, raw, offset } of parts) {
    starts.push({ from, line, plain, end: offset + raw.length });
    texts.push(plain.text);
    from += plain.text.length + 1;
  }
  const raw =
    parts.length > 40
      ? ''
      : parts
          .map((part) => part.raw.trim())
          .join(' ')
          .trim();
  return {
    text: texts.join(' '),
    code: parts.some(({ plain }) => plain.code),
    link: parts.some(({ plain }) => plain.link),
    prompt: raw.length <= 4000 && italics.test(raw.replace(/^- /, '')),
    place(index) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle]?.from ?? 0) <= index) low = middle;
        else high = middle - 1;
      }
      const start = starts[low];
      if (!start) return { line: 1, column: 1 };
      return { line: start.line, column: (start.plain.columns[index - start.from] ?? start.end) + 1 };
    },
  };
}

/** The longest piece of a line that rules read at once; longer ones are read in pieces, cut at a blank. */
const LONGEST = 4000;

/** So that no rule meets a text of a megabyte. */
export function shortPieces(piece: Piece): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  while (piece.raw.length - from > LONGEST) {
    const blank = piece.raw.lastIndexOf(' ', from + LONGEST);
    const to = blank > from ? blank + 1 : from + LONGEST;
    pieces.push({ line: piece.line, raw: piece.raw.slice(from, to), offset: piece.offset + from });
    from = to;
  }
  return [...pieces, { line: piece.line, raw: piece.raw.slice(from), offset: piece.offset + from }];
}
