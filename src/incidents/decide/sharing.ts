/** What is said to others: updates, a handover, a question to a quiet channel. */
import type { SharingWhat } from '../commands/sharing.ts';
import type { Draft } from '../draft.ts';
import { Refused } from '../refused.ts';

export function decideSharing(_draft: Draft, _what: SharingWhat): void {
  throw new Refused('later', 'Not there yet.');
}
