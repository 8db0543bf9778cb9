/** One line of an incident's timeline: what happened, when, who, how it is known. */
import type { EventOf, Person } from '../events.ts';

export type EntryKind =
  | 'milestone'
  | 'note'
  | 'check'
  | 'act'
  | 'decision'
  | 'ruled-out'
  | 'help-asked'
  | 'help-answered'
  | 'update'
  | 'loose-end'
  | 'correction';

/** Kept fields of one check, as its event holds them: redacted, and the hash of the raw output. */
export interface Evidence {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

/** A change to a line that was already there. Nothing is lost: `original` of the entry has the first words. */
export interface Correction {
  readonly at: number;
  readonly by: Person;
  readonly why: EventOf<'entry_corrected'>['body']['why'];
  /** What the person gave as a reason. */
  readonly reason?: string;
}

/** A file of a Slack message: kept with these bytes, or not, and why. */
export type EntryFile =
  | { readonly name: string; readonly bytes: number; readonly sha256: string }
  | { readonly name: string; readonly says: string };

export interface Entry {
  /** The entry's own id when it is a note, else `v` and the version of its event. */
  readonly id: string;
  /** Version of the event that it stands for; the second key of the order. */
  readonly version: number;
  /** When it happened, milliseconds since 1970, UTC. */
  readonly at: number;
  /** When it ended, for what lasted. */
  readonly until?: number;
  readonly precision: 'exact' | 'about';
  /** When it was recorded. */
  readonly recordedAt: number;
  /** Who said or did it. */
  readonly by: Person;
  /** Who recorded it: somebody else when a message was put on the timeline with a pushpin. */
  readonly recordedBy: Person;
  readonly source: EventOf<'note_added'>['body']['source'];
  readonly kind: EntryKind;
  readonly text: string;
  readonly evidence: readonly Evidence[];
  readonly show: 'auto' | 'keep' | 'hide';
  /** Written after the incident was closed. */
  readonly late: boolean;
  /** Kept on a machine's disk while the store was away, and recorded when it came back. */
  readonly keptMeanwhile?: boolean;
  /** How many equal checks this line stands for. */
  readonly times: number;
  /** Set when somebody deleted the Slack message; its words stay in `text`, and a report does not repeat them. */
  readonly deletedAt?: number;
  /** As it was first recorded, when it was corrected since. */
  readonly original?: {
    readonly text: string;
    readonly at: number;
    readonly until?: number;
    readonly precision?: Entry['precision'];
  };
  /** What hung on the Slack message, in the order in which each was kept or given up. */
  readonly files?: readonly EntryFile[];
  /** Its words were taken out of the record for good. */
  readonly erased?: {
    readonly at: number;
    readonly by: Person;
    readonly askedBy: Person;
    readonly reason: string;
  };
  /** Versions of the checks that this line stands for, when there are several. */
  readonly folds?: readonly number[];
  readonly corrections: readonly Correction[];
}

/** How a person is called in a text, e.g. by name or by initials. */
export type NameOf = (person: Person) => string;
