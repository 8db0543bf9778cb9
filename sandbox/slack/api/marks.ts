// pins, bookmarks and reactions: what is attached to channels and messages.

import { type Bookmark, type Channel } from '../state/channels.ts';
import { addReaction, messageObject, removeReaction } from '../state/messages.ts';
import { pinMessage, unpinMessage } from '../state/pins.ts';
import { emit, seconds } from '../state/workspace.ts';
import { args, type Call, fail, type Method, method, text } from './method.ts';
import { channelOf, messageOf, mustBeMember, mustBeOpen } from './places.ts';

const MOST_PINS = 100;
const MOST_BOOKMARKS = 100;
const MOST_REACTIONS = 23;
const EMOJI = /^[\p{L}\p{N}_+'-]+(::skin-tone-[2-6])?$/u;
const colons = /^:[^:\s]+(::skin-tone-[2-6])?:$/;

function bookmarkObject(call: Call, channel: Channel, bookmark: Bookmark) {
  return {
    id: bookmark.id,
    channel_id: channel.id,
    title: bookmark.title,
    link: bookmark.link,
    emoji: bookmark.emoji,
    icon_url: null,
    type: 'link',
    entity_id: null,
    date_created: bookmark.created,
    date_updated: bookmark.updated,
    rank: String(channel.bookmarks.indexOf(bookmark)),
    last_updated_by_user_id: bookmark.by,
    last_updated_by_team_id: call.ws.team.id,
    shortcut_id: null,
    app_id: null,
    app_action_id: null,
  };
}

/** Bookmarks' page has no not_in_channel: a channel the bot is not in is simply not found. */
function bookmarked(call: Call, id: string): Channel {
  const channel = channelOf(call, id);
  mustBeMember(call, channel, 'channel_not_found');
  return channel;
}

function checkLink(link: string | undefined): void {
  if (link !== undefined && !URL.canParse(link)) fail('invalid_link');
}
function checkEmoji(emoji: string | undefined): void {
  if (emoji !== undefined && emoji !== '' && !colons.test(emoji)) fail('invalid_emoji');
}

function target(call: Call, given: { channel?: string | undefined; timestamp?: string | undefined }) {
  if (given.channel === undefined || given.timestamp === undefined) return fail('no_item_specified');
  const channel = channelOf(call, given.channel);
  if (!/^\d+\.\d+$/.test(given.timestamp)) fail('bad_timestamp');
  return { channel, message: messageOf(channel, given.timestamp) };
}

const onMessage = { channel: text.optional(), timestamp: text.optional() };

export const marks: Record<string, Method> = {
  'pins.add': method({
    scopes: ['pins:write'],
    tier: 2,
    args: args(onMessage),
    run(given, call) {
      const { channel, message } = target(call, given);
      mustBeMember(call, channel);
      if (message.subtype?.startsWith('channel_')) fail('not_pinnable');
      if (channel.pins.length >= MOST_PINS) fail('too_many_pins');
      if (!pinMessage(call.ws, channel, message, call.bot)) fail('already_pinned');
      return {};
    },
  }),

  'pins.list': method({
    scopes: ['pins:read'],
    tier: 2,
    args: args({ channel: text }),
    run(given, call) {
      const channel = channelOf(call, given.channel);
      return {
        items: channel.pins.flatMap((pin) => {
          const message = channel.messages.get(pin.ts);
          if (message === undefined) return [];
          const shown = messageObject(call.ws, channel, message);
          return [
            { type: 'message', created: pin.at, created_by: pin.by, channel: channel.id, message: shown },
          ];
        }),
      };
    },
  }),

  'pins.remove': method({
    scopes: ['pins:write'],
    tier: 2,
    args: args(onMessage),
    run(given, call) {
      const { channel, message } = target(call, given);
      if (!unpinMessage(call.ws, channel, message, call.bot)) fail('no_pin');
      return {};
    },
  }),

  'bookmarks.add': method({
    scopes: ['bookmarks:write'],
    tier: 2,
    args: args({ channel_id: text, title: text, type: text, link: text.optional(), emoji: text.optional() }),
    run(given, call) {
      const channel = bookmarked(call, given.channel_id);
      if (given.type !== 'link') fail('invalid_bookmark_type');
      if (given.link === undefined) fail('invalid_link');
      checkLink(given.link);
      checkEmoji(given.emoji);
      if (channel.bookmarks.length >= MOST_BOOKMARKS) fail('too_many_bookmarks');
      const now = seconds(call.ws);
      const bookmark: Bookmark = {
        id: call.ws.ids.next('Bk'),
        title: given.title,
        link: given.link ?? '',
        emoji: given.emoji ?? '',
        by: call.bot,
        created: now,
        updated: now,
      };
      channel.bookmarks.push(bookmark);
      emit(call.ws, { type: 'bookmarks_changed', channel });
      return { bookmark: bookmarkObject(call, channel, bookmark) };
    },
  }),

  'bookmarks.list': method({
    scopes: ['bookmarks:read'],
    tier: 3,
    args: args({ channel_id: text }),
    run(given, call) {
      const channel = bookmarked(call, given.channel_id);
      return { bookmarks: channel.bookmarks.map((each) => bookmarkObject(call, channel, each)) };
    },
  }),

  'bookmarks.edit': method({
    scopes: ['bookmarks:write'],
    tier: 2,
    args: args({
      channel_id: text,
      bookmark_id: text,
      title: text.optional(),
      link: text.optional(),
      emoji: text.optional(),
    }),
    run(given, call) {
      const channel = bookmarked(call, given.channel_id);
      const bookmark = channel.bookmarks.find((each) => each.id === given.bookmark_id) ?? fail('not_found');
      checkLink(given.link);
      checkEmoji(given.emoji);
      bookmark.title = given.title ?? bookmark.title;
      bookmark.link = given.link ?? bookmark.link;
      bookmark.emoji = given.emoji ?? bookmark.emoji;
      bookmark.by = call.bot;
      bookmark.updated = seconds(call.ws);
      emit(call.ws, { type: 'bookmarks_changed', channel });
      return { bookmark: bookmarkObject(call, channel, bookmark) };
    },
  }),

  'bookmarks.remove': method({
    scopes: ['bookmarks:write'],
    tier: 2,
    args: args({ channel_id: text, bookmark_id: text }),
    run(given, call) {
      const channel = bookmarked(call, given.channel_id);
      const index = channel.bookmarks.findIndex((each) => each.id === given.bookmark_id);
      if (index < 0) fail('not_found');
      channel.bookmarks.splice(index, 1);
      emit(call.ws, { type: 'bookmarks_changed', channel });
      return {};
    },
  }),

  'reactions.add': method({
    scopes: ['reactions:write'],
    tier: 3,
    args: args({ ...onMessage, name: text }),
    run(given, call) {
      if (!EMOJI.test(given.name)) fail('invalid_name');
      const { channel, message } = target(call, given);
      mustBeMember(call, channel, 'channel_not_found');
      mustBeOpen(channel);
      if (message.reactions.size >= MOST_REACTIONS && !message.reactions.has(given.name))
        fail('too_many_emoji');
      if (!addReaction(call.ws, channel, message, call.bot, given.name)) fail('already_reacted');
      return {};
    },
  }),

  'reactions.get': method({
    scopes: ['reactions:read'],
    tier: 3,
    args: args(onMessage),
    run(given, call) {
      const { channel, message } = target(call, given);
      return { type: 'message', channel: channel.id, message: messageObject(call.ws, channel, message) };
    },
  }),

  'reactions.remove': method({
    scopes: ['reactions:write'],
    tier: 2,
    args: args({ ...onMessage, name: text }),
    run(given, call) {
      const { channel, message } = target(call, given);
      if (!removeReaction(call.ws, channel, message, call.bot, given.name)) fail('no_reaction');
      return {};
    },
  }),
};
