/** A page of the timeline, newest page first. */

import { DateTime } from 'luxon';
import type { Event } from '../../incidents/events.ts';
import { lineWords } from '../../incidents/timeline/in-words.ts';
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
    return [...head, entryLine(entry, zone)];
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

function entryLine(entry: Entry, zone: string): string {
  const { time, said, text, marks } = lineWords(entry, zone);
  const byWhom = said ? `${who(said.by)}${said.how === '' ? '' : ` ${said.how}`}: ` : '';
  const about = marks.map(({ words, by }) => `_(${esc(words)}${by ? ` ${who(by)}` : ''})_`);
  return `${time}  ${byWhom}${[...(text === undefined ? [] : [esc(text, 350)]), ...about].join(' ')}`;
}
