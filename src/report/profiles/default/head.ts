/** The top of the default report: the table of facts, the summary, and how long things took. */
import type { RootContent } from 'mdast';
import { sentence } from '../../../incidents/sentence.ts';
import { ganttCode } from '../../gantt.ts';
import { ownText } from '../../model/written.ts';
import type { ReportModel } from '../../model.ts';
import { type Cell, type Piece, paragraph, question, strong, table } from '../../nodes.ts';
import { span, type Times } from '../../times.ts';
import { ownWords } from '../own-words.ts';

function zoneWords(report: ReportModel, times: Times): string {
  const { start, restored, last } = report.moments;
  const first = times.offset(start);
  const end = times.offset(restored ?? last);
  return `${times.zone} (${first === end ? first : `${first}, at the end ${end}`})`;
}

function severityWords({ first, last }: ReportModel['severity']): string {
  return first === last ? last : `${last} (declared as ${first})`;
}

/** `2024-01-10 09:34 to 14:40` with the date again when it changed. */
export function periodWords(report: ReportModel, times: Times): string {
  const { start, restored, last } = report.moments;
  const from = `${times.date(start)} ${times.clock(start)}`;
  if (restored !== undefined) return `${from} to ${times.clockNear(restored, start)}`;
  return `${from}, no end recorded (the last thing recorded is of ${times.clockNear(last, start)})`;
}

export function peopleWords(report: ReportModel): string {
  const words = report.people.map(({ label, roles, byHand }) => {
    const others = [...roles.filter((role) => role !== label), ...(byHand ? ['by hand'] : [])];
    return others.length > 0 ? `${label} (${others.join(', ')})` : label;
  });
  return words.join(', ');
}

/** Those that stayed confirmed; when none did, the last one with when it was taken off. */
function affectedCell(report: ReportModel, times: Times): Cell {
  const near = (at: number): string => times.clockNear(at, report.moments.start);
  const stayed = report.targets.filter(({ until }) => until === undefined);
  const shown = stayed.length > 0 ? stayed : report.targets.slice(-1);
  if (shown.length === 0) return [question('Which system was it? Nobody confirmed a target.')];
  return shown.flatMap(({ words, by, at, says, until, offBy }, index): Piece[] => {
    const off = until === undefined ? '' : `, taken off${offBy ? ` by ${offBy}` : ''} at ${near(until)}`;
    const gap = index === 0 ? '' : ' ';
    return [gap, strong(words), `, confirmed by ${by} at ${near(at)}${off}. ${says}`];
  });
}

/** What was confirmed and did not stay so: `10:22 to 10:40 statefulset a in b, by Ana; taken off by Ben`. */
function earlierWords(report: ReportModel, times: Times): string {
  const near = (at: number): string => times.clockNear(at, report.moments.start);
  return report.targets
    .flatMap(({ words, by, at, until, offBy }) => {
      if (until === undefined) return [];
      const off = offBy ? `; taken off by ${offBy}` : '; another one took its place';
      return [`${near(at)} to ${near(until)} ${words}, confirmed by ${by}${off}.`];
    })
    .join(' ');
}

/** With the questions of the review that were open when it was made final. */
function statusWords({ status, openAtFinal }: ReportModel): string {
  if (status !== 'final' || openAtFinal.length === 0) return status;
  const codes = [...new Set(openAtFinal)].sort().join(', ');
  return `${status}; open questions of the review: ${codes}`;
}

/** Project, environment, namespace, times, people, and which system it was and was not. */
export function facts(report: ReportModel, times: Times): RootContent[] {
  const { system, moments } = report;
  const affected = affectedCell(report, times);
  const rows: [string, Cell][] = [
    ['Incident', report.id],
    ['Severity', severityWords(report.severity)],
    ['Report status', statusWords(report)],
  ];
  if (report.drill) rows.push(['Drill', 'yes: nothing real was broken or changed']);
  if (system?.project) rows.push(['Project', system.project]);
  if (system) rows.push(['System', system.title]);
  if (system?.environment) rows.push(['Environment', system.environment]);
  rows.push(
    ['Namespace', report.namespace],
    ['When', periodWords(report, times)],
    ['Zone', zoneWords(report, times)],
  );
  if (moments.restored !== undefined) rows.push(['Duration', span(moments.start, moments.restored)]);
  rows.push(['People', peopleWords(report)], ['Affected system', affected]);
  const earlier = earlierWords(report, times);
  if (earlier !== '') rows.push(['Confirmed for a time', earlier]);
  if (report.notTargets.length > 0)
    rows.push(['Looked at and ruled out', report.notTargets.map(sentence).join(' ')]);
  const docs = (system?.docs ?? []).flatMap((doc, index): Piece[] => [
    index === 0 ? '' : ', ',
    `${doc.title} (${doc.url})`,
  ]);
  if (docs.length > 0) rows.push(['Documents', docs]);
  return [table(['Fact', 'Value'], rows)];
}

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

