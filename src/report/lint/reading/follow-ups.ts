/** The follow-ups of a report, each with what it says of its owner, its date and where it is tracked. */
import { dayIn } from './clock.ts';
import type { Paper, Section, Unit } from './paper.ts';

export interface FollowUp {
  readonly unit: Unit;
  /** What is to be done, without the brackets behind it. */
  readonly text: string;
  readonly done: boolean;
  readonly owner: boolean;
  readonly due: boolean;
  readonly link: boolean;
}

const tracker =
  /https?:\/\/|(?<![\p{L}\p{N}])#\d{1,9}\b|\b(?!INC-|UTC-|SHA-|ISO-|PIR-|CVE-|GMT-)[A-Z][A-Z0-9]{1,14}-\d{1,9}\b/u;
const unknown =
  /\?|^\W*$|^(?:tbd|tba|n\/a|none|nobody|unknown|open|who|when|owner|due|to be (?:decided|determined|defined))$/i;
const when =
  /\b(?:due|by|until|before)\b:? ?(?:the )?(?:end of|next|this|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|q[1-4]|\d)|\bq[1-4] ?\/?\d{4}\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} \d{1,2}(?:st|nd|rd|th)?\b/i;
const named = /(?:^|[\s(])@[\p{L}\p{N}]|\b(?:owner|owned by|assignee|assigned to|responsible)\b:? ?\p{L}/iu;

/** Of the bracket that the end closes: brackets within it belong to it. A few thousand characters back at most. */
function opening(text: string): number {
  let open = 0;
  const from = text.length - 1;
  for (let at = from; at >= 0 && at > from - 3000; at--) {
    if (text[at] === ')') open += 1;
    else if (text[at] === '(') open -= 1;
    if (open === 0) return at;
  }
  return text.lastIndexOf('(');
}

/** The last brackets, or what follows a dash before the end. */
function tail(text: string): { readonly body: string; readonly parts: readonly string[] } {
  const trimmed = text.trimEnd().replace(/\.$/, '');
  if (trimmed.endsWith(')')) {
    const open = opening(trimmed);
    if (open > 0)
      return { body: trimmed.slice(0, open).trim(), parts: trimmed.slice(open + 1, -1).split(/[,;]/) };
  }
  const dash = /\s[–—-]{1,2}\s([^–—]{2,80})$/.exec(trimmed.slice(-120));
  if (dash && (dayIn(dash[1] ?? '') !== undefined || named.test(dash[1] ?? '')))
    return { body: trimmed.slice(0, -dash[0].length), parts: (dash[1] ?? '').split(/[,;]/) };
  return { body: text.trim(), parts: [] };
}

const isName = (part: string): boolean => {
  const word = part.trim().replace(/^(?:owner|who|by):?\s/i, '');
  return (
    !unknown.test(word) &&
    !/^done when\b/i.test(word) &&
    word.split(/\s+/).length <= 5 &&
    /^@?\p{L}/u.test(word) &&
    dayIn(word) === undefined &&
    !when.test(word) &&
    !tracker.test(word)
  );
};

function ofText(unit: Unit): FollowUp {
  const { body, parts } = tail(unit.text);
  const asked = unit.text.includes('?') ? parts.join(',') : unit.text;
  return {
    unit,
    text: body,
    done: unit.checked === true,
    owner: named.test(unit.text) || parts.some(isName),
    due: dayIn(unit.text) !== undefined || when.test(asked),
    link: unit.link || tracker.test(unit.text),
  };
}

function ofRow(unit: Unit): FollowUp {
  const head = unit.head ?? [];
  const cell = (pattern: RegExp): string | undefined => {
    const index = head.findIndex((name) => pattern.test(name));
    const words = index === -1 ? undefined : unit.cells?.[index];
    return words === undefined || words.prompt || unknown.test(words.text.trim())
      ? undefined
      : words.text.trim();
  };
  const what =
    cell(/^\W*(?:what|action|task|follow|item|description|to ?do)/i) ?? unit.cells?.[0]?.text ?? '';
  const state = cell(/^\W*(?:state|status|done)/i) ?? '';
  return {
    unit,
    text: what.trim(),
    done: /^(?:done|closed|finished|complete[d]?|yes|x|☑|✅)/i.test(state),
    owner: cell(/\b(?:owner|who|assignee|responsible)\b/i) !== undefined,
    due: cell(/\b(?:due|when|by|date|deadline)\b/i) !== undefined,
    link: unit.link || tracker.test(unit.text) || cell(/\b(?:link|ticket|issue|tracker)\b/i) !== undefined,
  };
}

/** Nothing to do was said in words. */
const none = /^\W*(?:none|no follow-?ups?|nothing(?: to do)?|n\/a|—|-)\W*$/i;

function inside(section: Section | undefined): boolean {
  for (let one = section; one; one = one.parent) if (one.kind === 'follow-ups') return true;
  return false;
}

/** Items and rows, or paragraphs where there are no items; what is indented under an item belongs to it. */
export function followUpsOf(paper: Paper): FollowUp[] {
  const units = paper.units.filter(
    (unit) =>
      inside(unit.section) &&
      unit.kind !== 'heading' &&
      unit.kind !== 'code' &&
      !unit.prompt &&
      !none.test(unit.text),
  );
  const items = units.filter(({ kind, depth }) => (kind === 'item' && depth < 2) || kind === 'row');
  return (items.length > 0 ? items : units.filter(({ kind }) => kind === 'prose')).map((unit) =>
    unit.kind === 'row' ? ofRow(unit) : ofText(unit),
  );
}
