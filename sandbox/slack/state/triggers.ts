// Trigger ids: proof that a person just did something, good for opening one view within three seconds.

import type { Workspace } from './workspace.ts';

export interface Trigger {
  user: string;
  at: number;
  exchanged: boolean;
}

export function createTrigger(ws: Workspace, user: string): string {
  const id = `${Math.floor(ws.clock())}.${ws.team.id.replace(/\D/g, '') || '1'}.${ws.ids.secret()}`;
  ws.triggers.set(id, { user, at: ws.clock(), exchanged: false });
  return id;
}

export type TriggerProblem = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

/** The person behind a trigger, which is used up by this, or why it is good for nothing. */
export function exchangeTrigger(ws: Workspace, id: string): { user: string } | { problem: TriggerProblem } {
  const trigger = ws.triggers.get(id);
  if (trigger === undefined) return { problem: 'invalid_trigger_id' };
  if (trigger.exchanged) return { problem: 'exchanged_trigger_id' };
  if (ws.clock() - trigger.at > ws.triggerLifeMs) return { problem: 'expired_trigger_id' };
  trigger.exchanged = true;
  return { user: trigger.user };
}
