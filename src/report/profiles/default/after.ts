/** What remains: left behind, follow-ups, open questions, and the runbooks that were used. */
import type { RootContent } from 'mdast';
import { clause, sentence } from '../../../incidents/timeline/words.ts';
import type { LeftRow } from '../../model/left-behind.ts';
import type { ReportModel } from '../../model.ts';
import { type Cell, code, type Item, list, paragraph, question, table, todo } from '../../nodes.ts';
import type { Times } from '../../times.ts';

function stateWords(row: LeftRow): string {
  const says = row.says ? `: ${clause(row.says)}` : '';
  switch (row.state) {
    case 'may exist':
      return 'may exist: nobody has looked yet';
    case 'open':
      if (row.kind === 'approval-alone') return 'not looked at by a second person yet';
      if (row.kind === 'permanent') return 'stays, see Follow-ups';
      return `still there${says}`;
    case 'gone':
      return `gone${says}`;
    case 'accepted':
      return `kept on purpose${says}`;
  }
}

function untilWords(row: LeftRow, times: Times, start: number): string {
  if (row.state === 'gone' && row.settledAt !== undefined) return times.clockNear(row.settledAt, start);
  return row.until === 'incident-close' ? 'the close of the incident' : (row.until ?? '');
}

const sensitivityWords = { 'personal-data': ' (personal data)', access: ' (access)' } as const;

function leftRow(row: LeftRow, times: Times, start: number): Cell[] {
  const who = row.owner ? `${row.by}, kept by ${row.owner}` : row.by;
  const values =
    row.kind !== 'approval-alone' && row.before && row.during ? `, ${row.before} → ${row.during}` : '';
  const object = row.object ? ` (${row.object}${values})` : '';
  const sensitive = row.sensitivity ? sensitivityWords[row.sensitivity] : '';
  return [
    `${row.what}${object}${sensitive}`,
    times.clockNear(row.since, start),
    untilWords(row, times, start),
    stateWords(row),
    who,
  ];
}

export function leftBehind(report: ReportModel, times: Times): RootContent[] {
  const { rows, remaining, checkedAt } = report.left;
  const { start } = report.moments;
  const looked =
    checkedAt === undefined ? 'nothing was there to check' : `checked ${times.clockNear(checkedAt, start)}`;
  const content: RootContent[] = [];
  if (remaining.length === 0) content.push(paragraph(`Nothing left behind (${looked}).`));
  if (rows.length > 0) {
    if (remaining.length === 0) content.push(paragraph('For a while there was:'));
    content.push(
      table(
        ['What', 'Since', 'Until', 'State', 'Who'],
        rows.map((row) => leftRow(row, times, start)),
      ),
    );
  }
  return content;
}

export function followUps(report: ReportModel): RootContent[] {
  if (report.followUps.length === 0)
    return [paragraph(question('What should be done, by whom and until when?'))];
  const items = report.followUps.map(({ text, owner, due }): Item => {
    const missing = question(owner ? 'until when?' : due ? 'who?' : 'who, and until when?');
    if (owner && due) return [`${clause(text)} (${owner}, ${due})`];
    const known = owner ?? due;
    return [`${clause(text)} (${known ? `${known}, ` : ''}`, missing, ')'];
  });
  return [todo(items)];
}

export function openQuestions(report: ReportModel, times: Times): RootContent[] {
  if (report.questions.length === 0) return [paragraph('None.')];
  const { start } = report.moments;
  const items = report.questions.map((one): Item => {
    if ('text' in one) return [one.text];
    const { from, to } = one.hole;
    return [`What happened between ${times.clockNear(from, start)} and ${times.clockNear(to, start)}?`];
  });
  return [list(items)];
}

export function runbooks(report: ReportModel, times: Times): RootContent[] {
  if (report.runs.length === 0) return [paragraph('None.')];
  const rows = report.runs.map((run): Cell[] => {
    const { checks, changes, byHand } = run.counts;
    const ended = run.end ? `${run.end.why}: ${sentence(run.end.says)}` : 'not ended';
    const inside = run.parent === undefined ? '' : ` (inside run ${run.parent})`;
    return [
      `${run.run}${inside}`,
      [code(`${run.id} @ ${run.revision ?? run.hash.slice(0, 12)}`), ` ${run.title}`],
      run.revision ? [code(run.hash.slice(0, 12))] : 'the same',
      `${run.owner}, ${run.reviewed}`,
      `${checks}, ${changes}, ${byHand}`,
      `${times.clockNear(run.at, start(report))} by ${run.by}`,
      ended,
    ];
  });
  const head = ['Run', 'Runbook', 'Hash', 'Owner, reviewed', 'Checks, changes, by hand', 'Started', 'Ended'];
  return [table(head, rows)];
}

const start = (report: ReportModel): number => report.moments.start;
