/** What people decide about the record itself. */
import type { RecordWhat } from '../commands/record.ts';
import { type Draft, emit } from '../draft.ts';
import { Refused } from '../refused.ts';

export function decideRecord(draft: Draft, what: RecordWhat): void {
  switch (what.do) {
    case 'set milestone':
      return emit(draft, 'milestone_set', {
        milestone: what.milestone,
        at: what.at,
        precision: what.precision,
      });
    case 'correct entry':
    case 'ask erase':
    case 'erase':
      throw new Refused('later', 'Not there yet.');
  }
}
