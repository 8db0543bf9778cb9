/** Something that an incident has left behind, from the intent on until it is seen to be gone, or kept. */
import type { Bodies, Person } from './events.ts';

export interface LooseEnd {
  readonly id: string;
  readonly opened: Bodies['loose_end_opened'];
  readonly openedAt: number;
  readonly openedBy: Person;
  state: 'may exist' | 'open' | 'gone' | 'accepted' | 'moved';
  says?: string;
  settledAt?: number;
  owner?: Person;
  /** Since when it is known to be there (ms). */
  madeAt?: number;
  /** When the length of time for which it might stay was over (ms). */
  overSince?: number;
  /** People were told that. */
  toldOver?: boolean;
  /** Kept until then (ms): people are asked again. */
  keptUntil?: number;
  /** A first person wants to keep it, or says that it is gone; a second one has to agree. */
  waits?: { readonly for: 'keep' | 'gone'; readonly by: Person; readonly at: number; readonly says: string };
  /** What the first person wanted to keep it with. */
  keepAsked?: Bodies['loose_end_keep_asked'];
  /** Where it is followed now. */
  link?: string;
}
