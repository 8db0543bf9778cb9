/** Finds the run and the try that an event speaks of. */
import type { Incident, RunState, TryState } from '../state.ts';

/** The run of this number. Throws when the stream is damaged. */
export function runOf(incident: Incident, number: number): RunState {
  const run = incident.runs.get(number);
  if (!run) throw new Error(`INC-${incident.number} has no run ${number}`);
  return run;
}

/** Changes the try of this address; one that is not there is left alone. */
export function onTry(
  incident: Incident,
  at: { run: number; step: string; try: number },
  change: (one: TryState, run: RunState) => void,
): void {
  const run = runOf(incident, at.run);
  const one = run.steps.get(at.step)?.tries.find((candidate) => candidate.try === at.try);
  if (one) change(one, run);
}
