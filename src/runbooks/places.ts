/** Where each value of a YAML file stands: line and column of keys, values and of single characters inside them. */

export type Path = readonly (string | number)[];

export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** Offsets in the file. `key`: of the key that names the value; `start`: of the value; `end`: just after it. */
export interface Span {
  readonly key?: number;
  readonly start: number;
  readonly end: number;
  /** A scalar's text as read, for finding a character of it in the source. */
  readonly text?: string;
}

export class Places {
  readonly #text: string;
  readonly #lines: number[] = [0];
  readonly #spans = new Map<string, Span>();

  constructor(text: string) {
    this.#text = text;
    for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) {
      this.#lines.push(index + 1);
    }
  }

  put(path: Path, span: Span): void {
    this.#spans.set(path.join('\0'), span);
  }

  /** Line and column, 1-based, of an offset. */
  spot(offset: number): Spot {
    const at = Math.max(0, Math.min(offset, this.#text.length));
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lines[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#lines[low] ?? 0) + 1 };
  }

  /** The value, or the nearest thing around it when there is none. */
  value(path: Path): Spot {
    for (let length = path.length; length >= 0; length--) {
      const span = this.#spans.get(path.slice(0, length).join('\0'));
      if (span !== undefined) return this.spot(span.start);
    }
    return { line: 1, column: 1 };
  }

  /** The key that names the value, or the value when it has none (an item of a list). */
  key(path: Path): Spot {
    const span = this.#spans.get(path.join('\0'));
    return span?.key === undefined ? this.value(path) : this.spot(span.key);
  }

  /** The character at an offset of a scalar's text, found in its source through quotes, escapes and folding. */
  within(path: Path, offset: number): Spot {
    const span = this.#spans.get(path.join('\0'));
    if (span?.text === undefined) return this.value(path);
    return this.spot(sourceOffset(this.#text.slice(span.start, span.end), span.text, offset) + span.start);
  }
}

/** Walks source and text side by side; whatever the text does not show (quotes, indentation, escapes) is passed over. */
function sourceOffset(source: string, text: string, wanted: number): number {
  const style = source.charAt(0);
  let at = 0;
  if (style === '|' || style === '>') at = source.indexOf('\n') + 1;
  else if (style === '"' || style === "'") at = 1;
  for (let index = 0; index <= wanted; index++) {
    const letter = text.charAt(index);
    if (!/\s/.test(letter)) while (/\s/.test(source.charAt(at))) at += 1;
    if (style === '"') while (/^\\\r?\n/.test(source.slice(at, at + 3))) at = skipFold(source, at);
    if (index === wanted) break;
    at += width(source, at, style, letter);
  }
  return Math.min(at, source.length);
}

function skipFold(source: string, at: number): number {
  let next = source.indexOf('\n', at) + 1;
  while (/[ \t]/.test(source.charAt(next))) next += 1;
  return next;
}

function width(source: string, at: number, style: string, letter: string): number {
  if (style === '"' && source.charAt(at) === '\\') {
    const kind = source.charAt(at + 1);
    return kind === 'x' ? 4 : kind === 'u' ? 6 : kind === 'U' ? 10 : 2;
  }
  if (style === "'" && source.startsWith("''", at)) return 2;
  if (/\s/.test(letter) && !/\s/.test(source.charAt(at))) return 0;
  return 1;
}
