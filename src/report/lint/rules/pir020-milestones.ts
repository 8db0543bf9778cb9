/** PIR020: a milestone is missing, out of order, or in the future. */
import type { Finding, Place } from '../problem.ts';
import { dayIn, firstClock, minutesOf } from '../reading/clock.ts';
import type { LintContext } from '../report-read.ts';
import { prose, type ReportRead, sectionOf, topOf } from '../report-read.ts';
import type { Rule } from '../rule.ts';
import { over } from './pir003-end.ts';

interface Kind {
  readonly name: string;
  /** Names of fields at the head. */
  readonly field: RegExp;
  /** How a line of the timeline begins that is this moment for certain. */
  readonly row: RegExp;
  /** Words anywhere that tell it. */
  readonly told: RegExp;
  readonly needed: boolean;
}

/** In the order in which they can happen. */
const kinds: readonly Kind[] = [
  {
    name: 'started',
    field: /^(?:start|beg[ia]n|when|date of (?:the )?incident)/,
    row: /^(?:started|outage (?:started|began)|start of)\b/i,
    told: /\S/,
    needed: false,
  },
  {
    name: 'detected',
    field: /^(?:detected|noticed|time to detect)/,
    row: /^(?:detected|first noticed|noticed)\b/i,
    told: /\b(?:notic|detect|alert|report|discover|observ|page[dr]?\b|monitor|posts?\b|posted|complain|saw\b|seen\b)/i,
    needed: true,
  },
  {
    name: 'acknowledged',
    field: /^(?:acknowledged|declared|responded)/,
    row: /^(?:acknowledged|incident declared|declared)\b/i,
    told: /\b(?:declared|acknowledg|respond|started? (?:(?:his|her|their|the|to|an) )?investigat|took (?:the lead|over)|role lead|joined|picked up|on[- ]call)/i,
    needed: true,
  },
  {
    name: 'fixed',
    field: /^(?:fixed|mitigated)/,
    row: /^(?:fixed|mitigated|fix (?:applied|deployed))\b/i,
    told: /\b(?:fix|mitigat|upgraded?|rolled back|rollback|restart|reverted|resolved by|replaced|remount|redeploy|reapply|scaled|patched|changed “|by hand “|ended)/i,
    needed: true,
  },
  {
    name: 'restored',
    field: /^(?:restored|resolved|recovered|end|service restored)/,
    row: /^(?:service restored|restored|resolved|recovered|back online)\b/i,
    told: over,
    needed: true,
  },
  { name: 'tidied', field: /^tidied/, row: /^(?:tidied|everything tidied)\b/i, told: /\S/, needed: false },
  { name: 'closed', field: /^closed/, row: /^(?:incident closed|closed)\b/i, told: /\S/, needed: false },
];

interface Moment {
  readonly name: string;
  readonly at: number;
  readonly place: Place;
  readonly about: string;
}

const DAY = 24 * 60;

/** Moments that are named for certain, in minutes on one scale. */
function moments(report: ReportRead): Moment[] {
  const { fields, rows, day = 0 } = report;
  return kinds.flatMap(({ name, field, row }): Moment[] => {
    const line = rows.find((one) => row.test(one.text.trimStart()));
    if (line) return [{ name, at: line.at, place: line.place, about: line.unit.text }];
    const found = fields.find((one) => field.test(one.name) && !one.prompt && firstClock(one.value));
    const clock = found && firstClock(found.value);
    // A clock of 12 hours is not compared.
    if (
      !found ||
      !clock ||
      (clock.half === undefined && !clock.of24 && clock.hour < 12 && rows.some(({ turned }) => turned))
    )
      return [];
    const at = (dayIn(found.value) ?? day) * DAY + minutesOf(clock);
    return [{ name, at, place: found.place(clock.index), about: `${found.name} ${found.value}` }];
  });
}

function outOfOrder(report: ReportRead): Finding[] {
  const findings: Finding[] = [];
  let latest: Moment | undefined;
  for (const moment of moments(report)) {
    if (latest && moment.at < latest.at)
      findings.push({
        place: moment.place,
        about: moment.about,
        says: `“${moment.name}” is before “${latest.name}” (line ${latest.place.line}).`,
        remedy: 'Correct one of the two times.',
      });
    else latest = moment;
  }
  return findings;
}

/** Half a day and two hours: no zone is further from UTC. */
const ZONES = 14 * 60;

function inFuture(report: ReportRead, now: number): Finding[] {
  const minute = now / 60_000 + ZONES;
  const late: Finding[] = report.rows
    .filter(({ at, dated }) => dated && at > minute)
    .slice(0, 1)
    .map(({ place, unit }) => ({
      place,
      about: unit.text,
      says: 'This line of the timeline is in the future.',
    }));
  const fields = report.fields.flatMap((field): Finding[] => {
    const day = kinds.some((kind) => kind.field.test(field.name)) ? dayIn(field.value) : undefined;
    if (day === undefined || day * DAY <= minute) return [];
    return [
      { place: field.place(0), about: `${field.name} ${field.value}`, says: 'This date is in the future.' },
    ];
  });
  return [...fields, ...(fields.length > 0 ? [] : late)].map((one) => ({
    ...one,
    remedy: 'Correct the date.',
  }));
}

function missing(report: ReportRead): Finding[] {
  const times =
    report.rows.length > 0
      ? report.rows.map(({ text }) => text)
      : prose(report).flatMap(({ text }) => (firstClock(text) ? [text] : []));
  const lacks = kinds.filter(
    ({ needed, field, told }) =>
      needed &&
      !report.fields.some((one) => field.test(one.name) && firstClock(one.value)) &&
      !times.some((text) => told.test(text)),
  );
  if (lacks.length === 0) return [];
  const names = lacks.map(({ name }) => name);
  return [
    {
      place: sectionOf(report, 'timeline')?.heading?.place(0) ?? topOf(report).place,
      about: `missing ${names.join(' ')}`,
      level: 'warning',
      says: `No line with a time says when it was ${names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names[0]}.`,
      remedy: 'Add the line, or a field at the top (Detected: 09:34).',
    },
  ];
}

export const pir020: Rule = {
  code: 'PIR020',
  title: 'A milestone missing, out of order or in the future',
  level: 'error',
  finds:
    'The moments started, detected, acknowledged, fixed, restored, tidied and closed are not in this order, or one is in the future. One of detected, acknowledged, fixed and restored is told nowhere with a time: a warning, because other words may tell it.',
  why: 'The lengths that reports are compared by are measured between these moments.',
  remedy: 'Correct the time, or add the line.',
  check: (report: ReportRead, { now }: LintContext) => [
    ...missing(report),
    ...outOfOrder(report),
    ...(now === undefined ? [] : inFuture(report, now)),
  ],
};