function crashSentence(report: ReportModel): string[] {
  const crash = report.cause.crashes[0];
  if (!crash) return [];
  const what = [crash.reason, crash.exitCode ? `exit code ${crash.exitCode}` : undefined]
    .filter(Boolean)
    .join(', ');
  const line = crash.line ? `: ${crash.line.trim()}` : '';
  return [sentence(`${crash.pod ?? 'A pod'} had stopped${what ? ` (${what})` : ''}${line}`)];
}

/** A few sentences of recorded facts, and what the person who resolved it said. */
export function summary(report: ReportModel, times: Times): RootContent[] {
  const { moments, counts } = report;
  const near = (at: number): string => times.clockNear(at, moments.start);
  const sentences = [
    `${report.drill ? 'This was a drill. ' : ''}${report.declaredBy} declared ${report.id} (${report.severity.first}) at ${near(moments.declared)} and gave ${near(moments.start)} as the time of the first sign.`,
  ];
  const stayed = report.targets.filter(({ until }) => until === undefined);
  const target = stayed.at(0);
  if (target && moments.target !== undefined) {
    const first = moments.target === target.at ? '' : ', after another one had been confirmed first';
    const after = span(moments.start, target.at);
    const also = stayed.slice(1).map(({ words, at }) => `; ${words} at ${near(at)}`);
    sentences.push(
      `The affected system was confirmed at ${near(target.at)}, after ${after}${first}: ${sentence(`${target.words}${also.join('')}`)}`,
    );
  }
  sentences.push(...crashSentence(report));
  const undos = counts.undos > 0 ? `, ${many(counts.undos, 'undo')}` : '';
  const done = `${many(counts.checks, 'check')}, ${many(counts.changes, 'change')}${undos}`;
  sentences.push(`Through runbooks: ${done}; by hand: ${many(counts.byHand, 'step')}.`);
  const fix = report.changes.find((change) => change.held && change.verifiedAt === moments.fixed);
  if (fix && moments.fixed !== undefined) {
    const hand = fix.byHand ? ' (by hand)' : '';
    sentences.push(
      `The first fix that worked, “${fix.title}”${hand}, was verified at ${near(moments.fixed)}.`,
    );
  }
  sentences.push(
    moments.restored === undefined
      ? 'No time is recorded at which the service was back.'
      : `The service was back at ${near(moments.restored)}, after ${span(moments.start, moments.restored)}.`,
  );
  if (!report.cause.known) sentences.push('Why it happened is not known.');
  const remaining = report.left.remaining.length;
  if (remaining > 0) sentences.push(`${many(remaining, 'thing is', 'things are')} left behind.`);
  const own = report.summary
    ? [paragraph(`${report.summary.by} wrote at ${near(report.summary.at)}: ${report.summary.text}`)]
    : [];
  const facts = [...own, paragraph(sentences.join(' '))];
  return ownText(report, 'summary') === undefined ? facts : ownWords(report, 'summary', facts);
}

/** Empty when no length has both ends and nothing lasted. */
export function intervals(report: ReportModel, times: Times): RootContent[] {
  const { start } = report.moments;
  const rows = report.intervals.map(({ what, from, to, lasted }) => [
    what,
    times.clockNear(from, start),
    times.clockNear(to, start),
    span(from, lasted === undefined ? to : from + lasted),
  ]);
  const lengths = rows.length > 0 ? [table(['From and to', 'From', 'To', 'How long'], rows)] : [];
  return [...lengths, ...chart(report, times)];
}

/** The same as a picture, where the reader's page draws Mermaid. */
export function chart({ gantt, moments }: ReportModel, times: Times): RootContent[] {
  const code = ganttCode(gantt, moments.start, times);
  if (!code) return [];
  const { leftOut } = gantt;
  const more = `${many(leftOut, 'shorter bar is', 'shorter bars are')} left out.`;
  return [code, ...(leftOut > 0 ? [paragraph(more)] : [])];
}
