// What people do by hand in channels: write, edit, delete, react, pin, join, invite, rename.

import type { Json } from '../blocks/rule.ts';
import {
  addMember,
  type Channel,
  createChannel,
  nameProblem,
  openDirect,
  removeMember,
  renameChannel,
  setArchived,
  setNote,
} from '../state/channels.ts';
import {
  addReaction,
  changeMessage,
  deleteMessage,
  isReply,
  type Message,
  messageObject,
  postMessage,
  removeReaction,
  repliesTo,
} from '../state/messages.ts';
import { findUser, type User } from '../state/people.ts';
import { pinMessage, unpinMessage } from '../state/pins.ts';
import type { View } from '../state/views.ts';
import { emit } from '../state/workspace.ts';
import { messageText } from '../typed-text.ts';
import { CannotDo, joined, type Stage, seen } from './stage.ts';

function messageIn(channel: Channel, ts: string): Message {
  const message = channel.messages.get(ts);
  if (message === undefined) throw new CannotDo(`#${channel.name} has no message ${ts}`);
  return message;
}

function own(channel: Channel, user: User, ts: string): Message {
  const message = messageIn(channel, ts);
  if (message.user !== user.id || message.subtype?.startsWith('channel_'))
    throw new CannotDo(`message ${ts} is not by ${user.name}`);
  return message;
}

/** Writes a message; returns its ts. */
export function say(
  stage: Stage,
  user: User,
  where: string,
  text: string,
  options: { thread_ts?: string } = {},
): string {
  const channel = joined(stage, user, where);
  if (text.trim() === '') throw new CannotDo('there is nothing to send');
  const thread = options.thread_ts;
  if (thread !== undefined && !channel.messages.has(thread))
    throw new CannotDo(`#${channel.name} has no message ${thread} to answer`);
  const draft = {
    user: user.id,
    text: messageText(stage.ws, text),
    ...(thread === undefined ? {} : { thread_ts: thread }),
  };
  return postMessage(stage.ws, channel, draft).ts;
}

export function edit(stage: Stage, user: User, where: string, ts: string, text: string): void {
  const channel = joined(stage, user, where);
  changeMessage(stage.ws, channel, own(channel, user, ts), { text: messageText(stage.ws, text) }, user.id);
}

export function remove(stage: Stage, user: User, where: string, ts: string): void {
  const channel = joined(stage, user, where);
  deleteMessage(stage.ws, channel, own(channel, user, ts));
}

export function react(stage: Stage, user: User, where: string, ts: string, emoji: string, on: boolean): void {
  const channel = joined(stage, user, where);
  const name = emoji.replace(/^:|:$/g, '');
  const done = (on ? addReaction : removeReaction)(stage.ws, channel, messageIn(channel, ts), user.id, name);
  if (!done)
    throw new CannotDo(
      on ? `${user.name} has reacted so already` : `${user.name} has no such reaction there`,
    );
}

export function pin(stage: Stage, user: User, where: string, ts: string, on: boolean): void {
  const channel = joined(stage, user, where);
  const done = (on ? pinMessage : unpinMessage)(stage.ws, channel, messageIn(channel, ts), user.id);
  if (!done) throw new CannotDo(on ? 'it is pinned already' : 'it is not pinned');
}

export function join(stage: Stage, user: User, where: string): void {
  const channel = seen(stage, user, where);
  if (channel.archived) throw new CannotDo(`#${channel.name} is archived`);
  addMember(stage.ws, channel, user.id);
}

export function leave(stage: Stage, user: User, where: string): void {
  removeMember(stage.ws, joined(stage, user, where), user.id);
}

export function invite(stage: Stage, user: User, where: string, who: string): void {
  const channel = joined(stage, user, where);
  const guest = findUser(stage.ws, who);
  if (guest === undefined) throw new CannotDo(`there is nobody called ${who}`);
  addMember(stage.ws, channel, guest.id, user.id);
}

export function create(stage: Stage, user: User, name: string, isPrivate: boolean): string {
  const problem = nameProblem(stage.ws, name);
  if (problem !== undefined) throw new CannotDo(`no channel can be called ${name}: ${problem}`);
  return createChannel(stage.ws, { name, kind: isPrivate ? 'private' : 'public', creator: user.id }).id;
}

export function rename(stage: Stage, user: User, where: string, name: string): void {
  const channel = joined(stage, user, where);
  const problem = nameProblem(stage.ws, name, channel.id);
  if (problem !== undefined) throw new CannotDo(`no channel can be called ${name}: ${problem}`);
  renameChannel(stage.ws, channel, name, user.id);
}

export function archive(stage: Stage, user: User, where: string): void {
  setArchived(stage.ws, joined(stage, user, where), true, user.id);
}

export function setTopic(stage: Stage, user: User, where: string, topic: string): void {
  setNote(stage.ws, joined(stage, user, where), 'topic', topic, user.id);
}

/** The id of the direct message with somebody (the bot too). */
export function direct(stage: Stage, user: User, who: string): string {
  const other = findUser(stage.ws, who);
  if (other === undefined) throw new CannotDo(`there is nobody called ${who}`);
  return openDirect(stage.ws, [other.id], user.id).channel.id;
}

/** Messages as they are shown in a channel, oldest first; or a thread, first message first. */
export function history(stage: Stage, user: User, where: string, threadTs?: string): Json[] {
  const channel = seen(stage, user, where);
  const messages =
    threadTs === undefined
      ? [...channel.messages.values()].filter((each) => !isReply(each) || each.broadcast === true)
      : [messageIn(channel, threadTs), ...repliesTo(channel, threadTs)];
  return messages.map((each) => structuredClone(messageObject(stage.ws, channel, each)));
}

/** Opens the app's Home tab: the app is told; what it has published so far is returned. */
export function openHome(stage: Stage, user: User): View | undefined {
  const { channel } = openDirect(stage.ws, [stage.ws.app.botUserId], user.id);
  emit(stage.ws, { type: 'home_opened', user: user.id, channel });
  return stage.ws.views.get(stage.ws.homes.get(user.id) ?? '');
}
