/** The changes that an incident recorded, as a comparison of two snapshots needs them. */
import { type Incident, mayHaveChanged } from '../state.ts';
import type { RecordedAct } from './diff.ts';

/** Of every try that may have changed something, taken back or not: the object, what it is part of, and the action. */
export function recordedActs(incident: Incident): RecordedAct[] {
  const acts = [...incident.runs.values()].flatMap((run) =>
    [...run.steps.values()].flatMap((step) =>
      step.tries.flatMap((one): RecordedAct[] => {
        const target = one.planned?.plan.target;
        if (!target || !mayHaveChanged(one)) return [];
        const uses = one.uses ?? '';
        const { kind, name, owner } = target;
        return [{ kind, name, uses }, ...(owner ? [{ kind: owner.kind, name: owner.name, uses }] : [])];
      }),
    ),
  );
  return [...new Map(acts.map((act) => [`${act.kind} ${act.name} ${act.uses}`, act])).values()];
}
