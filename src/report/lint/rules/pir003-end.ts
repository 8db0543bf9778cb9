/** PIR003: nothing says when it was over, so it has no duration. */
import { clocksIn, saysHowLong, saysSpan } from '../reading/clock.ts';
import { sentencesOf } from '../reading/sentences.ts';
import { prose, type ReportRead, sectionOf, startField, topOf } from '../report-read.ts';
import type { Rule } from '../rule.ts';

const ends =
  /^(?:end(?:ed|s)?(?: time)?|resolved(?: at)?|restored|service restored|fixed|mitigated|recovered|time resolved|incident end|outage end)$/;
/** The service is back, or the incident is over. */
export const over =
  /\b(?:back (?:online|up|to normal|again)|(?:service|services|site|everything|system|traffic)(?: was| were| is| are)? (?:back|restored|recovered|up again)|restored|recovered|resolved|all clear|mitigated|incident (?:was )?(?:over|ended)|fully operational|working again)\b/i;
const lasted =
  /\b(?:lasted|took|unavailable for|down for|offline for|out for|outage of|over after|back after|restored after|resolved (?:after|within|in)|, after)\b/i;
const unsaid = /\bno end (?:is )?recorded\b|\bno time is recorded at which\b/i;

function hasEnd(report: ReportRead): boolean {
  const { fields, rows } = report;
  if (fields.some(({ name, value }) => /^(?:duration|total duration|length)$/.test(name) && saysSpan(value)))
    return true;
  if (fields.some(({ name, value }) => ends.test(name) && clocksIn(value).length > 0)) return true;
  const start = startField(fields);
  if (start && clocksIn(start.value).length > 1 && saysSpan(start.value)) return true;
  if (rows.some(({ text }) => over.test(text.slice(0, 2000)))) return true;
  return prose(report).some(({ text }) =>
    sentencesOf(text).some(
      ({ text: one }) =>
        (over.test(one) && clocksIn(one).length > 0) || (lasted.test(one) && saysHowLong(one)),
    ),
  );
}

export const pir003: Rule = {
  code: 'PIR003',
  title: 'No end, so no duration',
  level: 'error',
  finds:
    'No field, line of the timeline or sentence says when the service was back, and no length of time is given.',
  why: 'Without an end nobody can say how long it took, or whether it is over.',
  remedy: 'Write when the service was back, as a line of the timeline or beside the start.',
  check(report) {
    const said = prose(report)
      .slice(0, 200)
      .find(({ text }) => unsaid.test(text));
    const says = 'Nothing says when it was over, so it has no duration.';
    if (said) return [{ place: said.place(said.text.search(unsaid)), about: 'end', says }];
    if (hasEnd(report)) return [];
    const heading = sectionOf(report, 'timeline')?.heading;
    return [{ place: heading?.place(0) ?? topOf(report).place, about: 'end', says }];
  },
};
