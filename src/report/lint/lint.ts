/** The review of a finished report, on any Markdown: questions with their places, and what was waived with a reason. */
import { asEarlier } from './others.ts';
import { keyOf, type LintProblem } from './problem.ts';
import { type EarlierReport, type LintContext, type ReportRead, readReport } from './report-read.ts';
import { rules } from './rules.ts';
import { type Waiver, waiversOf } from './waivers.ts';

export interface Waived {
  readonly problem: LintProblem;
  readonly reason: string;
}

export interface Review {
  /** In the order of the file. */
  readonly problems: readonly LintProblem[];
  readonly waived: readonly Waived[];
}

const waivable: ReadonlySet<string> = new Set(
  rules.filter((rule) => rule.waivable !== false).map(({ code }) => code),
);

function found(report: ReportRead, context: LintContext): LintProblem[] {
  return rules.flatMap((rule) =>
    rule.check(report, context).map(({ place, says, remedy, level, about }) => ({
      code: rule.code,
      level: level ?? rule.level,
      ...place,
      says,
      remedy: remedy ?? rule.remedy,
      key: keyOf(about),
    })),
  );
}

function waiverProblem(place: { line: number; column: number }, says: string, about: string): LintProblem {
  const remedy =
    'Write it as <!-- waive PIR007: the reason -->, on the line or just before it, or take it out.';
  return { code: 'PIR000', level: 'warning', ...place, says, remedy, key: keyOf(about) };
}

/** Of a report that was read already. */
export function reviewOf(report: ReportRead, context: LintContext = {}): Review {
  const { waivers, broken } = waiversOf(report.paper, waivable);
  const used = new Set<Waiver>();
  const byCode = Map.groupBy(
    waivers.flatMap((waiver) => waiver.codes.map((code) => ({ code, waiver }))),
    ({ code }) => code,
  );
  const problems: LintProblem[] = [];
  const waived: Waived[] = [];
  for (const problem of found(report, context)) {
    const here = byCode
      .get(problem.code)
      ?.find(({ waiver: { from, to } }) => from <= problem.line && problem.line <= to);
    const elsewhere = waivable.has(problem.code)
      ? context.waived?.find(({ code, key }) => code === problem.code && key === problem.key)
      : undefined;
    if (here) used.add(here.waiver);
    const reason = here?.waiver.reason ?? elsewhere?.reason;
    if (reason === undefined) problems.push(problem);
    else waived.push({ problem, reason });
  }
  for (const { place, says, about } of broken) problems.push(waiverProblem(place, says, about));
  for (const waiver of waivers)
    if (!used.has(waiver))
      problems.push(
        waiverProblem(waiver.place, `Nothing here is against ${waiver.codes.join(', ')}.`, waiver.reason),
      );
  const order = (a: LintProblem, b: LintProblem): number =>
    a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
  return { problems: problems.sort(order), waived: waived.sort((a, b) => order(a.problem, b.problem)) };
}

/**
 * What is wrong with a report in Markdown, in the order of the file; what was waived is left out. Pure, linear in the
 * length of the text, never throws.
 */
export function lint(markdown: string, context: LintContext = {}): readonly LintProblem[] {
  return reviewOf(readReport(markdown), context).problems;
}

/** What a report gives to the review of a later one. */
export const earlier = (markdown: string, name: string): EarlierReport =>
  asEarlier(readReport(markdown), name);
