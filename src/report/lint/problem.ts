/** What the review of a report finds: where, by which rule, and what to do about it. */

/** 1-based; columns in UTF-16 units, as editors count. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Errors keep a report from being final; warnings do not. */
export type Level = 'error' | 'warning';

export interface LintProblem extends Place {
  /** `PIR001` to `PIR020`, and `PIR000` for a waiver. Never renumbered. */
  readonly code: string;
  readonly level: Level;
  /** What is wrong, in one sentence or two. */
  readonly says: string;
  readonly remedy: string;
  /** The same for the same words under the same rule, wherever they stand: what a waiver from outside names. */
  readonly key: string;
}

/** What one rule found, before its code and level are added. */
export interface Finding {
  readonly place: Place;
  readonly says: string;
  /** Instead of the rule's. */
  readonly remedy?: string;
  /** Instead of the rule's. */
  readonly level?: Level;
  /** The words that it is about. */
  readonly about: string;
}

/** Letters and digits of the words that a problem is about: what stays when a line moves or its markup changes. */
export function keyOf(about: string): string {
  return about
    .slice(0, 400)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .slice(0, 80);
}
