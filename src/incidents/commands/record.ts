/** Commands about the record itself. */
import type { Bodies } from '../events.ts';

export type RecordWhat =
  /** `at`, `until` (ms), text, or off and on the timeline; only what is given changes, and every original stays. */
  | {
      readonly do: 'correct entry';
      readonly entry: string;
      readonly text?: string;
      readonly at?: number;
      readonly until?: number;
      readonly precision?: 'exact' | 'about';
      readonly hidden?: boolean;
      readonly reason: string;
      /** Its times (ms) as the person saw them: an end alone, or a beginning alone, is checked against them. */
      readonly seen?: { readonly at: number; readonly until?: number };
    }
  | { readonly do: 'ask erase'; readonly entry: string; readonly reason: string }
  /**
   * A second person agrees: the words go for good. `left`: what remains of each event that holds words of the entry, as
   * it will be stored; read when the record had the version `read`.
   */
  | {
      readonly do: 'erase';
      readonly erase: string;
      readonly read: number;
      readonly left: readonly { readonly version: number; readonly body: string }[];
    }
  | {
      readonly do: 'set milestone';
      readonly milestone: string;
      readonly at: number;
      readonly precision: 'exact' | 'about';
    }
  /** What became of a file of a message, as the worker brings it. */
  | { readonly do: 'record file'; readonly body: Bodies['file_kept'] }
  | { readonly do: 'record file failure'; readonly body: Bodies['file_not_kept'] };
