/** How an incident stands with the comparison of its namespace with before it. */
import type { Bodies } from './events.ts';

/** What a comparison asked about, and as what the value stood there then. */
export type AskedDifference = Bodies['difference_found']['asked'][number];

export interface Comparing {
  /** The last comparison with how things were: when, and how many objects it looked at. */
  compared?: { readonly at: number; readonly objects: number; readonly notChecked: number };
  /** Why the last one could not be made; absent when it was, or when none was due. */
  notCompared?: string;
  /** Version of the event that asks for the next comparison; absent when none is asked for. */
  compareFor?: number;
  /** Of those asked for, one is that of the resolve: people are told, also when nothing is new. */
  compareAtResolve?: boolean;
  /** What comparisons found, by the id of the thing left behind that it became. */
  readonly differences: Map<string, AskedDifference>;
}
