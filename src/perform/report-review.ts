/** Makes the report as it would be posted, and its review: what blocks final, and what is worth a look. */
import { redact } from '../actions/redact.ts';
import type { Event, EventType } from '../incidents/events.ts';
import { stamped, withWaivers } from '../report/finished.ts';
import { earlier, reviewOf } from '../report/lint/lint.ts';
import { keyOf, type LintProblem } from '../report/lint/problem.ts';
import { type LintContext, type ReportRead, readReport } from '../report/lint/report-read.ts';
import { rules } from '../report/lint/rules.ts';
import { milestoneProblems } from '../report/model/milestone-problems.ts';
import { momentsOf } from '../report/moments.ts';
import { remedyFor, unitAt } from '../report/remedies.ts';
import { type ReportOptions, report } from '../report/report.ts';
import type { Remedy, Reviewed, ReviewQuestion } from '../report/reviewed.ts';
import { cleanEvents } from './clean-events.ts';

export interface ReviewTask {
  readonly events: readonly Event[];
  readonly options: ReportOptions;
  /** ms */
  readonly now: number;
  /** The events of incidents before this one, each whole, for what only a comparison shows. */
  readonly others: readonly (readonly Event[])[];
}

/** What people write for the report alone: there a secret is asked about, where elsewhere it is taken out. */
const written: ReadonlySet<EventType> = new Set([
  'section_written',
  'why_written',
  'follow_up_added',
  'follow_up_changed',
  'lint_waived',
]);

const redacted = (text: string): string => redact(text, { exact: true });

const waivable = new Map(rules.map((rule) => [rule.code, rule.waivable !== false]));

/** These compare with other incidents, in the default form and by names, whatever form this report has. */
const compared: ReadonlySet<string> = new Set(['PIR017', 'PIR018']);

/** Of a finished text only its words can be read; here the record says it for certain. */
const MILESTONE = 'PIR020';

/** Missing, out of order or not yet: the lengths that incidents are compared by are measured between them. */
function milestoneQuestions(clean: readonly Event[], now: number): ReviewQuestion[] {
  return milestoneProblems(momentsOf(clean), now).map(({ problem, milestone, says }) => ({
    code: MILESTONE,
    level: 'error',
    says,
    remedy:
      problem === 'missing'
        ? 'About will do: 9:40ish. If nobody knows, say that it does not apply.'
        : 'Correct its line of the timeline, or set it again.',
    key: keyOf(`milestone ${milestone} ${problem}`),
    waivable: true,
  }));
}

const waiversIn = (events: readonly Event[]): NonNullable<LintContext['waived']> =>
  events.flatMap(({ type, body }) => (type === 'lint_waived' ? [body] : []));

interface Made {
  readonly markdown: string;
  readonly fileName: string;
}

/** The report as it is posted, printed and kept: cleaned, with its waivers and, where the head is known, its stamp. */
export function finishedReport(events: readonly Event[], options: ReportOptions): Made {
  const clean = cleanEvents(events);
  return finished(clean, report(clean, options), options);
}

function finished(clean: readonly Event[], { markdown, fileName }: Made, { head }: ReportOptions): Made {
  const waived = waiversIn(clean);
  const lines =
    waived.length === 0
      ? []
      : reviewOf(readReport(markdown), { waived }).waived.map(({ problem, reason }) => ({
          line: problem.line,
          code: problem.code,
          reason,
        }));
  const whole = withWaivers(markdown, lines);
  const number = clean[0]?.incident;
  return { fileName, markdown: head && number !== undefined ? stamped(whole, number, head.version) : whole };
}

