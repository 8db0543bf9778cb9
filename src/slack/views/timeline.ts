/** A page of the timeline, the newest first: a row for each entry, with a button that opens it. */
import { DateTime } from 'luxon';
import type { Event } from '../../incidents/events.ts';
import { lineWords } from '../../incidents/timeline/in-words.ts';
import { type Entry, timeline } from '../../incidents/timeline.ts';
import { actions, type Block, button, context, header, section } from '../blocks.ts';
import { MOST, textLength } from '../fit.ts';
import type { ButtonValue } from '../ids.ts';
import { esc, who } from '../mrkdwn.ts';
import { type Filter, filterKinds, filterWords, passes } from './timeline-filter.ts';

/** Rows of one page; fewer when they are long. */
const PAGE = 20;
/** Characters of one row's own words; the form shows all of them. */
const ROW = 600;
/** What rows may fill: the rest is for the head, the buttons and the line between them. */
const ROWS_TEXT = MOST.messageText - 1200;

type Place = NonNullable<ButtonValue<'timeline'>['to']>;

export interface Asked {
  readonly only?: Filter;
  /** Beside this line, wherever it is by now: pages do not shift while people write. */
  readonly to?: Place;
  /** As old buttons ask: counted from the newest. */
  readonly page?: number;
}

/** The order of the timeline as one pair: the first sign's line comes before the declaration's, which is its event's. */
const keyOf = (entry: Entry): { at: number; version: number } => ({
  at: entry.at,
  version: entry.id.endsWith('-since') ? entry.version - 0.5 : entry.version,
});

const isBefore = (entry: Entry, place: { at: number; version: number }): boolean => {
  const key = keyOf(entry);
  return key.at < place.at || (key.at === place.at && key.version < place.version);
};

const isAfter = (entry: Entry, place: { at: number; version: number }): boolean => {
  const key = keyOf(entry);
  return key.at > place.at || (key.at === place.at && key.version > place.version);
};

/** `events` in any order. Nothing is dropped: what does not fit on this page is on the ones beside it. */
export function timelinePage(
  number: number,
  events: readonly Event[],
  zone: string,
  asked: Asked = {},
): { text: string; blocks: Block[] } {
  return entriesPage(number, timeline(events), zone, asked);
}

/** `all` in order of time, also those that were taken off. */
export function entriesPage(
  number: number,
  all: readonly Entry[],
  zone: string,
  asked: Asked,
): { text: string; blocks: Block[] } {
  const { only = {} } = asked;
  const entries = all.filter((entry) => passes(entry, only));
  const { from, end } = shown(entries, asked);
  const rows = entries.slice(from, end);
  const value = (way: Place['way'], beside: Entry | undefined): ButtonValue<'timeline'> => ({
    incident: number,
    ...(beside ? { to: { way, ...keyOf(beside) } } : {}),
    ...(Object.keys(only).length > 0 ? { only } : {}),
  });
  const turns = [
    ...(from > 0 ? [button('timeline', 'Earlier', value('earlier', rows[0]), { n: 0 })] : []),
    ...(end < entries.length ? [button('timeline', 'Later', value('later', rows.at(-1)), { n: 1 })] : []),
    ...(end < entries.length ? [button('timeline', 'Newest', value('later', undefined), { n: 2 })] : []),
  ];
  const counted =
    rows.length === 0
      ? `No entries${filterWords(only, all)}`
      : `${from + 1} to ${end} of ${entries.length} entries${filterWords(only, all)}`;
  return {
    text: `Timeline of INC-${number}`,
    blocks: [
      header(`Timeline of INC-${number}`),
      ...(rows.length === 0 ? [section('Nothing here.')] : rowBlocks(number, rows, zone)),
      context(`${counted}, times in ${zone}`),
      ...actions(turns, 'timeline'),
      ...actions(filters(number, only, all), 'timeline-only'),
    ],
  };
}

