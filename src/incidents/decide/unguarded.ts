/** A change that nothing in its target keeps from being made twice, when nobody knows what became of its first call. */
import type { Draft } from '../draft.ts';
import type { At } from '../events.ts';
import { Refused } from '../refused.ts';
import type { TryState } from '../state.ts';

/** What has to be typed to try again while the first call may still be made. */
export const FIRST_ARRIVES = 'the first one may still arrive';

/**
 * True when the first call may still be made: its worker never said what became of it. That there is no trace of it now
 * proves nothing then. A worker that came back itself and proved that it changed nothing makes no call any more.
 */
export function isUnguarded(one: TryState): boolean {
  return one.phase === 'decide' && one.planned?.guard === 'none' && one.outcome?.outcome === 'unknown';
}

/** Refuses unless the process that made the call is known to be gone; the way on is to type that it may not be. */
export function mayArrive(draft: Draft, at: At): void {
  if (draft.callerGone === true) return;
  const says = `The first one may still arrive: its worker is not known to be gone, and nothing in the target keeps the change from being made twice. Look first. To try again all the same, type exactly: ${FIRST_ARRIVES}`;
  throw new Refused('arrives', says, undefined, { incident: draft.incident.number, at });
}
