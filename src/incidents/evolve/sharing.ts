/** Folds what is said to others. */
import type { EventOf } from '../events.ts';
import type { Incident } from '../state.ts';

type SharingEvent = EventOf<'update_posted' | 'handed_over' | 'quiet_asked' | 'quiet_snoozed'>;

export function evolveSharing(incident: Incident, event: SharingEvent): void {
  switch (event.type) {
    case 'update_posted':
      incident.updateNext = event.body.next;
      return;
    case 'handed_over':
      incident.roles.set(event.body.role, event.body.to);
      return;
    case 'quiet_asked':
      // Asked once for each stretch of quiet: the next one is counted from here.
      incident.lastEntryAt = event.at;
      return;
    case 'quiet_snoozed':
      incident.quietUntil = event.body.until;
      return;
  }
}