/** The rows that fit, from one side: the newest, those before a line, or those after it. */
function shown(entries: readonly Entry[], { to, page }: Asked): { from: number; end: number } {
  if (to?.way === 'later') {
    const found = entries.findIndex((entry) => isAfter(entry, to));
    const from = found < 0 ? entries.length : found;
    let end = from;
    for (let room = ROWS_TEXT; end < entries.length && end - from < PAGE; end++) {
      room -= lengthOf(entries[end]);
      if (room < 0 && end > from) break;
    }
    // At the newest end the page is filled from behind, so that it is not nearly empty.
    return end < entries.length ? { from, end } : before(entries, entries.length);
  }
  if (to) {
    const found = entries.findLastIndex((entry) => isBefore(entry, to));
    return found < 0
      ? shown(entries, { to: { ...to, way: 'later', version: -1, at: -1e15 } })
      : before(entries, found + 1);
  }
  const pages = Math.max(1, Math.ceil(entries.length / PAGE));
  return before(entries, entries.length - Math.min(page ?? 0, pages - 1) * PAGE);
}

function before(entries: readonly Entry[], end: number): { from: number; end: number } {
  let from = end;
  for (let room = ROWS_TEXT; from > 0 && end - from < PAGE; from--) {
    room -= lengthOf(entries[from - 1]);
    if (room < 0 && from < end) break;
  }
  return { from, end };
}

/** At most what its row will have, with its date, its marks and its button. */
function lengthOf(entry: Entry | undefined): number {
  if (!entry) return 0;
  return textLength(row(0, entry, 'UTC', 'yyyy-LL-dd', 0)) + 40;
}

function rowBlocks(number: number, rows: readonly Entry[], zone: string): Block[] {
  let day = '';
  return rows.map((entry, index) => {
    const date = DateTime.fromMillis(entry.at, { zone }).toFormat('yyyy-LL-dd');
    const head = date === day ? '' : date;
    day = date;
    return row(number, entry, zone, head, index);
  });
}

function row(number: number, entry: Entry, zone: string, date: string, index: number): Block {
  const words = `${date === '' ? '' : `*${date}*\n`}${entryLine(entry, zone)}`;
  const block = section(words);
  // What was erased has nothing left to edit.
  if (block.type !== 'section' || entry.erased) return block;
  const value = { incident: number, entry: entry.id };
  return { ...block, accessory: button('open-entry', 'Edit', value, { n: index }) };
}

function entryLine(entry: Entry, zone: string): string {
  const { time, said, text, marks } = lineWords(entry, zone);
  const byWhom = said ? `${who(said.by)}${said.how === '' ? '' : ` ${said.how}`}: ` : '';
  const about = marks.map(({ words, by }) => `_(${esc(words, 140)}${by ? ` ${who(by)}` : ''})_`);
  return `${time}  ${byWhom}${[...(text === undefined ? [] : [esc(text, ROW)]), ...about].join(' ')}`;
}

/** One button for each kind that there is, the one that is on as words. */
function filters(number: number, only: Filter, all: readonly Entry[]) {
  const by = only.by === undefined ? {} : { by: only.by };
  const there = filterKinds.filter(({ kinds }) =>
    all.some((entry) => entry.show !== 'hide' && kinds.includes(entry.kind)),
  );
  const hidden = all.filter(({ show }) => show === 'hide').length;
  const offered: { readonly words: string; readonly to: Filter; readonly on: boolean }[] = [
    { words: 'All', to: {}, on: only.kind === undefined && only.by === undefined && !only.hidden },
    ...there.map(({ name, words }) => ({ words, to: { kind: name, ...by }, on: only.kind === name })),
    ...(hidden > 0
      ? [{ words: `Hidden (${hidden})`, to: { hidden: true as const }, on: only.hidden === true }]
      : []),
  ];
  return offered.flatMap(({ words, to, on }, index) =>
    on
      ? []
      : [
          button(
            'timeline',
            words,
            { incident: number, ...(Object.keys(to).length > 0 ? { only: to } : {}) },
            { n: 10 + index },
          ),
        ],
  );
}
