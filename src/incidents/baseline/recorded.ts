/** The changes that an incident recorded, as a comparison of two snapshots needs them. */
import { type Incident, mayHaveChanged } from '../state.ts';
import { objectsIn } from './by-hand.ts';
import type { RecordedAct } from './diff.ts';

/** Of every try that may have changed something, taken back or not: the object, what it is part of, and the action. */
export function recordedActs(incident: Incident): RecordedAct[] {
  const byHand: RecordedAct[] = [];
  const acts = [...incident.runs.values()].flatMap((run) =>
    [...run.steps.values()].flatMap((step) =>
      step.tries.flatMap((one): RecordedAct[] => {
        if (!mayHaveChanged(one)) return [];
        const uses = one.uses ?? '';
        const target = one.planned?.plan.target;
        // A person's own tool is the writer then.
        if (one.claimed)
          for (const command of one.byHand ?? [])
            byHand.push(...objectsIn(command).map((object) => ({ ...object, uses, byHand: true as const })));
        if (!target) return [];
        const { kind, name, owner } = target;
        return [{ kind, name, uses }, ...(owner ? [{ kind: owner.kind, name: owner.name, uses }] : [])];
      }),
    ),
  );
  const all = [...acts, ...byHand];
  return [...new Map(all.map((act) => [`${act.kind} ${act.name} ${act.uses} ${act.byHand}`, act])).values()];
}
