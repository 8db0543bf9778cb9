/** A report as the rules see it: everything that more than one of them needs, read once. */

import type { Place } from './problem.ts';
import { dayIn, firstClock, namesZone } from './reading/clock.ts';
import { type Field, fieldsOf } from './reading/fields.ts';
import { type FollowUp, followUpsOf } from './reading/follow-ups.ts';
import { type Paper, readPaper, type Section, type Unit } from './reading/paper.ts';
import { type People, peopleOf } from './reading/people.ts';
import { type Row, rowsOf } from './reading/rows.ts';
import type { SectionKind } from './reading/section-kinds.ts';

/** What another report says that a rule compares with. */
export interface EarlierReport {
  /** File or incident, for the words. */
  readonly name: string;
  /** The lines and names by which its failure is known again. */
  readonly signatures: readonly string[];
  readonly openFollowUps: readonly string[];
  readonly responders: readonly string[];
  /** Days since 1970; undefined when it gives no date. */
  readonly day?: number;
}

/** What the text alone cannot tell. Every part may be absent: its rule then looks at less. */
export interface LintContext {
  /** ms; without it nothing is in the future. */
  readonly now?: number;
  /** Gives the text without secrets and personal data (PIR016). */
  readonly clean?: (text: string) => string;
  /** The copy leaves the team: people outside it are asked about (PIR011). */
  readonly shared?: boolean;
  /** Names of the team. */
  readonly team?: readonly string[];
  /** Other reports (PIR017, PIR018), in any order; the later ones are left out. */
  readonly others?: readonly EarlierReport[];
  /** How many incidents in a row one person may answer alone; 3. */
  readonly inARow?: number;
  /** Waivers that do not stand in the file. */
  readonly waived?: readonly { readonly code: string; readonly key: string; readonly reason: string }[];
}

export interface ReportRead {
  readonly paper: Paper;
  readonly fields: readonly Field[];
  readonly rows: readonly Row[];
  /** The row that a block is. */
  readonly rowOf: ReadonlyMap<Unit, Row>;
  readonly followUps: readonly FollowUp[];
  readonly people: People;
  /** Days since 1970. */
  readonly day?: number;
  /** The profile that Handrail names in its last line; undefined for a file of somebody else. */
  readonly profile?: string;
  readonly zone: boolean;
}

export function readReport(markdown: string): ReportRead {
  const paper = readPaper(markdown);
  const fields = fieldsOf(paper);
  const day = dayOf(paper, fields);
  const rows = rowsOf(paper, day);
  const last = paper.units.findLast(({ kind }) => kind === 'prose')?.text ?? '';
  const profile = /^Report version \d+.{0,60}, profile ([\w-]{1,40}),/.exec(last)?.[1];
  return {
    paper,
    fields,
    rows,
    rowOf: new Map(rows.map((row) => [row.unit, row])),
    followUps: followUpsOf(paper),
    people: peopleOf(paper, fields, rows),
    ...(day === undefined ? {} : { day }),
    ...(profile ? { profile } : {}),
    zone: paper.units.some(({ kind, text }) => kind !== 'code' && namesZone(text)),
  };
}

/** Of the head: a field of a time, or the title. */
function dayOf(paper: Paper, fields: readonly Field[]): number | undefined {
  const field = startField(fields);
  if (field && dayIn(field.value) !== undefined) return dayIn(field.value);
  const title = paper.units.find(({ kind }) => kind === 'heading');
  return title && dayIn(title.text);
}

const starts =
  /^(?:when|start(?:ed|s)?(?: time)?|beg[ia]n|date(?: and time)?|date of (?:the )?incident|incident date|incident start|outage start)$/;

/** The field that says when it began; one with a time of day before one with a date alone. */
export function startField(fields: readonly Field[]): Field | undefined {
  const all = fields.filter(({ name, prompt }) => starts.test(name) && !prompt);
  return all.find(({ value }) => firstClock(value) !== undefined) ?? all[0];
}

/** Where problems of the whole report stand: its title, or its first line. */
export function topOf({ paper }: ReportRead): { readonly place: Place; readonly about: string } {
  const first = paper.units.find(({ kind, text }) => kind === 'heading' || text.trim() !== '');
  return first ? { place: first.place(0), about: first.text } : { place: { line: 1, column: 1 }, about: '' };
}

/** It, or a section around it, is of this kind. */
export function isIn(section: Section, kind: SectionKind): boolean {
  for (let one: Section | undefined = section; one; one = one.parent) if (one.kind === kind) return true;
  return false;
}

/** What stands in all sections of the kinds, headings left out. */
export function unitsIn({ paper }: ReportRead, ...kinds: readonly SectionKind[]): Unit[] {
  return paper.units.filter(
    ({ kind, section }) => kind !== 'heading' && kinds.some((one) => isIn(section, one)),
  );
}

export function sectionOf({ paper }: ReportRead, ...kinds: readonly SectionKind[]): Section | undefined {
  return paper.sections.find(({ kind }) => kind !== undefined && kinds.includes(kind));
}

/** What people wrote in sentences: no code, no prompts. */
export function prose({ paper }: ReportRead): Unit[] {
  return paper.units.filter(
    ({ kind, prompt }) => (kind === 'prose' || kind === 'item' || kind === 'row') && !prompt,
  );
}

/** A few words of the file for a message, on one line. */
export function quoted(text: string, most = 60): string {
  const line = text
    .slice(0, most * 4)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return `“${
    line.length > most
      ? `${line
          .slice(0, most)
          .replace(/[\uD800-\uDBFF]$/, '')
          .trimEnd()}…`
      : line
  }”`;
}
