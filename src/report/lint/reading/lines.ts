/** What one line of Markdown begins, by its own characters. */

const checkbox = /^\[([ xX])\](?=\s|$)\s*/;

/** An item of a list: its mark, what is ticked, and where its text begins. */
export interface Item {
  readonly indent: number;
  readonly offset: number;
  readonly checked?: boolean;
}

export function itemOf(line: string): Item | undefined {
  const found = /^(\s{0,100})(?:[-+*•–]|\d{1,9}[.)])(\s{1,20})(?=\S)/.exec(line);
  if (!found) return undefined;
  const offset = found[0].length;
  const rest = line.slice(offset, offset + 40);
  const box = checkbox.exec(rest);
  if (box) return { indent: found[1]?.length ?? 0, offset: offset + box[0].length, checked: box[1] !== ' ' };
  const sign = /^([☐☑☒✅])\s*/u.exec(rest);
  if (sign)
    return { indent: found[1]?.length ?? 0, offset: offset + sign[0].length, checked: sign[1] !== '☐' };
  return { indent: found[1]?.length ?? 0, offset };
}

export function atxHeading(
  line: string,
): { readonly depth: number; readonly offset: number; readonly raw: string } | undefined {
  const found = /^ {0,3}(#{1,6})(?:[ \t]{1,20}|$)/.exec(line);
  if (!found) return undefined;
  const raw = line.slice(found[0].length).trimEnd();
  let end = raw.length;
  while (raw[end - 1] === '#') end--;
  const closed = end < raw.length && (end === 0 || /\s/.test(raw[end - 1] ?? ''));
  return {
    depth: found[1]?.length ?? 1,
    offset: found[0].length,
    raw: closed ? raw.slice(0, end).trimEnd() : raw,
  };
}

/** The depth of the heading that this line makes of the paragraph before it. */
export function setextDepth(line: string): 1 | 2 | undefined {
  if (!/^ {0,3}[=-]/.test(line)) return undefined;
  const mark = line.trim();
  const char = mark[0];
  for (const other of mark) if (other !== char) return undefined;
  return char === '=' ? 1 : 2;
}

/** The fence that opens or closes code. */
export function fenceOf(
  line: string,
): { readonly char: string; readonly size: number; readonly bare: boolean } | undefined {
  const found = /^\s{0,40}(?:[-+*]\s{1,4})?(`{3,200}|~{3,200})/.exec(line);
  if (!found) return undefined;
  const mark = found[1] ?? '';
  const rest = line.slice(found[0].length);
  if (mark[0] === '`' && rest.includes('`')) return undefined;
  return { char: mark[0] ?? '`', size: mark.length, bare: rest.trim() === '' };
}

/** `| - | :-: |`: the line under the head of a table. Gives the number of columns. */
export function delimiters(line: string): number | undefined {
  if (line.length > 20_000 || !line.includes('-') || !line.includes('|')) return undefined;
  const cells = line.trim().replace(/^\|/, '').replace(/\|$/, '').split('|');
  return cells.every((cell) => /^:?-+:?$/.test(cell.trim())) ? cells.length : undefined;
}

/** The cells of a row with the column where each begins; a pipe behind a backslash belongs to its cell. */
export function cellsOf(line: string): { readonly raw: string; readonly offset: number }[] {
  const cells: { raw: string; offset: number }[] = [];
  let from = line.length - line.trimStart().length;
  if (line[from] === '|') from += 1;
  const end = line.trimEnd().length;
  for (let at = from; at <= end; at++) {
    if (at < end && line[at] === '\\') at += 1;
    else if (at === end || line[at] === '|') {
      const whole = line.slice(from, at);
      if (at === end && cells.length > 0 && whole.trim() === '') break;
      const raw = whole.trim();
      cells.push({ raw, offset: from + (raw === '' ? 0 : whole.length - whole.trimStart().length) });
      from = at + 1;
    }
  }
  return cells;
}

/** `Project: PIDP`, `**Severity:** SEV2`: a fact on a line of its own. */
export const isFact = (line: string): boolean =>
  /^\s{0,3}(?:\*\*|__)?(?:Project|Product|Service|System|Date|When|Date of incident|Incident date|Environment|Environment [Aa]ffected|Severity|Status|Report status|Start(?:ed|s)?|Start time|Beg[ia]n|End(?:ed|s)?|End time|Detected|Acknowledged|Fixed|Mitigated|Resolved|Restored|Closed|Duration|Authors?|Owner|Responders?|Participants?|People|Lead|Incident (?:lead|commander)|Reported by|Zone|Time ?zone)(?:\*\*|__)?\s?:/.test(
    line,
  );

/** `9:34 - text`, `10:30 to 11:54 - text`, `2:00ish - text`, `about 11:20 text`: a line of a timeline. */
export const isTimed = (line: string): boolean =>
  /^\s{0,3}(?:\*\*|__)?(?:about |around |ca?\. |~ ?)?(?:\d{4}-\d\d-\d\d[ T])?(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)/i.test(
    line,
  );
