/** What was changed, decided and seen, as tables; and what was done by hand, with its commands. */
import type { RootContent } from 'mdast';
import { clause, sentence } from '../../../incidents/sentence.ts';
import type { Change } from '../../model/changes.ts';
import type { EvidenceTable } from '../../model/evidence.ts';
import type { ReportModel } from '../../model.ts';
import { block, type Cell, code, paragraph, table } from '../../nodes.ts';
import type { Times } from '../../times.ts';

function approvedWords(change: Change): string {
  const { approvedBy } = change;
  if (!approvedBy) return '';
  if (!approvedBy.alone) return approvedBy.label;
  return `${approvedBy.label}, alone${approvedBy.reason ? `: ${clause(approvedBy.reason)}` : ''}`;
}

function changeRow(change: Change, times: Times, start: number): Cell[] {
  const fields = change.fields.map(({ field, before, after }) => `${field}: ${before} → ${after}`).join('; ');
  const object = change.object === '' ? '' : ` (${change.object})`;
  const lost = change.lost ? ', the worker stopped' : '';
  return [
    times.clockNear(change.at, start),
    change.corrected ?? `${change.undoes ? 'Undo of ' : ''}${change.title}${object}`,
    fields || (change.byHand ? 'by hand, not recorded' : ''),
    change.confirmedBy ?? '',
    approvedWords(change),
    `${change.outcome}${lost}; ${change.verification}`,
    change.undoneAt === undefined ? '' : times.clockNear(change.undoneAt, start),
  ];
}

export function changes(report: ReportModel, times: Times): RootContent[] {
  if (report.changes.length === 0) return [paragraph('No change is recorded.')];
  const rows = report.changes.map((change) => changeRow(change, times, report.moments.start));
  const head = ['When', 'What', 'Before → after', 'Confirmed by', 'Approved by', 'Outcome', 'Undone'];
  return [table(head, rows)];
}

export function decisions(report: ReportModel, times: Times): RootContent[] {
  if (report.decisions.length === 0) return [paragraph('No decision is recorded.')];
  const risks = report.decisions.some(({ risk }) => risk !== undefined);
  const rows = report.decisions.map((decision): Cell[] => {
    const form = decision.form.map(({ name, value }) => `${name}: ${value}`).join(', ');
    const { at, askedAt } = decision;
    const { start } = report.moments;
    const waited =
      askedAt !== undefined && at - askedAt >= 60_000 ? `, asked ${times.clockNear(askedAt, start)}` : '';
    const { known, risk = '' } = decision;
    const then = known
      ? `${times.clockNear(known.at, start)} “${known.title}”: ${sentence(known.says)}`
      : 'no check had answered';
    return [
      `${times.clockNear(at, start)}${waited}`,
      decision.question ?? '',
      then,
      `${decision.choice}${form ? ` (${form})` : ''}`,
      decision.others.join(', '),
      decision.reason ?? '',
      ...(risks ? [risk] : []),
      decision.by,
    ];
  });
  const head = ['When', 'Question', 'Known then', 'Choice', 'Not chosen', 'Why'];
  return [table([...head, ...(risks ? ['Risk'] : []), 'Who'], rows)];
}

/** Longer than this, or of several lines, a value stands below its table. */
const cellLength = 200;

const isLong = (value: string): boolean => value.trim().includes('\n') || value.length > cellLength;

function evidenceTable(one: EvidenceTable, times: Times, start: number): RootContent[] {
  const uses = one.uses ? `, ${one.uses}` : '';
  const hash = one.hash ? `, hash of the raw answer ${one.hash.slice(0, 12)}` : '';
  const intro = `${times.clockNear(one.at, start)} “${one.title}” (${one.verdict}${uses}${hash}):`;
  const rows = one.fields.map(({ name, value }): Cell[] => [name, isLong(value) ? 'below' : [code(value)]]);
  const long = one.fields.filter(({ value }) => isLong(value));
  const below = long.flatMap(({ name, value }) => [paragraph(`${name}:`), block('text', value)]);
  return [paragraph(intro), table(['Field', 'Value'], rows), ...below];
}

export function evidence(report: ReportModel, times: Times): RootContent[] {
  if (report.evidence.length === 0) return [paragraph('No fields of a check were kept.')];
  return report.evidence.flatMap((one) => evidenceTable(one, times, report.moments.start));
}

export function byHand(report: ReportModel, times: Times): RootContent[] {
  const done = report.changes.filter((change) => change.byHand);
  if (done.length === 0) return [paragraph('Nothing is recorded as done by hand.')];
  return done.flatMap((change) => {
    const when = times.clockNear(change.at, report.moments.start);
    const told = change.told ? ` The runbook said: ${sentence(change.told)}` : '';
    const says = change.says ? ` ${change.confirmedBy ?? 'Somebody'} wrote: ${sentence(change.says)}` : '';
    const outcome = ` Reported done about ${when} by ${change.confirmedBy ?? 'somebody'}; ${sentence(change.verification)}`;
    const intro = paragraph(`“${clause(change.corrected ?? change.title)}”.${told}${says}${outcome}`);
    if (change.commands.length === 0) return [intro];
    const commands = change.commands.map((command) => command.replace(/^\s*\$\s+/, '')).join('\n');
    return [intro, paragraph('The commands that were shown:'), block('sh', commands)];
  });
}