/** Pure. Lines are those of the report as people wrote it, which differ from the posted ones only behind a taken-out key of many lines. */
export function reviewReport({ events, options, now, others }: ReviewTask): Reviewed {
  const clean = cleanEvents(events);
  const made = report(clean, options);
  const read = readReport(asWritten(events, clean, options) ?? made.markdown);
  const waived = waiversIn(events);
  const beside = comparison(clean, options, others, made.markdown);
  const found = reviewOf(read, { now, clean: redacted, waived });
  const apart = reviewOf(beside.report, { waived, others: beside.others });
  const isBeside = ({ code }: LintProblem): boolean => compared.has(code);
  const isApart = ({ code }: LintProblem): boolean => compared.has(code) || code === MILESTONE;
  const milestones = milestoneQuestions(clean, now);
  const waiver = (one: ReviewQuestion) =>
    waived.find(({ code, key }) => code === one.code && key === one.key);
  const question = (problem: LintProblem): ReviewQuestion => questionOf(problem, read, events);
  const all = [
    ...found.problems.filter((one) => !isApart(one)).map(question),
    ...milestones.filter((one) => !waiver(one)),
    ...apart.problems.filter(isBeside).map(withoutLine),
  ];
  const status = events.findLast(({ type }) => type === 'report_status_set');
  return {
    incident: events[0]?.incident ?? 0,
    version: options.head?.version ?? events.at(-1)?.version ?? 0,
    profile: options.template ? `template ${options.template.name}` : options.profile,
    status: status?.type === 'report_status_set' ? status.body.to : 'draft',
    ...finished(clean, made, options),
    blocks: all.filter(({ level }) => level === 'error'),
    asks: all.filter(({ level }) => level === 'warning'),
    waived: [
      ...milestones.flatMap((one) => {
        const reason = waiver(one)?.reason;
        return reason === undefined ? [] : [{ question: one, reason }];
      }),
      ...found.waived.map(({ problem, reason }) => ({ question: question(problem), reason })),
      ...apart.waived
        .filter(({ problem }) => isBeside(problem))
        .map(({ problem, reason }) => ({ question: withoutLine(problem), reason })),
    ],
  };
}

/** The report with people's words for it as they are; undefined when nothing would be taken out of them. */
function asWritten(
  events: readonly Event[],
  clean: readonly Event[],
  options: ReportOptions,
): string | undefined {
  const raw = clean.map((event, index) => (written.has(event.type) ? (events[index] ?? event) : event));
  const same = raw.every(
    (event, index) => event === clean[index] || JSON.stringify(event) === JSON.stringify(clean[index]),
  );
  return same ? undefined : report(raw, options).markdown;
}

/** What is compared with other incidents: this report and theirs in one form, by names. */
function comparison(
  clean: readonly Event[],
  { profile, people, template, zone }: ReportOptions,
  others: ReviewTask['others'],
  markdown: string,
): { readonly report: ReportRead; readonly others: NonNullable<LintContext['others']> } {
  if (others.length === 0) return { report: readReport(''), others: [] };
  const plain: ReportOptions = { profile: 'default', people: 'names', ...(zone ? { zone } : {}) };
  const same = profile === 'default' && people === 'names' && !template;
  return {
    report: readReport(same ? markdown : report(clean, plain).markdown),
    others: others.map((one) => earlier(report(cleanEvents(one), plain).markdown, `INC-${one[0]?.incident}`)),
  };
}

function questionOf(problem: LintProblem, read: ReportRead, events: readonly Event[]): ReviewQuestion {
  const section = unitAt(read, problem)?.section.title;
  const remedy = remedyFor(problem, read, events);
  return {
    ...withoutLine(problem),
    line: problem.line,
    ...(section ? { section: redacted(section) } : {}),
    ...(remedy ? { with: withoutSecrets(remedy) } : {}),
  };
}

const withoutSecrets = (remedy: Remedy): Remedy =>
  remedy.write === 'follow-up' && remedy.text !== undefined
    ? { ...remedy, text: redacted(remedy.text) }
    : remedy;

const withoutLine = ({ code, level, says, remedy, key }: LintProblem): ReviewQuestion => ({
  code,
  level,
  // Rules quote what people wrote, and this is shown to others.
  says: redacted(says),
  remedy,
  key,
  waivable: waivable.get(code) ?? false,
});
