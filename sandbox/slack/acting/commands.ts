// Slash commands and shortcuts: what a person starts without touching a message's elements.

import { globalShortcutPayload, messageShortcutPayload, slashPayload } from '../delivery/payloads.ts';
import { reply, showReply } from '../delivery/replies.ts';
import type { User } from '../state/people.ts';
import { commandText } from '../typed-text.ts';
import { CannotDo, joined, type Outcome, outcomeOf, type Stage } from './stage.ts';

/** Types `/command text` into a channel. What the acknowledgement says is shown. */
export async function slash(
  stage: Stage,
  user: User,
  where: string,
  command: string,
  text: string,
): Promise<Outcome> {
  const channel = joined(stage, user, where);
  const known = stage.commands.find((each) => each.command === command);
  if (known === undefined)
    return {
      ok: false,
      error: 'refused',
      text: `${command} is not a valid command. In Slack, all messages that start with a / are interpreted as commands.`,
    };
  const typed = commandText(stage.ws, text, known.shouldEscape ?? true);
  const answered = await stage.courier.ask(
    'slash_commands',
    slashPayload(stage.ws, user, channel, command, typed),
  );
  const outcome = outcomeOf(command, answered);
  if (!answered.ack.ok) return outcome;
  const said =
    typeof answered.ack.payload === 'string' ? { text: answered.ack.payload } : answered.ack.payload;
  const parsed = reply.safeParse(said ?? {});
  if (!parsed.success)
    return {
      ...outcome,
      ok: false,
      error: 'invalid_response',
      text: `${command} failed with the error "invalid_response"`,
    };
  const { text: shown, blocks } = parsed.data;
  if ((shown ?? '') === '' && (blocks ?? []).length === 0) return outcome;
  const found = showReply(stage.ws, channel, user.id, parsed.data);
  if (found.length === 0) return outcome;
  return {
    ...outcome,
    ok: false,
    error: 'invalid_response',
    text: `${command} failed with the error "invalid_blocks": ${found[0]}`,
  };
}

function checkShortcut(stage: Stage, type: 'message' | 'global', callbackId: string): void {
  const ofType = stage.shortcuts.filter((each) => each.type === type);
  if (!ofType.some((each) => each.callbackId === callbackId))
    throw new CannotDo(
      `the app has no ${type} shortcut ${callbackId}; it has: ${ofType.map((each) => each.callbackId).join(', ') || 'none'}`,
    );
}

/** Chooses a shortcut in the menu of a message. */
export async function messageShortcut(
  stage: Stage,
  user: User,
  callbackId: string,
  where: string,
  ts: string,
): Promise<Outcome> {
  checkShortcut(stage, 'message', callbackId);
  const channel = joined(stage, user, where);
  const message = channel.messages.get(ts);
  if (message === undefined) throw new CannotDo(`#${channel.name} has no message ${ts}`);
  const payload = messageShortcutPayload(stage.ws, user, callbackId, channel, message);
  return outcomeOf('The shortcut', await stage.courier.ask('interactive', payload));
}

/** Chooses a shortcut that belongs to no message. */
export async function globalShortcut(stage: Stage, user: User, callbackId: string): Promise<Outcome> {
  checkShortcut(stage, 'global', callbackId);
  const payload = globalShortcutPayload(stage.ws, user, callbackId);
  return outcomeOf('The shortcut', await stage.courier.ask('interactive', payload));
}
