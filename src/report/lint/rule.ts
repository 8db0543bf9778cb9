/** What one rule of the review is. */
import type { Finding, Level } from './problem.ts';
import type { LintContext, ReportRead } from './report-read.ts';

export interface Rule {
  readonly code: string;
  /** What it asks, as a heading. */
  readonly title: string;
  readonly level: Level;
  /** When it finds something, in plain words. */
  readonly finds: string;
  /** Why that matters. */
  readonly why: string;
  /** What to do, when the finding says nothing better. */
  readonly remedy: string;
  /** What the text alone cannot tell it. */
  readonly needs?: string;
  /** False: no reason makes it right. */
  readonly waivable?: false;
  /** Pure; never throws. */
  check(report: ReportRead, context: LintContext): readonly Finding[];
}
