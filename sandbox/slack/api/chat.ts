// chat.*: posting, changing and deleting the bot's messages, messages for one person only, and permalinks.

import type { Channel } from '../state/channels.ts';
import { postEphemeral } from '../state/ephemerals.ts';
import {
  changeMessage,
  deleteMessage,
  type Message,
  messageObject,
  permalink,
  postMessage,
} from '../state/messages.ts';
import { contentArgs, contentOf } from './content.ts';
import type { Call, Method } from './method.ts';
import { args, fail, flag, method, text } from './method.ts';
import { channelOf, messageOf, mustBeMember, mustBeOpen } from './places.ts';

function checkThread(channel: Channel, threadTs: string | undefined): void {
  if (threadTs === undefined || threadTs === '') return;
  const root = channel.messages.get(threadTs);
  if (root === undefined || (root.thread_ts !== undefined && root.thread_ts !== root.ts))
    fail('cannot_reply_to_message');
}

function ownMessage(call: Call, channel: Channel, ts: string, code: string): Message {
  const message = messageOf(channel, ts);
  if (message.user !== call.bot || message.subtype?.startsWith('channel_')) fail(code);
  return message;
}

/** By id, by #name, or a person's id for a direct message that exists. */
function destination(call: Call, where: string): Channel {
  if (!call.ws.users.has(where)) return channelOf(call, where, true);
  const direct = [...call.ws.channels.values()].find(
    (channel) => channel.kind === 'im' && channel.members.has(where) && channel.members.has(call.bot),
  );
  return direct ?? fail('channel_not_found');
}

export const chat: Record<string, Method> = {
  'chat.postMessage': method({
    scopes: ['chat:write'],
    tier: 'post',
    args: args({
      channel: text,
      thread_ts: text.optional(),
      reply_broadcast: flag.optional(),
      ...contentArgs,
    }),
    run(given, call) {
      const channel = destination(call, given.channel);
      mustBeOpen(channel);
      if (!channel.members.has(call.bot) && !call.has('chat:write.public')) fail('not_in_channel');
      const content = contentOf(call.ws, given as never, 'msg_blocks_too_long');
      checkThread(channel, given.thread_ts);
      const { cut, clearsMetadata: _, ...draft } = content;
      const message = postMessage(call.ws, channel, {
        user: call.bot,
        ...draft,
        ...(given.thread_ts === undefined || given.thread_ts === '' ? {} : { thread_ts: given.thread_ts }),
        ...(given.reply_broadcast === true ? { broadcast: true } : {}),
      });
      return {
        channel: channel.id,
        ts: message.ts,
        message: messageObject(call.ws, channel, message, true),
        ...(cut
          ? { warning: 'message_truncated', response_metadata: { warnings: ['message_truncated'] } }
          : {}),
      };
    },
  }),

  'chat.update': method({
    scopes: ['chat:write'],
    tier: 3,
    args: args({ channel: text, ts: text, reply_broadcast: flag.optional(), ...contentArgs }),
    run(given, call) {
      const channel = channelOf(call, given.channel);
      const message = ownMessage(call, channel, given.ts, 'cant_update_message');
      if (channel.archived) fail('cant_update_message');
      const content = contentOf(call.ws, given as never, 'msg_too_long');
      if (content.cut) fail('msg_too_long');
      if (content.clearsMetadata) delete message.metadata;
      // Text without blocks replaces blocks too: the fallback would otherwise contradict what is shown.
      changeMessage(
        call.ws,
        channel,
        message,
        {
          ...(given.text === undefined && given.markdown_text === undefined ? {} : { text: content.text }),
          blocks: content.blocks ?? [],
          attachments: content.attachments ?? [],
          ...(content.metadata === undefined ? {} : { metadata: content.metadata }),
        },
        call.bot,
      );
      return {
        channel: channel.id,
        ts: message.ts,
        text: message.text,
        message: messageObject(call.ws, channel, message, true),
      };
    },
  }),

  'chat.delete': method({
    scopes: ['chat:write'],
    tier: 3,
    args: args({ channel: text, ts: text }),
    run(given, call) {
      const channel = channelOf(call, given.channel);
      deleteMessage(call.ws, channel, ownMessage(call, channel, given.ts, 'cant_delete_message'));
      return { channel: channel.id, ts: given.ts };
    },
  }),

  'chat.postEphemeral': method({
    scopes: ['chat:write'],
    tier: 4,
    args: args({ channel: text, user: text, thread_ts: text.optional(), ...contentArgs }),
    run(given, call) {
      const channel = channelOf(call, given.channel);
      mustBeOpen(channel);
      mustBeMember(call, channel);
      if (!channel.members.has(given.user)) fail('user_not_in_channel');
      const content = contentOf(call.ws, { ...given, metadata: undefined } as never, 'msg_too_long');
      if (content.cut) fail('msg_too_long');
      const ephemeral = postEphemeral(call.ws, channel, given.user, {
        text: content.text,
        ...(content.blocks === undefined ? {} : { blocks: content.blocks }),
        ...(given.thread_ts === undefined ? {} : { thread_ts: given.thread_ts }),
      });
      return { message_ts: ephemeral.ts };
    },
  }),

  'chat.getPermalink': method({
    tier: 'none',
    args: args({ channel: text, message_ts: text }),
    run(given, call) {
      const channel = channelOf(call, given.channel);
      const message = messageOf(channel, given.message_ts);
      return { channel: channel.id, permalink: permalink(call.ws, channel, message) };
    },
  }),
};
