/** Whether a line was written down later than it happened: both clocks are shown then. */
import type { Entry } from './entry.ts';

/** Written down this much later than it happened, a line says when and by whom it was added. */
const lateMs = 5 * 60_000;

/**
 * By the time that was given first: a correction of the time is no late line (it has a mark of its own). What lasted is
 * written down when it is over. The line of the first sign is always older than its declaration.
 */
export function addedLater(entry: Entry): boolean {
  if (entry.late || entry.keptMeanwhile === true) return true;
  const isFirstSign = entry.kind === 'milestone' && entry.id.endsWith('-since');
  const over = entry.original?.at ?? entry.until ?? entry.at;
  return !isFirstSign && entry.recordedAt - over >= lateMs;
}
