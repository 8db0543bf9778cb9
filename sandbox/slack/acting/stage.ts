// What a person's acts need: the workspace, the way to the bot, and what the app has registered.

import type { Ack, Courier } from '../delivery/courier.ts';
import { type Channel, findChannel } from '../state/channels.ts';
import type { User } from '../state/people.ts';
import type { Workspace } from '../state/workspace.ts';

export interface Command {
  command: string;
  description?: string;
  usageHint?: string;
  /** "Escape channels, users, and links sent to your app": mentions arrive as ids. */
  shouldEscape?: boolean;
}

export interface Shortcut {
  type: 'message' | 'global';
  callbackId: string;
  name: string;
}

export interface Stage {
  ws: Workspace;
  courier: Courier;
  commands: readonly Command[];
  shortcuts: readonly Shortcut[];
}

/** A person wants what the page would not let them do: no such button, not a member, not their message. */
export class CannotDo extends Error {}

/** How Slack tells the person what came of it. */
export interface Outcome {
  ok: boolean;
  error?:
    | 'operation_timeout'
    | 'not_connected'
    | 'dispatch_failed'
    | 'invalid_response'
    | 'incomplete'
    | 'refused';
  /** The sentence Slack shows. */
  text?: string;
  /** Under the fields of a modal, by block_id. */
  errors?: Record<string, string>;
  /** What came of the second delivery, with `faults.duplicateDeliveries`. */
  duplicate?: Ack;
}

/** @param what the thing that was tried, such as "/incident". */
export function outcomeOf(what: string, { ack, duplicate }: { ack: Ack; duplicate?: Ack }): Outcome {
  const more = duplicate === undefined ? {} : { duplicate };
  if (ack.ok) return { ok: true, ...more };
  const why = {
    operation_timeout: 'the app did not respond',
    not_connected: 'the app is not connected',
    dispatch_failed: 'the app answered with an error',
  }[ack.error];
  return { ok: false, error: ack.error, text: `${what} failed because ${why}`, ...more };
}

/** A channel this person can see. @throws CannotDo */
export function seen({ ws }: Stage, user: User, idOrName: string): Channel {
  const channel = findChannel(ws, idOrName);
  if (channel === undefined || (channel.kind !== 'public' && !channel.members.has(user.id)))
    throw new CannotDo(`${user.name} sees no channel ${idOrName}`);
  return channel;
}

/** A channel this person may write in. @throws CannotDo */
export function joined(stage: Stage, user: User, idOrName: string): Channel {
  const channel = seen(stage, user, idOrName);
  if (!channel.members.has(user.id))
    throw new CannotDo(`${user.name} is not in #${channel.name}: join first`);
  if (channel.archived) throw new CannotDo(`#${channel.name} is archived`);
  return channel;
}
