/** Waivers in the file: `<!-- waive PIR007: the vendor owns it -->` on the line itself, or before what it is about. */
import type { Place } from './problem.ts';
import type { Comment, Paper } from './reading/paper.ts';

export interface Waiver {
  readonly place: Place;
  readonly codes: readonly string[];
  readonly reason: string;
  /** The lines it is about, the first and the last. */
  readonly from: number;
  readonly to: number;
}

/** A comment that was meant as a waiver and is none. */
export interface NoWaiver {
  readonly place: Place;
  readonly says: string;
  readonly about: string;
}

const shape =
  /^(?:handrail:? )?waive\b:?\s{0,20}((?:PIR\d{1,5}[\s,]{0,20}){0,20})(?::|--|—|–)?\s{0,20}([^]{0,2000})$/i;

/** The block that begins after the comment, or the line where the comment stands at the end. */
function linesOf(comment: Comment, paper: Paper, starts: readonly number[]): { from: number; to: number } {
  if (!comment.alone) return { from: comment.line, to: comment.end };
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) > comment.end) high = middle;
    else low = middle + 1;
  }
  const unit = paper.units[low];
  return unit
    ? { from: comment.line, to: unit.place(unit.text.length).line }
    : { from: comment.line, to: comment.end };
}

/** `codes` are those that can be waived. */
export function waiversOf(
  paper: Paper,
  codes: ReadonlySet<string>,
): { readonly waivers: readonly Waiver[]; readonly broken: readonly NoWaiver[] } {
  const waivers: Waiver[] = [];
  const broken: NoWaiver[] = [];
  const starts = paper.units.map((unit) => unit.place(0).line);
  for (const comment of paper.comments) {
    const found = shape.exec(comment.text);
    if (!found) continue;
    const place = { line: comment.line, column: comment.column };
    const named = (found[1] ?? '').toUpperCase().match(/PIR\d+/g) ?? [];
    const reason = (found[2] ?? '').replace(/\s+/g, ' ').trim();
    const wrong = named.filter((code) => !codes.has(code));
    if (named.length === 0) broken.push({ place, says: 'This waiver names no rule.', about: comment.text });
    else if (wrong.length > 0)
      broken.push({ place, says: `${wrong.join(', ')}: no rule that can be waived.`, about: comment.text });
    else if (reason.length < 5)
      broken.push({ place, says: 'This waiver gives no reason.', about: comment.text });
    else waivers.push({ place, codes: named, reason, ...linesOf(comment, paper, starts) });
  }
  return { waivers, broken };
}
