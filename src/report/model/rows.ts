/** The shown lines of the timeline, as a report has them. */
import { addedLater } from '../../incidents/timeline/added-later.ts';
import { fileWords } from '../../incidents/timeline/kept-files.ts';
import type { Entry } from '../../incidents/timeline.ts';

/** A shown line of the timeline, with people as the report calls them. */
export interface Row {
  readonly at: number;
  readonly until?: number;
  readonly about: boolean;
  readonly kind: Entry['kind'];
  readonly by: string;
  readonly text: string;
  readonly link?: string;
  /** Set when it was written down at least five minutes after it happened, or after the end. */
  readonly added?: {
    readonly at: number;
    readonly by: string;
    readonly afterClose: boolean;
    /** The store was away when it was written. */
    readonly keptMeanwhile: boolean;
  };
  readonly deletedAt?: number;
  /** Files of the Slack message, each in words: kept with its hash, or why not. */
  readonly files?: readonly string[];
  /** The last correction. */
  readonly corrected?: { readonly at: number; readonly by: string; readonly why: string };
}

export function rowOf(entry: Entry, labelOf: (person: Entry['by']) => string): Row {
  // Hidden and shown again is not corrected: nothing of the line is another.
  const corrected = entry.original
    ? entry.corrections.findLast((one) => one.why === 'edited in Slack' || one.why === 'corrected')
    : undefined;
  return {
    at: entry.at,
    about: entry.precision === 'about',
    kind: entry.kind,
    by: labelOf(entry.by),
    text: entry.text,
    ...(entry.until === undefined ? {} : { until: entry.until }),
    ...(entry.source.link ? { link: entry.source.link } : {}),
    ...(addedLater(entry)
      ? {
          added: {
            at: entry.recordedAt,
            by: labelOf(entry.recordedBy),
            afterClose: entry.late,
            keptMeanwhile: entry.keptMeanwhile === true,
          },
        }
      : {}),
    ...(entry.deletedAt === undefined ? {} : { deletedAt: entry.deletedAt }),
    ...(entry.files && entry.deletedAt === undefined ? { files: entry.files.map(fileWords) } : {}),
    ...(corrected ? { corrected: { at: corrected.at, by: labelOf(corrected.by), why: corrected.why } } : {}),
  };
}
