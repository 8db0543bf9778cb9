/** Decides whether an incident may be closed. */
import { type Draft, emit } from '../draft.ts';
import { Refused } from '../refused.ts';
import { needs } from './rights.ts';

/** The one gate: personal data or access left behind (design/report.md). */
export function close(draft: Draft, now: number): void {
  needs(draft, 'operate', 'close the incident');
  const { incident } = draft;
  if (incident.resolvedAt === undefined)
    throw new Refused('not-resolved', 'Resolve it first: say that the service is back.');
  for (const run of incident.runs.values())
    for (const step of run.steps.values())
      for (const one of step.tries)
        if (['calling', 'looking', 'verifying'].includes(one.phase))
          throw new Refused(
            'running',
            `A change is under way: ${one.title}. Wait for its outcome, then close.`,
          );
  const held = [...incident.looseEnds.values()].filter(
    (end) => end.opened.sensitivity && end.state !== 'gone',
  );
  if (held.length > 0)
    throw new Refused(
      'left',
      `Still there: ${held.map((end) => end.opened.title).join('; ')}. Undo it, then close.`,
    );
  emit(draft, 'closed', { at: now });
}
