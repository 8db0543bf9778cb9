/** Which entries of the timeline somebody asked for: of one kind, of one person, or those that were taken off. */
import type { Entry } from '../../incidents/timeline.ts';
import { line } from '../mrkdwn.ts';

export interface Filter {
  /** One of `filterKinds`. */
  readonly kind?: string | undefined;
  /** Id of a person: what they said or did, or put there. */
  readonly by?: string | undefined;
  /** Only what was taken off the timeline; without it only what is on it. */
  readonly hidden?: true | undefined;
}

/** As people name them, and which lines they are. */
export const filterKinds: readonly {
  readonly name: string;
  readonly words: string;
  readonly kinds: readonly Entry['kind'][];
}[] = [
  { name: 'notes', words: 'Notes', kinds: ['note', 'ruled-out', 'help-asked', 'help-answered'] },
  { name: 'decisions', words: 'Decisions', kinds: ['decision'] },
  { name: 'checks', words: 'Checks', kinds: ['check'] },
  { name: 'changes', words: 'Changes', kinds: ['act', 'loose-end'] },
  { name: 'milestones', words: 'Milestones', kinds: ['milestone'] },
  { name: 'updates', words: 'Updates', kinds: ['update', 'correction'] },
];

/** A word as it was typed, also in the singular. */
export function kindNamed(word: string): string | undefined {
  const typed = word.toLowerCase();
  return filterKinds.find(({ name }) => name === typed || name === `${typed}s`)?.name;
}

export function passes(entry: Entry, only: Filter): boolean {
  if ((entry.show === 'hide') !== (only.hidden === true)) return false;
  if (only.by !== undefined && entry.by.id !== only.by && entry.recordedBy.id !== only.by) return false;
  if (only.kind === undefined) return true;
  return filterKinds.find(({ name }) => name === only.kind)?.kinds.includes(entry.kind) ?? true;
}

/** ` (only checks, by Ana)`, or nothing. */
export function filterWords(only: Filter, entries: readonly Entry[]): string {
  const person =
    only.by === undefined
      ? undefined
      : entries.flatMap(({ by, recordedBy }) => [by, recordedBy]).find(({ id }) => id === only.by);
  const words = [
    ...(only.hidden ? ['taken off the timeline'] : []),
    ...(only.kind === undefined ? [] : [`only ${only.kind}`]),
    ...(only.by === undefined ? [] : [`by ${line(person?.name ?? 'this person', 80)}`]),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
