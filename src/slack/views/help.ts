/** Help: what this person may do, and the open incidents that they can see. */
import type { Level } from '../../catalog/access.ts';
import type { IncidentRow } from '../../incidents/lookups.ts';
import { type Block, context, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { line, moment } from '../mrkdwn.ts';

export interface Subcommand {
  readonly name: string;
  readonly usage: string;
  readonly says: string;
  /** Undefined: everybody in the channel. */
  readonly level?: Level;
  /** Among the ones that matter most. */
  readonly first: boolean;
}

export const subcommands: readonly Subcommand[] = [
  { name: 'start', usage: 'start [title]', says: 'declare an incident', first: true },
  {
    name: 'note',
    usage: 'note 10:15 what happened',
    says: 'write on the timeline; also "ruled out: …", "asked for help: …", "got help: …", "decision: …"',
    first: true,
  },
  { name: 'run', usage: 'run [runbook]', says: 'start a runbook', level: 'observe', first: true },
  {
    name: 'status',
    usage: 'status cause found at 10:24',
    says: 'investigating, cause found, fixing or watching',
    level: 'observe',
    first: true,
  },
  {
    name: 'update',
    usage: 'update',
    says: 'tell everybody else how it stands',
    level: 'observe',
    first: true,
  },
  {
    name: 'left',
    usage: 'left',
    says: 'what was left behind; also "left add what", "left keep rest why"',
    first: true,
  },
  { name: 'resolve', usage: 'resolve', says: 'the service is back', level: 'operate', first: true },
  {
    name: 'report',
    usage: 'report',
    says: 'what the report still needs, write it, make it final; "report file" posts it',
    first: true,
  },
  {
    name: 'timeline',
    usage: 'timeline decisions @somebody',
    says: 'read and correct the timeline; all of it, or notes, decisions, checks, changes, milestones, hidden',
    first: false,
  },
  {
    name: 'milestone',
    usage: 'milestone detected at 9:40',
    says: 'detected, acknowledged, fixed or tidied',
    level: 'observe',
    first: false,
  },
  {
    name: 'erase',
    usage: 'erase v12 why',
    says: 'take the words of an entry out for good; a second person agrees',
    level: 'operate',
    first: false,
  },
  {
    name: 'target',
    usage: 'target',
    says: 'what we work on; "target drop NAME" takes one off',
    level: 'observe',
    first: false,
  },
  { name: 'role', usage: 'role lead @somebody', says: 'who does what', level: 'observe', first: false },
  {
    name: 'severity',
    usage: 'severity SEV2 why',
    says: 'change how bad it is',
    level: 'observe',
    first: false,
  },
  { name: 'list', usage: 'list', says: 'open incidents', first: false },
  { name: 'close', usage: 'close', says: 'nothing is left to do', level: 'operate', first: false },
  { name: 'reopen', usage: 'reopen why', says: 'it is not over', level: 'operate', first: false },
  {
    name: 'handover',
    usage: 'handover @somebody lead',
    says: 'somebody else goes on: how things are, what was done, what is needed',
    level: 'observe',
    first: false,
  },
  { name: 'help', usage: 'help', says: 'this', first: false },
];

export interface Seen {
  readonly number: number;
  readonly row: IncidentRow;
}

export function helpBlocks(
  levels: readonly Level[],
  seen: readonly Seen[],
  zone: string,
  unknown?: { typed: string; near?: string },
): Block[] {
  const may = subcommands.filter((one) => one.level === undefined || levels.includes(one.level));
  const row = (one: Subcommand): string => `\`/incident ${one.usage}\`  ${one.says}`;
  const sorry = unknown
    ? [
        section(
          `There is no \`/incident ${line(unknown.typed, 60).replaceAll('`', "'")}\`.${unknown.near ? ` Did you mean \`/incident ${unknown.near}\`?` : ''}`,
        ),
      ]
    : [];
  return fitBlocks([
    ...sorry,
    section(
      may
        .filter((one) => one.first)
        .map(row)
        .join('\n'),
    ),
    context(
      `Also: ${may
        .filter((one) => !one.first)
        .map((one) => `\`${one.usage}\``)
        .join(', ')}`,
    ),
    ...(levels.includes('operate')
      ? []
      : [context('You may look and write notes. For changes ask somebody who may operate.')]),
    section(seenWords(seen, zone)),
  ]);
}

export function seenWords(seen: readonly Seen[], zone: string): string {
  if (seen.length === 0) return 'No incident is open.';
  const rows = seen.slice(0, 20).map(({ number, row }) => {
    const channel = row.channel ? `<#${row.channel}>` : 'its channel is being opened';
    return `• *INC-${number}* ${line(row.title, 120)}: ${row.severity}, ${row.status}, ${channel}, since ${moment(row.declaredAt, zone, '{date_short_pretty} {time}')}`;
  });
  const more = seen.length > 20 ? [`… and ${seen.length - 20} more`] : [];
  return ['*Open incidents*', ...rows, ...more].join('\n');
}
