/** Something that an incident has left behind, from the intent on until it is seen to be gone, kept, or followed elsewhere. */
import type { Bodies, Person } from './events.ts';

export interface LooseEnd {
  readonly id: string;
  readonly opened: Bodies['loose_end_opened'];
  readonly openedAt: number;
  readonly openedBy: Person;
  state: 'may exist' | 'open' | 'gone' | 'accepted' | 'moved';
  says?: string;
  settledAt?: number;
  /** Who looks after it. */
  owner?: Person;
  /** Since when it is known to be there (ms). */
  madeAt?: number;
  /** When the length of time for which it might stay was over (ms). */
  overSince?: number;
  /** People were told that. */
  toldOver?: boolean;
  /** Kept until then, or to be gone by then (ms): its owner is asked at that time. */
  keptUntil?: number;
  /** The `keptUntil` at which somebody was last asked about it. */
  askedFor?: number;
  /** A first person wants to keep it, or says that it is gone; a second one has to agree. */
  waits?: { readonly for: 'keep' | 'gone'; readonly by: Person; readonly at: number; readonly says: string };
  /** What the first person wanted to keep it with. */
  keepAsked?: Bodies['loose_end_keep_asked'];
  /** Where it is followed now. */
  link?: string;
}

type Seen = Pick<LooseEnd, 'opened' | 'state' | 'keptUntil' | 'askedFor'>;

/** Still there, or nobody knows. */
export const isLeft = ({ state }: Pick<LooseEnd, 'state'>): boolean =>
  state === 'open' || state === 'may exist';

/** Nobody has decided what becomes of it. What was decided alone leaves nothing in the world: it is looked at afterwards. */
export const isUndecided = (end: Pick<LooseEnd, 'opened' | 'state'>): boolean =>
  isLeft(end) && end.opened.kind !== 'approval-alone';

/** The time until which it was to stay is over, somebody was asked about it, and nobody has answered yet. */
export const isOverdue = ({ state, keptUntil, askedFor }: Seen): boolean =>
  state !== 'gone' && state !== 'moved' && keptUntil !== undefined && askedFor === keptUntil;

/** What *Keep the rest* keeps: one person's word is enough for it, and it waits for one. */
export const isAmongTheRest = (end: Seen): boolean =>
  end.opened.sensitivity === undefined && (isUndecided(end) || isOverdue(end));

/** Something can look whether it is still there; without that two people say so. */
export const canBeLookedFor = ({ opened }: Pick<LooseEnd, 'opened'>): boolean =>
  opened.probe !== undefined && opened.run !== undefined && opened.step !== undefined;
