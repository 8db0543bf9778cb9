/** A plan that nobody confirmed in time: it says how the world was then, so it is read anew before anybody agrees to it. */
import { type Draft, emit } from '../draft.ts';
import type { At } from '../events.ts';
import type { RunState, TryState } from '../state.ts';
import { queuePlan } from './flow.ts';
import { timeoutOf } from './settle.ts';

/** True when the plan is older than `confirm.expires` of its step (10 minutes unless it says otherwise). */
export function isOld(draft: Draft, one: TryState): boolean {
  const { planned, plannedAt } = one;
  return planned !== undefined && plannedAt !== undefined && age(draft, plannedAt) > planned.expiresMs;
}

/** Reads the plan anew, in the same try: nothing was started. The new one asks for its own confirmation. */
export function planAnew(draft: Draft, run: RunState, one: TryState, at: At): void {
  const { plannedAt = 0 } = one;
  const says = `The plan is ${ageWords(age(draft, plannedAt))} old. Here is the new one.`;
  emit(draft, 'approval_lapsed', { ...at, why: 'plan changed', says, planAt: plannedAt });
  queuePlan(draft, at, one, timeoutOf(run, at));
}

function age(draft: Draft, plannedAt: number): number {
  return draft.command.now - plannedAt;
}

/** `12 minutes`, `3 hours`, `2 days`: nobody needs it closer than that. */
function ageWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [amount, unit] =
    minutes < 60
      ? [Math.max(1, minutes), 'minute']
      : minutes < 48 * 60
        ? [Math.floor(minutes / 60), 'hour']
        : [Math.floor(minutes / (24 * 60)), 'day'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
