/** Something that an incident has left behind, from the intent on until it is seen to be gone, or kept. */
import type { Bodies, Person } from './events.ts';

export interface LooseEnd {
  readonly id: string;
  readonly opened: Bodies['loose_end_opened'];
  readonly openedAt: number;
  readonly openedBy: Person;
  state: 'may exist' | 'open' | 'gone' | 'accepted';
  says?: string;
  settledAt?: number;
  owner?: Person;
  /** Since when it is known to be there (ms). */
  madeAt?: number;
  /** When the length of time for which it might stay was over (ms). */
  overSince?: number;
  /** People were told that. */
  toldOver?: boolean;
}
