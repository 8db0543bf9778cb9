/** Impact, detection, response, recovery and cause: facts where there are some, questions where there are none. */
import type { RootContent } from 'mdast';
import { clause, sentence } from '../../../incidents/sentence.ts';
import type { Crash } from '../../model/cause.ts';
import type { Change } from '../../model/changes.ts';
import { ownText } from '../../model/written.ts';
import type { ReportModel } from '../../model.ts';
import { code, type Item, list, type Piece, paragraph, question } from '../../nodes.ts';
import { span, type Times } from '../../times.ts';
import { ownWords, smallTitle, underTitles } from '../own-words.ts';

export function impact(report: ReportModel, times: Times): RootContent[] {
  const { start, restored } = report.moments;
  const from = `${times.date(start)} ${times.clock(start)}`;
  const when =
    restored === undefined
      ? `From ${from} on; no end is recorded.`
      : `From ${from} to ${times.clockNear(restored, start)}: ${span(start, restored)}.`;
  const dependencies = report.system?.dependencies ?? [];
  const depends = dependencies.length > 0 ? ` It depends on: ${sentence(dependencies.join(', '))}` : '';
  const system = report.system ? ` System: ${sentence(report.system.title)}${depends}` : '';
  return ownWords(report, 'impact', [paragraph(`${when}${system}`)]);
}

export function detection(report: ReportModel, times: Times): RootContent[] {
  const { start, declared } = report.moments;
  const noticed: Piece =
    report.noticed.trim() === ''
      ? question('What was noticed, by whom and how?')
      : `Noticed: ${sentence(report.noticed)}`;
  const place = report.place ? ` in ${report.place}` : '';
  const first = times.clock(start);
  const declaration = `Declared by ${report.declaredBy}${place} at ${times.clockNear(declared, start)}, ${span(start, declared)} after the first sign at ${first}.`;
  return ownWords(report, 'detection', [paragraph(noticed), paragraph(declaration)]);
}

const responseKinds = new Map([
  ['help-asked', 'Asked for help'],
  ['help-answered', 'Help'],
  ['ruled-out', 'Ruled out'],
]);

/** Who came, whom they asked, what was ruled out, and what stood in the way. */
export function response(report: ReportModel, times: Times): RootContent[] {
  const { start } = report.moments;
  const items: { at: number; item: Item }[] = [];
  for (const row of report.rows) {
    const kind = responseKinds.get(row.kind);
    if (!kind || row.deletedAt !== undefined) continue;
    items.push({
      at: row.at,
      item: [`${times.clockNear(row.at, start)} ${kind}: ${sentence(row.text)} (${row.by})`],
    });
  }
  for (const change of report.changes) {
    const trouble = obstacle(change);
    if (trouble)
      items.push({
        at: change.at,
        item: [`${times.clockNear(change.at, start)} “${change.title}”: ${trouble}`],
      });
  }
  items.sort((a, b) => a.at - b.at);
  return ownWords(report, 'response', [
    paragraph(tookPart(report)),
    ...(items.length > 0 ? [list(items.map(({ item }) => item))] : []),
  ]);
}

function tookPart({ people }: ReportModel): string {
  const count = people.filter(({ onlyNamed }) => !onlyNamed).length;
  const named = people.flatMap(({ label, onlyNamed }) => (onlyNamed ? [label] : []));
  const byHand = named.length > 0 ? `; by hand: ${named.join(', ')}` : '';
  return `${count === 1 ? '1 person' : `${count} people`} took part${byHand}.`;
}

function obstacle(change: Change): string | undefined {
  const settled =
    change.outcome === 'unknown' ? 'it is still not known' : `a look for its trace said: ${change.outcome}`;
  if (change.lost)
    return `the worker stopped in the middle, so it was not known whether the change was made; ${settled}.`;
  if (change.outcome === 'failed') return 'failed.';
  if (change.outcome === 'unknown') return 'it is not known whether it was made.';
  if (change.approvedBy?.alone) {
    const reason = change.approvedBy.reason ? `: ${sentence(change.approvedBy.reason)}` : '.';
    return `needed two people; ${change.approvedBy.label} went on alone${reason}`;
  }
  return undefined;
}

