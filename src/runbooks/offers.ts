/** The runbooks that a `next` offers, each with its place in the file. */
import type { Path } from './places.ts';
import type { Next, Offering } from './runbook.ts';

export interface PlacedOffer extends Offering {
  /** Below `next`: empty for a single one. */
  readonly path: Path;
}

/** None for a step, the end, or nothing. */
export function offersIn(next: Next | undefined): readonly PlacedOffer[] {
  if (next === undefined || !('run' in next)) return [];
  const { or, ...first } = next;
  if (or === undefined) return [{ ...first, path: [] }];
  return [first, ...or].map((one, index) => ({ ...one, path: [index] }));
}
