/** The timeline as a table: 24 hours, one zone, a row where the date or the clocks change, and a row for each hole. */
import type { RootContent } from 'mdast';
import type { ReportModel, Row } from '../../model.ts';
import { type Cell, type Piece, paragraph, question, strong, table } from '../../nodes.ts';
import { elapsed, hoursAndMinutes, span, type Times } from '../../times.ts';

type Line = { readonly at: number; readonly cells: readonly Cell[] };

function added(row: Row, times: Times): Piece[] {
  const pieces: Piece[] = [];
  if (row.added) {
    const when = times.clockNear(row.added.at, row.at);
    const after = row.added.afterClose ? ', after the close' : '';
    pieces.push(
      row.added.keptMeanwhile
        ? ` (recorded later, ${when}${after})`
        : ` (added ${when} by ${row.added.by}${after})`,
    );
  }
  if (row.corrected) {
    const when = times.clockNear(row.corrected.at, row.at);
    pieces.push(` (${row.corrected.why} ${when})`);
  }
  for (const file of row.files ?? []) pieces.push(` (${file})`);
  return pieces;
}

const kindWords: Partial<Record<Row['kind'], string>> = {
  'ruled-out': 'Ruled out: ',
  'help-asked': 'Asked for help: ',
  'help-answered': 'Help: ',
};

/** The words of a line, with when it was added or corrected. */
export function said(row: Row, times: Times): Piece[] {
  if (row.deletedAt !== undefined)
    return [
      `A note of ${row.by} stood here; it was deleted in Slack at ${times.clockNear(row.deletedAt, row.at)}.`,
    ];
  const text = `${kindWords[row.kind] ?? ''}${row.text}`;
  return [row.kind === 'milestone' ? strong(text) : text, ...added(row, times)];
}

function rowLine(row: Row, start: number, times: Times): Line {
  const until = row.until !== undefined && times.clock(row.until) !== times.clock(row.at);
  const time = until
    ? `${times.clock(row.at)} to ${times.clockNear(row.until ?? row.at, row.at)}`
    : times.clock(row.at);
  const cells: Cell[] = [
    row.about ? `about ${time}` : time,
    elapsed(start, row.at),
    row.by,
    said(row, times),
  ];
  return { at: row.at, cells };
}

/** A row before the first line of another date or offset. */
function turns(at: number, before: number | undefined, manyDates: boolean, times: Times): Line[] {
  const lines: Line[] = [];
  const newDate = before === undefined ? manyDates : times.date(before) !== times.date(at);
  if (newDate) lines.push({ at, cells: [strong(times.date(at)), '', '', times.weekday(at)] });
  if (before !== undefined && times.offset(before) !== times.offset(at)) {
    const by = times.offsetMinutes(at) - times.offsetMinutes(before);
    const direction = by > 0 ? 'forward' : 'back';
    const words = `The clocks went ${direction} by ${hoursAndMinutes(Math.abs(by))}: ${times.offset(before)} → ${times.offset(at)}`;
    lines.push({ at, cells: ['', '', '', words] });
  }
  return lines;
}

export function timelineTable(report: ReportModel, times: Times): RootContent[] {
  const { start } = report.moments;
  const lines = report.rows.map((row) => rowLine(row, start, times));
  for (const { from, to } of report.holes) {
    const text = question(`Nothing is written down for ${span(from, to)}. What happened?`);
    const time = `${times.clock(from)} to ${times.clockNear(to, from)}`;
    // Before the line that ends the hole: the sort is stable and that line has the time `to` or later.
    lines.push({ at: from, cells: [time, elapsed(start, from), '', [text]] });
  }
  const ordered = lines
    .map((line, index) => ({ line, index }))
    .sort((a, b) => a.line.at - b.line.at || a.index - b.index);
  const dates = new Set(ordered.map(({ line }) => times.date(line.at)));
  const rows: (readonly Cell[])[] = [];
  let before: number | undefined;
  for (const { line } of ordered) {
    rows.push(...turns(line.at, before, dates.size > 1, times).map((turn) => turn.cells), line.cells);
    before = line.at;
  }
  const on = dates.size === 1 ? ` on ${times.date(start)}` : '';
  const intro = `Times are ${times.zone} (${times.offset(start)})${on}; the second column counts from ${times.clock(start)}.`;
  return [paragraph(intro), table(['Time', '+h:mm', 'Who', 'What'], rows)];
}
