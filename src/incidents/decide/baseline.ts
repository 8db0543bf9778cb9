/** What became different since before the incident, and that no record explains, as things left behind. */
import type { BaselineWhat } from '../commands/baseline.ts';
import type { Draft } from '../draft.ts';
import { Refused } from '../refused.ts';

export function decideDifference(_draft: Draft, _what: BaselineWhat): void {
  throw new Refused('later', 'Not there yet.');
}
