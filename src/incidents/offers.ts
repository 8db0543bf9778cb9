/** The runbooks that could come next when a run has ended, with what each can be given already. */
import type { Bodies } from './events.ts';

/** The one to take first and, in `or`, those that could be taken instead; one run is started from all of them. */
export type Offer = NonNullable<Bodies['run_ended']['offer']>;
export type Offered = NonNullable<Offer['or']>[number];

/** All of them, the one to take first in front. */
export function everyOffer({ or = [], ...first }: Offer): readonly Offered[] {
  return [first, ...or];
}
