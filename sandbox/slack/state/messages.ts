// Messages and threads: posting, editing, deleting, reacting, and how the Web API shows a message.

import type { Json } from '../blocks/rule.ts';
import type { Channel } from './channels.ts';
import { fileObject } from './files.ts';
import { emit, type Workspace } from './workspace.ts';

export interface Message {
  type: 'message';
  subtype?: string;
  ts: string;
  user: string;
  text: string;
  blocks?: Json[];
  attachments?: Json[];
  /** Set on the app's own messages. */
  bot_id?: string;
  app_id?: string;
  thread_ts?: string;
  /** A reply that is shown in the channel too. */
  broadcast?: boolean;
  edited?: { user: string; ts: string };
  metadata?: { event_type: string; event_payload: Json };
  fileIds?: string[];
  /** Emoji to the people who chose it, in order. */
  reactions: Map<string, string[]>;
  /** What system messages carry besides: topic, purpose, old_name, inviter. */
  more?: Json;
}

export interface Draft {
  user: string;
  text: string;
  subtype?: string;
  blocks?: Json[];
  attachments?: Json[];
  thread_ts?: string;
  broadcast?: boolean;
  metadata?: Message['metadata'];
  fileIds?: string[];
}

/** Puts a message into a channel. The app's own carry its bot and app ids. */
export function postMessage(ws: Workspace, channel: Channel, draft: Draft, more?: Json): Message {
  const fromBot = draft.user === ws.app.botUserId && !draft.subtype?.startsWith('channel_');
  const message: Message = {
    type: 'message',
    ts: ws.ids.ts(),
    user: draft.user,
    text: draft.text,
    ...(draft.subtype === undefined ? {} : { subtype: draft.subtype }),
    ...(draft.blocks === undefined || draft.blocks.length === 0 ? {} : { blocks: draft.blocks }),
    ...(draft.attachments === undefined || draft.attachments.length === 0
      ? {}
      : { attachments: draft.attachments }),
    ...(fromBot ? { bot_id: ws.app.botId, app_id: ws.app.id } : {}),
    ...(draft.thread_ts === undefined ? {} : { thread_ts: draft.thread_ts }),
    ...(draft.broadcast === true && draft.thread_ts !== undefined
      ? { broadcast: true, subtype: 'thread_broadcast' }
      : {}),
    ...(draft.metadata === undefined ? {} : { metadata: draft.metadata }),
    ...(draft.fileIds === undefined ? {} : { fileIds: draft.fileIds }),
    reactions: new Map(),
    ...(more === undefined ? {} : { more }),
  };
  channel.messages.set(message.ts, message);
  if (message.thread_ts !== undefined && isReply(message)) {
    const thread = channel.threads.get(message.thread_ts) ?? new Set();
    channel.threads.set(message.thread_ts, thread.add(message.ts));
  }
  emit(ws, { type: 'message_posted', channel, message });
  return message;
}

/** "X has joined the channel" and the like. */
export function postSystemMessage(
  ws: Workspace,
  channel: Channel,
  { subtype, user, text, ...more }: { subtype: string; user: string; text: string; [field: string]: unknown },
): Message {
  return postMessage(ws, channel, { subtype, user, text }, more);
}

/** Changes an existing message; only the fields given. Edits by its author carry `edited`. */
export function changeMessage(
  ws: Workspace,
  channel: Channel,
  message: Message,
  change: Partial<Pick<Message, 'text' | 'blocks' | 'attachments' | 'metadata'>>,
  by: string,
): Message {
  const previous: Message = { ...message };
  Object.assign(message, change, { edited: { user: by, ts: ws.ids.ts() } });
  if (message.blocks?.length === 0) delete message.blocks;
  if (message.attachments?.length === 0) delete message.attachments;
  emit(ws, { type: 'message_changed', channel, message, previous });
  return message;
}

