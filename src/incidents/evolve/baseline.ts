/** Folds what the comparison with how things were has found. */
import type { EventOf } from '../events.ts';
import type { Incident } from '../state.ts';

export function evolveDifference(
  incident: Incident,
  event: EventOf<'difference_found' | 'difference_failed'>,
): void {
  // Asked once more meanwhile: that one is still to come.
  if (incident.compareFor === event.body.of) incident.compareFor = undefined;
  if (event.type === 'difference_failed') {
    incident.notCompared = event.body.says;
    return;
  }
  const { objects, notChecked, asked } = event.body;
  incident.notCompared = undefined;
  incident.compareAtResolve = undefined;
  incident.compared = { at: event.at, objects, notChecked: notChecked.length };
  for (const one of asked) incident.differences.set(one.id, one);
}
