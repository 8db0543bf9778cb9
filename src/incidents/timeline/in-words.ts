/** One line of the timeline in words, the same wherever it is shown: in Slack and at a terminal. */
import { DateTime } from 'luxon';
import type { Person } from '../events.ts';
import { offsetWords, otherInstant } from '../time-words/wall-clock.ts';
import { addedLater } from './added-later.ts';
import type { Entry } from './entry.ts';
import { fileWords } from './kept-files.ts';

export interface LineWords {
  /**
   * `10:15`, `about 10:30 to 11:54`, with the day of the end when that is another one, and in the hour that comes twice
   * with its offset: `01:30 UTC-07:00`.
   */
  readonly time: string;
  /** Who said it and how, for what a person said: `ruled out`, `asked for help`, empty for a note. */
  readonly said?: { readonly by: Person; readonly how: string };
  /** What was written; absent when it was deleted, and `marks` says so. */
  readonly text?: string;
  /** What is to be known about the line itself: `added 16:20 by`, and whom. */
  readonly marks: readonly { readonly words: string; readonly by?: Person }[];
}

/** What a person said, by kind: a hypothesis that was ruled out must not read like one that holds. */
const spoken: Partial<Record<Entry['kind'], string>> = {
  note: '',
  'ruled-out': 'ruled out',
  'help-asked': 'asked for help',
  'help-answered': 'got help',
  decision: 'decided',
};

/** In an IANA zone, 24 hours. */
export function lineWords(entry: Entry, zone: string): LineWords {
  const at = DateTime.fromMillis(entry.at, { zone });
  const near = (ms: number): string => {
    const moment = DateTime.fromMillis(ms, { zone });
    const words = moment.toFormat(moment.hasSame(at, 'day') ? 'HH:mm' : 'yyyy-LL-dd HH:mm');
    return otherInstant(ms, zone) === undefined ? words : `${words} ${offsetWords(ms, zone)}`;
  };
  const { until, deletedAt } = entry;
  const ends = until !== undefined && !DateTime.fromMillis(until, { zone }).hasSame(at, 'minute');
  const how = spoken[entry.kind];
  return {
    time: `${entry.precision === 'about' ? 'about ' : ''}${near(entry.at)}${ends ? ` to ${near(until)}` : ''}`,
    ...(how === undefined || entry.source.kind === 'step' ? {} : { said: { by: entry.by, how } }),
    ...(deletedAt === undefined ? { text: entry.text } : {}),
    marks: marksOf(entry, near),
  };
}

function marksOf(entry: Entry, near: (at: number) => string): LineWords['marks'] {
  const { recordedAt, recordedBy, deletedAt, keptMeanwhile } = entry;
  const marks: { words: string; by?: Person }[] = [];
  if (deletedAt !== undefined) marks.push({ words: `deleted in Slack at ${near(deletedAt)}` });
  if (keptMeanwhile) marks.push({ words: `recorded later, ${near(recordedAt)}` });
  else if (addedLater(entry)) marks.push({ words: `added ${near(recordedAt)} by`, by: recordedBy });
  const last = entry.corrections.findLast(({ why }) => why === 'edited in Slack' || why === 'corrected');
  // Hidden and shown again is not corrected.
  if (entry.original && last && deletedAt === undefined)
    marks.push({ words: `${last.why} ${near(last.at)}` });
  if (deletedAt === undefined) for (const file of entry.files ?? []) marks.push({ words: fileWords(file) });
  return marks;
}
