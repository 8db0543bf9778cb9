/** What remains: left behind, follow-ups, open questions, and the runbooks that were used. */
import type { RootContent } from 'mdast';
import { pinnedAs } from '../../../incidents/pin.ts';
import { clause, sentence } from '../../../incidents/sentence.ts';
import type { LeftRow } from '../../model/left-behind.ts';
import type { ReportModel } from '../../model.ts';
import { type Cell, code, type Item, list, paragraph, table } from '../../nodes.ts';
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
      return row.kind === 'approval-alone' ? `looked at${says}` : `gone${says}`;
    case 'accepted': {
      const two = row.keptBy ? ` (${row.keptBy[0]} asked, ${row.keptBy[1]} agreed)` : '';
      return `kept on purpose${two}${says}`;
    }
    case 'moved':
      return `moved, followed at ${row.link ?? ''}${says}`;
  }
}

function untilWords(row: LeftRow, times: Times, start: number): string {
  if (row.state === 'gone' && row.settledAt !== undefined) return times.clockNear(row.settledAt, start);
  if (row.state === 'moved') return '';
  return row.until === 'incident-close' ? 'the close of the incident' : (row.until ?? '');
}

const sensitivityWords = { 'personal-data': ' (personal data)', access: ' (access)' } as const;

function leftRow(row: LeftRow, times: Times, start: number): Cell[] {
  const looks = row.state === 'accepted' ? 'kept by' : 'looked after by';
  const who = row.owner ? `${row.by}, ${looks} ${row.owner}` : row.by;
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
  const { rows, remaining, checkedAt, compared } = report.left;
  const { start } = report.moments;
  const at = Math.max(checkedAt ?? 0, compared?.at ?? 0);
  const objects = compared ? `, ${compared.objects} ${compared.objects === 1 ? 'object' : 'objects'}` : '';
  const looked = at === 0 ? 'nothing was there to check' : `checked ${times.clockNear(at, start)}${objects}`;
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
  if (compared && compared.notChecked.length > 0)
    content.push(paragraph(`Not checked: ${[...new Set(compared.notChecked)].join(', ')}.`));
  return content;
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
      [code(run.revision === undefined ? run.id : pinnedAs(run.id, run)), ` ${run.title}`],
      [code(run.hash.slice(0, 12))],
      `${run.owner}, ${run.reviewed}`,
      `${checks}, ${changes}, ${byHand}`,
      `${times.clockNear(run.at, start(report))} by ${run.by}`,
      ended,
    ];
  });
  const head = ['Run', 'Runbook', 'Hash', 'Owner, reviewed', 'Checks, changes, by hand', 'Started', 'Ended'];
  const newer = report.runs.flatMap((run) =>
    run.newer.map(({ at, versions }): Item => {
      const when = times.clockNear(at, start(report));
      return [
        `${when} A newer version of ${run.id} came (`,
        code(versions),
        `); run ${run.run} went on with the one it began with.`,
      ];
    }),
  );
  const versions = versionWords(report);
  return [
    table(head, rows),
    ...(newer.length > 0 ? [list(newer)] : []),
    ...(versions === undefined ? [] : [paragraph(versions)]),
  ];
}

/** `k8s.scale 1`; where an update came between two runs, each version with its runs. */
function versionWords(report: ReportModel): string | undefined {
  const runsOf = new Map<string, Map<number, number[]>>();
  for (const { run, actions } of report.runs)
    for (const [name, version] of Object.entries(actions)) {
      const versions = runsOf.get(name) ?? new Map<number, number[]>();
      versions.set(version, [...(versions.get(version) ?? []), run]);
      runsOf.set(name, versions);
    }
  if (runsOf.size === 0) return undefined;
  const words = [...runsOf]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, versions]) => {
      if (versions.size === 1) return `${name} ${[...versions.keys()].join('')}`;
      return `${name} ${[...versions].map(([version, runs]) => `${version} (run ${runs.join(', ')})`).join(' and ')}`;
    });
  const schemas = [...new Set(report.runs.map(({ schema }) => schema))].join(', ');
  return `Written in ${schemas}. Actions with their versions: ${words.join(', ')}.`;
}

/** Empty when whoever asked for the report does not know. */
export function record({ id, head }: ReportModel): RootContent[] {
  if (!head) return [];
  const entries = head.version === 1 ? 'One entry is' : `${head.version} entries are`;
  const verify = code(`handrail timeline verify ${id} --head ${head.hash.slice(0, 16)}`);
  return [
    paragraph(`${entries} in the record of ${id} so far. The hash of the last one is `, code(head.hash), '.'),
    paragraph('Whether nothing up to there was changed since, tells ', verify, '.'),
  ];
}

const start = (report: ReportModel): number => report.moments.start;
