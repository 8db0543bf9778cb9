/** Folds what is said to others, and since when nothing was written down. */
import type { Event, EventOf } from '../events.ts';
import { breaksQuiet } from '../quiet.ts';
import type { Incident } from '../state.ts';

type SharingEvent = EventOf<
  'update_posted' | 'update_missed' | 'handed_over' | 'quiet_asked' | 'quiet_snoozed'
>;

/** What was kept on disk comes late: the quiet is counted from the newest. */
export function evolveQuiet(incident: Incident, event: Event): void {
  if (!breaksQuiet(event)) return;
  incident.lastEntryAt = Math.max(incident.lastEntryAt, event.at);
  incident.quietUntil = undefined;
  const asked = incident.quietQuestion;
  if (asked && !asked.over) asked.over = { version: event.version, at: event.at, by: event.by };
}

export function evolveSharing(incident: Incident, event: SharingEvent): void {
  switch (event.type) {
    case 'update_posted':
      incident.updateNext = event.body.next;
      return;
    case 'update_missed':
      // Reminded once.
      incident.updateNext = undefined;
      return;
    case 'handed_over':
      incident.roles.set(event.body.role, event.body.to);
      return;
    case 'quiet_asked': {
      const before = incident.quietQuestion;
      incident.quietQuestion = {
        version: event.version,
        since: event.body.since,
        ...(before && !before.over ? { before: before.version } : {}),
      };
      return;
    }
    case 'quiet_snoozed':
      incident.quietUntil = event.body.until;
      if (incident.quietQuestion) incident.quietQuestion.snoozed = { until: event.body.until, by: event.by };
      return;
  }
}
