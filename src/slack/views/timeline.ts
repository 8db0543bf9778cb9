/** A page of the timeline, newest page first. */

import { DateTime } from 'luxon';
import type { Event } from '../../incidents/events.ts';
import { type Entry, timeline } from '../../incidents/timeline.ts';
import { actions, type Block, button, context, header, section } from '../blocks.ts';
import { fitBlocks, joined } from '../fit.ts';
import { esc, who } from '../mrkdwn.ts';

const PAGE = 20;

/** Page 0 is the newest. Pages out of range show the nearest one. */
export function timelinePage(
  number: number,
  events: readonly Event[],
  zone: string,
  page: number,
): { text: string; blocks: Block[] } {
  const entries = timeline(events).filter((entry) => entry.show !== 'hide');
  const pages = Math.max(1, Math.ceil(entries.length / PAGE));
  const here = Math.min(Math.max(0, page), pages - 1);
  const end = entries.length - here * PAGE;
  const rows = entries.slice(Math.max(0, end - PAGE), end);
  let day = '';
  const lines = rows.flatMap((entry) => {
    const at = DateTime.fromMillis(entry.at, { zone });
    const date = at.toFormat('yyyy-LL-dd');
    const head = date === day ? [] : [`*${date}*`];
    day = date;
    return [...head, entryLine(entry, at)];
  });
  const value = (to: number) => ({ incident: number, page: to });
  return {
    text: `Timeline of INC-${number}`,
    blocks: fitBlocks([
      header(`Timeline of INC-${number}`),
      ...joined(lines.length === 0 ? ['Nothing yet.'] : lines, 2500).map(section),
      context(`Page ${pages - here} of ${pages}, ${entries.length} entries, times in ${zone}`),
      ...actions(
        [
          ...(here < pages - 1 ? [button('timeline', 'Earlier', value(here + 1), { n: 0 })] : []),
          ...(here > 0 ? [button('timeline', 'Later', value(here - 1), { n: 1 })] : []),
        ],
        'timeline',
      ),
    ]),
  };
}

/** What a person said, by kind: a hypothesis that was ruled out must not read like one that holds. */
const spoken: Partial<Record<Entry['kind'], string>> = {
  note: '',
  'ruled-out': ' ruled out',
  'help-asked': ' asked for help',
  'help-answered': ' got help',
  decision: ' decided',
};

function entryLine(entry: Entry, at: DateTime): string {
  const about = entry.precision === 'about' ? 'about ' : '';
  const recorded = DateTime.fromMillis(entry.recordedAt, { zone: at.zone }).toFormat('HH:mm');
  const late = entry.keptMeanwhile
    ? ` _(recorded later, ${recorded})_`
    : entry.recordedAt - entry.at > 300_000
      ? ` _(added ${recorded} by ${who(entry.recordedBy)})_`
      : '';
  const gone = entry.deletedAt === undefined ? esc(entry.text, 350) : '_deleted in Slack_';
  const kind = spoken[entry.kind];
  const byWhom = kind === undefined || entry.source.kind === 'step' ? '' : `${who(entry.by)}${kind}: `;
  return `${about}${at.toFormat('HH:mm')}  ${byWhom}${gone}${late}`;
}
