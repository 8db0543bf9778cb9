/** Decides whether an incident may be closed. */
import { closeGate, gateWords, theRest } from '../close-gate.ts';
import { type Draft, emit } from '../draft.ts';
import { Refused } from '../refused.ts';
import { needs } from './rights.ts';

/** Refused while the gate has reasons (docs/decisions/0012-close-gate.md), with all of them. */
export function close(draft: Draft, now: number): void {
  needs(draft, 'operate', 'close the incident');
  const { incident } = draft;
  if (incident.resolvedAt === undefined)
    throw new Refused(
      'not-resolved',
      'Resolve it first, with /incident resolve: say that the service is back.',
    );
  const reasons = closeGate(incident);
  if (reasons.length > 0) {
    const running = reasons.some(({ why }) => why === 'running');
    throw new Refused(running ? 'running' : 'left', gateWords(reasons, theRest(incident)));
  }
  emit(draft, 'closed', { at: now });
}
