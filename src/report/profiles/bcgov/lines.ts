/** What happened as lines `9:34 - text`: 24 hours, ranges as `10:30 to 11:54 - `, estimates as `14:00ish - `. */
import type { RootContent } from 'mdast';
import type { ReportModel, Row } from '../../model.ts';
import { type Piece, paragraph, question, strong } from '../../nodes.ts';
import { span, type Times } from '../../times.ts';
import { said } from '../default/timeline.ts';

interface Line {
  readonly at: number;
  readonly content: readonly Piece[];
}

/** `9:34`: the form writes no zero in front. */
const clock = (at: number, times: Times): string => times.clock(at).replace(/^0/, '');

function moment(row: Row, times: Times): string {
  const ish = row.about ? 'ish' : '';
  const from = clock(row.at, times);
  if (row.until === undefined || times.clock(row.until) === times.clock(row.at)) return `${from}${ish}`;
  const date = times.date(row.until) === times.date(row.at) ? '' : `${times.date(row.until)} `;
  return `${from} to ${date}${clock(row.until, times)}${ish}`;
}

/** The first line names the zone; a line before the first of another day names the day. */
export function lines(report: ReportModel, times: Times): RootContent[] {
  const all: Line[] = report.rows.map((row) => ({
    at: row.at,
    content: [
      `${moment(row, times)} - ${row.deletedAt === undefined ? `${row.by}: ` : ''}`,
      ...said(row, times),
    ],
  }));
  for (const { from, to } of report.holes) {
    const asked = question(`Nothing is written down for ${span(from, to)}. What happened?`);
    all.push({ at: from, content: [`${clock(from, times)} to ${clock(to, times)} - `, asked] });
  }
  all.sort((a, b) => a.at - b.at);
  const { start } = report.moments;
  let day = times.date(start);
  const content: RootContent[] = [
    paragraph(`Times are ${times.zone} (${times.offset(start)}), 24 hours, on ${times.longDate(start)}.`),
  ];
  for (const { at, content: pieces } of all) {
    if (times.date(at) !== day) {
      day = times.date(at);
      content.push(paragraph(strong(`${times.longDate(at)}, ${times.offset(at)}`)));
    }
    content.push(paragraph(...pieces));
  }
  return content;
}
