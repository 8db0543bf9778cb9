/** The milestones of an incident alone, without the rest of its report. */
import type { Event } from '../incidents/events.ts';
import { correctedEvents } from '../incidents/timeline/corrected-events.ts';
import { inOrder } from '../incidents/timeline/in-order.ts';
import { stepStories } from '../incidents/timeline/steps.ts';
import { type Milestones, milestonesOf } from './model/milestones.ts';
import { NoIncident } from './model.ts';

/** As the report has them. Throws NoIncident. */
export function momentsOf(given: readonly Event[]): Milestones {
  const corrected = correctedEvents(inOrder(given));
  const { events } = corrected;
  const declared = events.find((event) => event.type === 'incident_declared');
  if (declared?.type !== 'incident_declared') throw new NoIncident();
  const runs = new Map(
    events.flatMap((event) => (event.type === 'run_started' ? [[event.body.run, event] as const] : [])),
  );
  return milestonesOf(corrected, declared, stepStories(events), runs);
}
