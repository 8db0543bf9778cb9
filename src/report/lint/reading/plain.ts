/** A line of Markdown as its reader sees it, with the column in the file of each of its characters. */

export interface Plain {
  readonly text: string;
  /** 0-based column in the line for each UTF-16 unit of `text`. */
  readonly columns: readonly number[];
  /** There is code within the line. */
  readonly code: boolean;
  /** There is a link with words of its own, or an address in angle brackets. */
  readonly link: boolean;
}

const punctuation = /[!-/:-@[-`{-~]/;
const tag = /<\/?[a-z][^<>]{0,200}>/iy;
const inAngles = /<((?:https?:\/\/|mailto:)[^<>\s]{1,2000})>/iy;
const label =
  /!?\[([^[\]]{0,500})\]\(([^()\s]{1,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500})?)(?:\s+"[^"]{0,200}")?\)/y;
const entity = /&(?:amp|lt|gt|quot|nbsp|#x20|#32);/iy;
const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

const wordish = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Marks of emphasis go; a star between blanks or a low line within a word is a character like any other. */
function isMark(raw: string, at: number, length: number): boolean {
  const before = raw[at - 1];
  const after = raw[at + length];
  const blank = (char: string | undefined): boolean => char === undefined || /\s/.test(char);
  if (blank(before) && blank(after)) return false;
  return raw[at] !== '_' || !(wordish(before) && wordish(after));
}

/** Pure and linear in the length of `raw`. `offset` is added to every column. */
export function plainOf(raw: string, offset = 0): Plain {
  let text = '';
  const columns: number[] = [];
  let code = false;
  let link = false;
  const emit = (part: string, from: number): void => {
    for (let index = 0; index < part.length; index++) columns.push(offset + from + index);
    text += part;
  };
  /** Lengths of runs of backticks that nothing closes from here on. */
  const unclosed = new Set<number>();
  let at = 0;
  while (at < raw.length) {
    const char = raw[at] as string;
    if (char === '\\' && punctuation.test(raw[at + 1] ?? '')) {
      emit(raw[at + 1] as string, at + 1);
      at += 2;
    } else if (char === '`') {
      let end = at;
      while (raw[end] === '`') end++;
      const size = end - at;
      const close = unclosed.has(size) ? -1 : closing(raw, end, size);
      if (close === -1) {
        unclosed.add(size);
        emit(raw.slice(at, end), at);
        at = end;
      } else {
        code = true;
        emit(raw.slice(end, close), end);
        at = close + size;
      }
    } else if (char === '*' || char === '_' || char === '~') {
      let end = at;
      while (raw[end] === char) end++;
      const mark = char === '~' ? end - at === 2 : end - at <= 3 && isMark(raw, at, end - at);
      if (!mark) emit(raw.slice(at, end), at);
      at = end;
    } else if (char === '<') {
      const comment = raw.startsWith('<!--', at) ? raw.indexOf('-->', at + 4) : -1;
      const url = matchAt(inAngles, raw, at);
      const html = url ? null : matchAt(tag, raw, at);
      if (url) {
        link = true;
        emit(url[1] as string, at + 1);
        at += url[0].length;
      } else if (comment !== -1) at = comment + 3;
      else if (html) {
        emit(' ', at);
        at += html[0].length;
      } else {
        emit(char, at);
        at += 1;
      }
    } else if (char === '[' || (char === '!' && raw[at + 1] === '[')) {
      const found = matchAt(label, raw, at);
      if (found) {
        link = true;
        const from = at + (char === '!' ? 2 : 1);
        emit(found[1] as string, from);
        at += found[0].length;
      } else {
        emit(char, at);
        at += 1;
      }
    } else if (char === '&') {
      const found = matchAt(entity, raw, at);
      emit(found ? (entities[found[0].toLowerCase()] ?? ' ') : char, at);
      at += found ? found[0].length : 1;
    } else {
      emit(char, at);
      at += 1;
    }
  }
  return { text, columns, code, link };
}

/** Where a run of exactly `size` backticks begins, from `from` on; -1 when there is none. */
function closing(raw: string, from: number, size: number): number {
  let at = raw.indexOf('`', from);
  while (at !== -1) {
    let end = at;
    while (raw[end] === '`') end++;
    if (end - at === size) return at;
    at = raw.indexOf('`', end);
  }
  return -1;
}
