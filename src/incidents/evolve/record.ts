/** Folds what people do to the record afterwards. */
import type { EventOf } from '../events.ts';
import type { Incident } from '../state.ts';

type RecordEvent = EventOf<'milestone_set' | 'erase_asked' | 'entry_erased'>;

export function evolveRecord(incident: Incident, event: RecordEvent): void {
  switch (event.type) {
    case 'milestone_set':
      return;
    case 'erase_asked': {
      const { erase, entry, reason } = event.body;
      incident.erases.set(erase, { entry, by: event.by, reason });
      return;
    }
    case 'entry_erased':
      incident.erases.delete(event.body.erase);
      return;
  }
}
