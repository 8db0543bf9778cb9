/** What one report tells another one's review: how it failed, what is open, who answered. */

import type { Place } from './problem.ts';
import { type EarlierReport, isIn, type LintContext, type ReportRead } from './report-read.ts';

export interface Signature {
  /** The same for the same failure. */
  readonly key: string;
  readonly words: string;
  readonly place?: Place;
}

const error =
  /\b(?:FATAL|PANIC|ERROR|[A-Z]\w{2,60}(?:Error|Exception)|OOMKilled|CrashLoopBackOff|ImagePullBackOff)\b:?.{3,300}/;

/** Without what differs from one night to the next: numbers, hashes, names with digits, addresses. */
function steady(line: string): string {
  return line
    .toLowerCase()
    .replace(/\b(?:[\w-]*\d[\w.:-]*)\b/g, ' ')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim()
    .slice(0, 120);
}

/** Of the evidence table (`signature`), and lines of errors in code; at most fifty. */
export function signaturesOf({ paper }: ReportRead): Signature[] {
  const found = new Map<string, Signature>();
  for (const unit of paper.units) {
    if (found.size >= 50) break;
    const [name, value] = unit.cells ?? [];
    if (
      unit.kind === 'row' &&
      name &&
      value &&
      /^signatures?$/i.test(name.text.trim()) &&
      /\p{L}{3}/u.test(value.text)
    ) {
      const key = `signature ${value.text.trim().toLowerCase()}`;
      if (!found.has(key)) found.set(key, { key, words: value.text.trim(), place: value.place(0) });
    }
    if (!unit.code) continue;
    const line = error.exec(unit.text.slice(0, 2000));
    const key = line ? steady(line[0]) : '';
    if (line && key.split(' ').length >= 3 && !found.has(key))
      found.set(key, { key, words: line[0].trim(), place: unit.place(line.index) });
  }
  return [...found.values()];
}

/** Who answered: of the head, else of the timeline, else of a sentence of the response. */
export function respondersOf({ people, paper }: ReportRead): readonly string[] {
  if (people.responders.length > 0) return people.responders;
  const said = paper.units.find(
    ({ section, kind, prompt }) => isIn(section, 'response') && kind !== 'heading' && !prompt,
  );
  const found =
    /^(\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+)+)(?: and (\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+)*))? responded\b/u.exec(
      said?.text ?? '',
    );
  return found ? [found[1] ?? '', ...(found[2] ? [found[2]] : [])] : [];
}

/** What another report's review needs of this one. */
export function asEarlier(report: ReportRead, name: string): EarlierReport {
  return {
    name,
    signatures: signaturesOf(report).map(({ key }) => key),
    openFollowUps: report.followUps.filter(({ done }) => !done).map(({ text }) => text),
    responders: respondersOf(report),
    ...(report.day === undefined ? {} : { day: report.day }),
  };
}

/** Those before this report, the oldest first; without a date of its own a report has none before it. */
export function earlierOnes({ day }: ReportRead, { others = [] }: LintContext): EarlierReport[] {
  if (day === undefined) return [];
  return others
    .filter((other) => other.day !== undefined && other.day < day)
    .toSorted((a, b) => (a.day ?? 0) - (b.day ?? 0));
}
