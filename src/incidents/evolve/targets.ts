/** Folds what people work on: proposed by a check, confirmed by a person, taken off again. */
import type { EventOf } from '../events.ts';
import { sameTarget } from '../same-target.ts';
import type { Incident } from '../state.ts';

type TargetEvent = EventOf<'target_proposed' | 'target_confirmed' | 'target_dropped'>;

export function evolveTarget(incident: Incident, event: TargetEvent): void {
  const { target } = event.body;
  const others = incident.targets.filter((one) => !sameTarget(one.target, target));
  switch (event.type) {
    case 'target_proposed':
      incident.proposed = event.body;
      incident.proposals = [
        ...incident.proposals.filter((one) => !sameTarget(one, target)),
        event.body.target,
      ];
      return;
    case 'target_confirmed': {
      const kept = event.body.also ? others : [];
      incident.targets = [...kept, { target: event.body.target, by: event.by, at: event.at }];
      incident.proposed = undefined;
      return;
    }
    case 'target_dropped':
      incident.targets = others;
      return;
  }
}
