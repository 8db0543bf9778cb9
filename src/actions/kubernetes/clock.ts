/** What time it is in the cluster: what is recent there is told by its own clock, which may differ from this machine's. */
import type { Call } from '../action.ts';
import type { Cluster } from './client.ts';
import { note } from './status-error.ts';

const MINUTE_MS = 60_000;
/** An answer is dated in whole seconds and may take a while; a smaller difference changes no verdict. */
const SAME_WITHIN_MS = MINUTE_MS;

/** The difference of the two clocks, by the date that stands on each answer. */
export function clockOf(): { readonly dated: (at: Date) => void; readonly aheadMs: () => number } {
  let ahead = 0;
  return {
    dated: (at) => {
      const by = at.getTime() - Date.now();
      ahead = Math.abs(by) < SAME_WITHIN_MS ? 0 : by;
    },
    aheadMs: () => ahead,
  };
}

/** To be asked after the first answer of the call: before it nobody knows the cluster's time. */
export function timeIn(cluster: Pick<Cluster, 'aheadMs'>, call: Pick<Call, 'now'>): Date {
  return new Date(call.now().getTime() + cluster.aheadMs());
}

/** A line about clocks that differ: everything that shows a time beside one of this machine may mislead. */
export function noteClocks(cluster: Pick<Cluster, 'aheadMs'>, unknowns: string[]): void {
  const minutes = Math.round(cluster.aheadMs() / MINUTE_MS);
  if (minutes === 0) return;
  const how = minutes > 0 ? 'behind' : 'ahead of';
  note(
    unknowns,
    `the clock of this machine is ${Math.abs(minutes)} min ${how} the cluster's: times are the cluster's; set this machine's clock`,
  );
}
