/** Commands about the record itself. */

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
    }
  | { readonly do: 'ask erase'; readonly entry: string; readonly reason: string }
  /** A second person agrees: the words go for good. */
  | { readonly do: 'erase'; readonly erase: string }
  | {
      readonly do: 'set milestone';
      readonly milestone: string;
      readonly at: number;
      readonly precision: 'exact' | 'about';
    };
