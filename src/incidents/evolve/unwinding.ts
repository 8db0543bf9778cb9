/** Folds the taking back of everything that a run changed. */
import type { EventOf } from '../events.ts';
import type { Incident } from '../state.ts';
import { runOf } from './tries.ts';

export function evolveUnwinding(incident: Incident, event: EventOf<'unwind_started' | 'unwind_ended'>): void {
  const run = runOf(incident, event.body.run);
  switch (event.type) {
    case 'unwind_started': {
      const { changes, passed } = event.body;
      run.unwinding = { version: event.version, by: event.by, changes, passed };
      return;
    }
    case 'unwind_ended':
      if (run.unwinding) run.unwinding.ended = event.body;
      return;
  }
}
