/** How often the workers stopped that made the calls of one try. */
import type { Purpose } from '../commands.ts';
import type { At } from '../events.ts';
import type { Incident } from '../state.ts';

/** A look that stops its worker this often is not given to the next one: it may be what stops them. */
export const MOST_LOST = 3;

/** The id of an attempt begins with where it belongs (draft.ts). */
export function lostAt({ number, lost }: Incident, at: At, purpose: Purpose): number {
  const where = `${number}.${at.run}.${at.step}.${at.try}.${purpose}.`;
  let count = 0;
  for (const id of lost) if (id.startsWith(where)) count++;
  return count;
}

/** True when it was given up for that. */
export function stoppedTooOften(incident: Incident, at: At, purpose: Purpose): boolean {
  return lostAt(incident, at, purpose) >= MOST_LOST;
}
