/** Folds what is asked once more at resolve, and what it found: beside the runs, which stay as they are. */
import type { EventOf } from '../events.ts';
import type { Incident, RepeatedCheck } from '../state.ts';

export function evolveRepeats(incident: Incident, event: EventOf<'resolved'>): void {
  const { repeats = [] } = event.body;
  const checks = new Map<string, RepeatedCheck>();
  for (const { attempt, run, step, title, was } of repeats) checks.set(attempt, { run, step, title, was });
  incident.repeats.push({ resolve: event.version, by: event.by, checks });
}

export function evolveRepeated(incident: Incident, event: EventOf<'check_repeated'>): void {
  const { resolve, attempt, verdict, says } = event.body;
  const check = incident.repeats.find((one) => one.resolve === resolve)?.checks.get(attempt);
  if (!check) return;
  check.verdict = verdict;
  check.says = says;
}