function recoveryItem(change: Change, times: Times, start: number): Item {
  const verified = change.held ? 'verified' : clause(change.verification);
  const state = change.byHand ? `by hand, ${verified}` : `${change.outcome}, ${verified}`;
  const commands = change.commands.flatMap((command, index): Piece[] => [
    index === 0 ? ' By hand: ' : ', then ',
    code(command),
  ]);
  const what = clause(change.corrected ?? change.title);
  return [`${times.clockNear(change.at, start)} “${what}” (${state}).`, ...commands];
}

/** One line for each change that lasted and may have helped, with its command; the others are in "Changes made". */
export function recovery(report: ReportModel, times: Times): RootContent[] {
  const { start } = report.moments;
  const repairs = report.changes.filter((change) => change.repairs);
  if (repairs.length === 0) {
    const none =
      report.changes.length === 0
        ? 'No change is recorded.'
        : 'No change that lasted is recorded before the service was back.';
    return ownWords(report, 'recovery', [paragraph(none)], 'What brought the service back?');
  }
  return ownWords(report, 'recovery', [list(repairs.map((change) => recoveryItem(change, times, start)))]);
}

/** What the checks that had been bad or had had no answer said when the service was said to be back. Empty when none had been. */
export function checkedAgain(report: ReportModel, times: Times): RootContent[] {
  if (report.repeated.length === 0) return [];
  const items = report.repeated.map(({ title, was, answer }): Item => {
    if (!answer) return [`“${title}” (was ${was}): no answer yet.`];
    const before = answer.verdict === was ? `still ${was}` : `${answer.verdict}, was ${was}`;
    const when = times.clockNear(answer.at, report.moments.start);
    return [`${when} “${title}” (${before}): ${sentence(answer.says)}`];
  });
  const which = report.repeated.every(({ was }) => was === 'bad') ? 'bad' : 'bad or not known';
  return [
    paragraph(`When the service was said to be back, the checks that had been ${which} were run once more:`),
    list(items),
  ];
}

function crashItem(crash: Crash, at: string): Item {
  const facts: Piece[] = [`${at} ${crash.pod ?? 'A pod'} had stopped: `];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) facts.push(`${facts.length > 1 ? '; ' : ''}${name} `, code(value));
  };
  add('reason', crash.reason);
  add('exit code', crash.exitCode);
  add('log line', crash.line);
  add('signature', crash.signature);
  add('image', crash.image);
  return [...facts, '.'];
}

/** The crash by name; why it happened only when somebody recorded it. */
export function cause(report: ReportModel, times: Times): RootContent[] {
  const { start } = report.moments;
  const { crashes, recorded, statusSet } = report.cause;
  const items: Item[] = [
    ...crashes.map((crash) => crashItem(crash, times.clockNear(crash.at, start))),
    ...recorded.map(({ at, by, text }) => [
      `${times.clockNear(at, start)} ${by} recorded: ${sentence(text)}`,
    ]),
  ];
  const facts: RootContent[] = items.length > 0 ? [list(items)] : [];
  if (ownText(report, 'root cause') !== undefined) return ownWords(report, 'root cause', facts);
  if (report.cause.known) return facts.length > 0 ? facts : [paragraph('The whys below say what is known.')];
  const set = statusSet ? ' The status “cause found” was set; the record does not say which cause.' : '';
  const asked =
    crashes.length > 0
      ? 'Why did this happen now, and who will find out?'
      : 'What was the cause, and who will find out?';
  return [...facts, paragraph(`Why it happened is not known.${set}`), paragraph(question(asked))];
}

/** What else had to be so. */
export const factors = (report: ReportModel): RootContent[] =>
  underTitles(report, ['contributing factors'], smallTitle);

/** What people take away from it, then what went well, what was hard and where they were lucky. */
export function lessons(report: ReportModel): RootContent[] {
  const rest = ['went well', 'was hard', 'was lucky'] as const;
  return [...ownWords(report, 'lessons'), ...underTitles(report, rest, smallTitle)];
}

/** Where things run and what depends on what, as the record shows it. */
export function learnt(report: ReportModel, times: Times): RootContent[] {
  const items = report.learnt.map(
    ({ at, text }): Item => [`${times.clockNear(at, report.moments.start)} ${sentence(text)}`],
  );
  const facts = items.length > 0 ? list(items) : paragraph('The record holds nothing about it.');
  return ownWords(report, 'learnt', [facts]);
}
