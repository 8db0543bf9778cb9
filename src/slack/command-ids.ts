/** Ids of commands, made of Slack's own data: the same delivery twice is the same command. */
import { sha256 } from '../incidents/hash.ts';

/** A slash command; Slack gives each its own trigger. */
export function slashId(command: {
  team_id: string;
  channel_id: string;
  user_id: string;
  trigger_id: string;
}): string {
  return `slack:${command.team_id}:${command.channel_id}:slash:${command.user_id}:${command.trigger_id}`;
}

/** A click on a message, or in a view. */
export function clickId(click: {
  team: string;
  user: string;
  where: string;
  actionId: string;
  actionTs: string;
}): string {
  return `slack:${click.team}:${click.where}:click:${click.actionId}:${click.actionTs}:${click.user}`;
}

/**
 * A submitted modal. What was entered is part of it: Slack keeps a view's hash when a field was refused, and the
 * corrected modal is another command.
 */
export function submitId(submission: {
  team: string;
  user: string;
  view: string;
  hash: string;
  values: unknown;
}): string {
  const entered = sha256(JSON.stringify(submission.values)).slice(0, 12);
  return `slack:${submission.team}:${submission.view}:submit:${submission.hash}:${entered}:${submission.user}`;
}

/** Something that happened to a message: kept, its pushpin put on or taken off, edited, deleted. */
export function messageId(
  message: { team: string; channel: string; ts: string },
  kind: 'kept' | 'pin' | 'unpin' | 'edited' | 'deleted',
  when: string,
): string {
  return `slack:${message.team}:${message.channel}:${message.ts}:${kind}:${when}`;
}

/** A record that belongs to an effect: the same effect's second try records the same thing once. */
export function effectRecordId(effectId: string, what: string): string {
  return `slack-effect:${effectId}:${what}`;
}
