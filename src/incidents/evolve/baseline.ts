/** Folds what the comparison with how things were has found. */
import type { EventOf } from '../events.ts';
import type { Incident } from '../state.ts';

export function evolveDifference(
  incident: Incident,
  event: EventOf<'difference_found' | 'difference_failed'>,
): void {
  if (event.type === 'difference_failed') return;
  const { objects, notChecked } = event.body;
  incident.compared = { at: event.at, objects, notChecked: notChecked.length };
}
