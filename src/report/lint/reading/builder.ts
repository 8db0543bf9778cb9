/** Puts blocks into sections while a report is read. */
import type { Comment, Paper, Section, Unit } from './paper.ts';
import { sectionKind } from './section-kinds.ts';
import { type Piece, shortPieces, type Words, wordsOf } from './words.ts';

type Growing = Omit<Section, 'units' | 'inner'> & { readonly units: Unit[]; readonly inner: Section[] };

export interface Builder {
  add(kind: Unit['kind'], pieces: readonly Piece[], depth: number, more?: Partial<Unit>): void;
  heading(depth: number, pieces: readonly Piece[]): void;
  code(line: string, number: number): void;
  row(
    cells: readonly { readonly raw: string; readonly offset: number }[],
    line: number,
    head: readonly string[],
  ): void;
  comment(found: Omit<Comment, 'alone'>): void;
  /** The next line of the comment that is still open. */
  moreComment(line: number, text: string): void;
  /** Says of the comments that end on a line whether anything else stands there. */
  aloneOn(line: number, alone: boolean): void;
  done(): Omit<Paper, 'lines'>;
}

/** No more lines than this are read as one block, and no more characters than `LONGEST`. */
const MANY = 60;
const LONGEST = 6000;

/** Characters of a comment over many lines that are kept; the rest is no waiver. */
const MOST_OF_COMMENT = 2000;

function chunks(pieces: readonly Piece[]): Piece[][] {
  const all: Piece[][] = [];
  let open: Piece[] = [];
  let size = 0;
  for (const piece of pieces.flatMap(shortPieces)) {
    if (open.length > 0 && (open.length === MANY || size + piece.raw.length > LONGEST)) {
      all.push(open);
      open = [];
      size = 0;
    }
    open.push(piece);
    size += piece.raw.length;
  }
  return open.length > 0 ? [...all, open] : all;
}

const joined = (cells: readonly Words[]): Words => {
  const starts: number[] = [];
  let from = 0;
  for (const { text } of cells) {
    starts.push(from);
    from += text.length + 3;
  }
  return {
    text: cells.map(({ text }) => text).join(' | '),
    code: cells.some(({ code }) => code),
    link: cells.some(({ link }) => link),
    prompt: false,
    place(index) {
      let cell = 0;
      while (cell + 1 < cells.length && (starts[cell + 1] ?? 0) <= index) cell += 1;
      return cells[cell]?.place(index - (starts[cell] ?? 0)) ?? { line: 1, column: 1 };
    },
  };
};

export function builder(): Builder {
  const first: Growing = { title: '', depth: 0, units: [], inner: [] };
  const sections: Growing[] = [first];
  const units: Unit[] = [];
  const comments: Comment[] = [];
  let path: Growing[] = [first];
  const here = (): Growing => path.at(-1) ?? first;
  const put = (unit: Unit): void => {
    units.push(unit);
    if (unit.kind !== 'heading') here().units.push(unit);
  };
  const add: Builder['add'] = (kind, pieces, depth, more = {}) => {
    for (const chunk of chunks(pieces)) put({ ...wordsOf(chunk), kind, section: here(), depth, ...more });
  };
  return {
    add,
    heading(depth, pieces) {
      const words = wordsOf(chunks(pieces)[0] ?? []);
      path = path.filter((one) => one.depth < depth);
      const parent = here();
      const kind = sectionKind(words.text);
      const section: Growing = {
        title: words.text.trim(),
        ...(kind ? { kind } : {}),
        depth,
        parent,
        units: [],
        inner: [],
      };
      const heading: Unit = { ...words, kind: 'heading', section, depth };
      Object.assign(section, { heading });
      parent.inner.push(section);
      sections.push(section);
      path.push(section);
      put(heading);
    },
    code(line, number) {
      for (const piece of shortPieces({ line: number, raw: line, offset: 0 }))
        put({
          text: piece.raw,
          code: true,
          link: false,
          prompt: false,
          place: (index) => ({ line: number, column: piece.offset + index + 1 }),
          kind: 'code',
          section: here(),
          depth: 0,
        });
    },
    row(raw, line, head) {
      // A row of thousands of cells is no table of a report: the first hundred are read.
      const cells = raw.slice(0, 100).map((cell) => wordsOf(shortPieces({ line, ...cell })));
      put({ ...joined(cells), kind: 'row', section: here(), depth: 0, cells, head });
    },
    comment: (found) => void comments.push({ ...found, alone: false }),
    moreComment(line, text) {
      const last = comments.pop();
      if (!last) return;
      const whole = last.text.length > MOST_OF_COMMENT ? last.text : `${last.text} ${text}`.trim();
      comments.push({ ...last, end: line, text: whole, alone: last.alone });
    },
    aloneOn(line, alone) {
      for (let at = comments.length - 1; comments[at]?.end === line; at--) {
        const comment = comments[at] as Comment;
        comments[at] = { ...comment, alone: alone && (comment.line === line || comment.alone) };
      }
    },
    done: () => ({ units, sections, comments }),
  };
}
