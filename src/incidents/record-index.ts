/** Which entries an incident's record has and what people did to them, without a word of theirs: for deciding. */

/** What corrections have made of an entry, as far as the next one is checked against it. */
export interface Touched {
  /** Version of the last correction. */
  version: number;
  at?: number;
  until?: number;
  hidden: boolean;
}

export interface RecordIndex {
  /** Version of the event that brought a note, by the note's id. */
  readonly notes: Map<string, number>;
  /** Versions whose own line is on the timeline as `v<version>`; ascending. */
  readonly lines: number[];
  /** Entries that were corrected, hidden, edited or deleted, by id. */
  readonly touched: Map<string, Touched>;
  /** What people set last, by name. */
  readonly milestones: Map<string, { readonly version: number; readonly at: number }>;
  /** Entries whose words were taken out for good, by id. */
  readonly erased: Set<string>;
}

/** Version of the event that an entry stands for; undefined when the record has no such entry. */
export function versionOf(record: RecordIndex, entry: string): number | undefined {
  const note = record.notes.get(entry);
  if (note !== undefined) return note;
  if (entry === 'v1-since') return 1;
  const number = Number(/^v([1-9]\d{0,9})$/.exec(entry)?.[1]);
  return hasLine(record.lines, number) ? number : undefined;
}

/** Binary search: there may be ten thousand. */
function hasLine(lines: readonly number[], version: number): boolean {
  let from = 0;
  let to = lines.length - 1;
  while (from <= to) {
    const middle = (from + to) >> 1;
    const found = lines[middle] ?? 0;
    if (found === version) return true;
    if (found < version) from = middle + 1;
    else to = middle - 1;
  }
  return false;
}
