/** PIR012: times without a zone, and times of which nobody can tell morning from afternoon. */

import type { Finding } from '../problem.ts';
import { clocksIn } from '../reading/clock.ts';
import { prose, quoted, type ReportRead } from '../report-read.ts';
import type { Rule } from '../rule.ts';

/** The first time of day in a sentence or row; times in code and in commands are data. */
function withoutZone(report: ReportRead): Finding[] {
  if (report.zone) return [];
  let first: Finding | undefined;
  let count = 0;
  for (const unit of prose(report)) {
    const [clock] = clocksIn(unit.text);
    if (!clock) continue;
    count += 1;
    first ??= {
      place: unit.place(clock.index),
      about: 'zone',
      says: '',
      remedy: 'Name the zone once at the top: America/Vancouver, UTC, PST.',
    };
  }
  if (!first) return [];
  return [
    {
      ...first,
      says: `No time zone is named in the file; ${count} ${count === 1 ? 'line has' : 'lines have'} a time, the first one here.`,
    },
  ];
}

/** Rows written for a clock of 12 hours: one goes back in time, or the head has am or pm and the rows do not. */
function halfDays({ rows, paper, profile }: ReportRead): Finding[] {
  const plain = rows.filter(({ clock }) => clock.half === undefined && clock.hour <= 12);
  // Handrail writes 24 hours in its rows, whatever the head of a profile looks like.
  if (profile !== undefined || rows.some(({ clock }) => clock.of24)) return [];
  const turned = plain.find((row) => row.turned);
  const remedy = 'Write 24 hours (13:30), or am and pm.';
  if (turned)
    return [
      {
        place: turned.place,
        about: turned.unit.text,
        says: `${quoted(turned.unit.text, 30)} goes back in time, so it is read as afternoon: nothing says am or pm.`,
        remedy,
      },
    ];
  const halves = paper.units.some(
    ({ kind, text }) => kind !== 'code' && clocksIn(text).some(({ half }) => half !== undefined),
  );
  const first = plain[0];
  if (!halves || !first) return [];
  return [
    {
      place: first.place,
      about: first.unit.text,
      says: `${quoted(first.unit.text, 30)} has no am or pm, and other times of the report have.`,
      remedy,
    },
  ];
}

export const pir012: Rule = {
  code: 'PIR012',
  title: 'A time without zone, or without am and pm',
  level: 'error',
  finds: 'No time zone is named anywhere in the file, or times of a 12-hour clock have no am or pm.',
  why: 'People in two zones read two different nights, and logs are in a third one.',
  remedy: 'Name the zone once, and write 24 hours.',
  check: (report) => [...withoutZone(report), ...halfDays(report)],
};
