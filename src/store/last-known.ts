/**
 * Copies of the open incidents as they were last committed, for the time in which the database does not answer. The
 * states that the door works on are no use then: a draft that could not be written has been folded into them.
 */
import type { Incident } from '../incidents/state.ts';

export interface LastKnown {
  /** A new version was read or written; it is copied soon. */
  changed(number: number): void;
  of(number: number): Incident | undefined;
  all(): readonly Incident[];
}

/** Many changes in a row cost one copy. */
const SOON_MS = 500;

/** `state` gives the committed state, or `busy` while a command is being decided on it. */
export function lastKnown(state: (number: number) => Incident | 'busy' | undefined): LastKnown {
  const copies = new Map<number, Incident>();
  const due = new Set<number>();
  const copySoon = (number: number): void => {
    if (due.has(number)) return;
    due.add(number);
    setTimeout(() => {
      due.delete(number);
      const now = state(number);
      if (now === 'busy') return copySoon(number);
      if (now?.closedAt !== undefined) copies.delete(number);
      else if (now && copies.get(number)?.version !== now.version) copies.set(number, structuredClone(now));
    }, SOON_MS).unref();
  };
  return {
    changed: copySoon,
    of: (number) => copies.get(number),
    all: () => [...copies.values()],
  };
}