/** Deletes a message. A thread's first message that has replies leaves a tombstone, as in Slack. */
export function deleteMessage(ws: Workspace, channel: Channel, message: Message): void {
  channel.messages.delete(message.ts);
  if (isReply(message)) channel.threads.get(message.thread_ts ?? '')?.delete(message.ts);
  channel.pins = channel.pins.filter((pin) => pin.ts !== message.ts);
  emit(ws, { type: 'message_deleted', channel, message });
  if (repliesTo(channel, message.ts).length === 0) return;
  const tombstone: Message = {
    type: 'message',
    subtype: 'tombstone',
    ts: message.ts,
    user: 'USLACKBOT',
    text: 'This message was deleted.',
    reactions: new Map(),
  };
  // Map keeps insertion order: the tombstone must stand where the message stood.
  const later = [...channel.messages].filter(([ts]) => ts > message.ts);
  for (const [ts] of later) channel.messages.delete(ts);
  channel.messages.set(tombstone.ts, tombstone);
  for (const [ts, each] of later) channel.messages.set(ts, each);
}

/** @returns false when this person had already reacted so. */
export function addReaction(
  ws: Workspace,
  channel: Channel,
  message: Message,
  user: string,
  reaction: string,
): boolean {
  const users = message.reactions.get(reaction) ?? [];
  if (users.includes(user)) return false;
  message.reactions.set(reaction, [...users, user]);
  emit(ws, { type: 'reaction_added', channel, message, user, reaction });
  return true;
}

/** @returns false when there was no such reaction of this person. */
export function removeReaction(
  ws: Workspace,
  channel: Channel,
  message: Message,
  user: string,
  reaction: string,
): boolean {
  const users = message.reactions.get(reaction) ?? [];
  if (!users.includes(user)) return false;
  const left = users.filter((each) => each !== user);
  if (left.length === 0) message.reactions.delete(reaction);
  else message.reactions.set(reaction, left);
  emit(ws, { type: 'reaction_removed', channel, message, user, reaction });
  return true;
}

export const isReply = (message: Message): boolean =>
  message.thread_ts !== undefined && message.thread_ts !== message.ts;

export const repliesTo = (channel: Channel, ts: string): Message[] =>
  [...(channel.threads.get(ts) ?? [])].flatMap((each) => channel.messages.get(each) ?? []);

/** A message as history, events and payloads show it. Metadata only where it was asked for. */
export function messageObject(ws: Workspace, channel: Channel, message: Message, withMetadata = false): Json {
  const { reactions, fileIds, more, metadata, broadcast: _, ...plain } = message;
  const replies = isReply(message) ? [] : repliesTo(channel, message.ts);
  const users = [...new Set(replies.map((reply) => reply.user))];
  const parent = isReply(message) ? channel.messages.get(message.thread_ts ?? '') : undefined;
  const pin = channel.pins.find((each) => each.ts === message.ts);
  return {
    ...plain,
    ...more,
    team: ws.team.id,
    ...(message.bot_id === undefined
      ? {}
      : {
          bot_profile: {
            id: ws.app.botId,
            app_id: ws.app.id,
            user_id: ws.app.botUserId,
            name: ws.app.name,
            deleted: false,
            updated: 0,
            team_id: ws.team.id,
          },
        }),
    ...(parent === undefined ? {} : { parent_user_id: parent.user }),
    ...(replies.length === 0
      ? {}
      : {
          thread_ts: message.ts,
          reply_count: replies.length,
          reply_users_count: users.length,
          latest_reply: replies.at(-1)?.ts,
          reply_users: users,
          is_locked: false,
          subscribed: false,
        }),
    ...(reactions.size === 0
      ? {}
      : { reactions: [...reactions].map(([name, who]) => ({ name, users: who, count: who.length })) }),
    ...(fileIds === undefined
      ? {}
      : {
          files: fileIds.flatMap((id) => ws.files.get(id) ?? []).map((file) => fileObject(ws, file)),
          upload: false,
        }),
    ...(pin === undefined
      ? {}
      : {
          pinned_to: [channel.id],
          pinned_info: { channel: channel.id, pinned_by: pin.by, pinned_ts: pin.at },
        }),
    ...(withMetadata && metadata !== undefined ? { metadata } : {}),
  };
}

/** Where a message is on this server's page; Slack's form of the path. */
export function permalink(ws: Workspace, channel: Channel, message: Message): string {
  const path = `${ws.url}/archives/${channel.id}/p${message.ts.replace('.', '')}`;
  return isReply(message) ? `${path}?thread_ts=${message.thread_ts}&cid=${channel.id}` : path;
}
