/** Half an hour or more of an open incident of which nothing is written down. */
import type { Entry } from '../../incidents/timeline.ts';
import type { Span } from './milestones.ts';

export interface Hole {
  readonly from: number;
  readonly to: number;
}

const holeMs = 30 * 60_000;

/** `entries` are the shown lines in order; a line that lasted covers its whole time (design/report.md). */
export function holesOf(entries: readonly Entry[], open: readonly Span[]): readonly Hole[] {
  const holes: Hole[] = [];
  let covered: number | undefined;
  for (const entry of entries) {
    if (covered !== undefined)
      for (const span of open) {
        const from = Math.max(covered, span.from);
        const to = Math.min(entry.at, span.to ?? Number.POSITIVE_INFINITY);
        if (to - from >= holeMs) holes.push({ from, to });
      }
    covered = Math.max(covered ?? entry.at, entry.until ?? entry.at);
  }
  return holes;
}
