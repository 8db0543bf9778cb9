// conversations.info, list, members, history and replies, and users.conversations: reading what is there, page by page.

import { type Channel, channelObject } from '../state/channels.ts';
import { isReply, type Message, messageObject, repliesTo } from '../state/messages.ts';
import { args, type Call, commaList, fail, flag, type Method, method, text, whole } from './method.ts';
import { anyOf, channelWith, historyScopes, mustBeMember, page, readScopes } from './places.ts';

const kindOfType: Record<string, Channel['kind']> = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
};

const paging = { cursor: text.optional(), limit: whole.optional() };

function limitOf(given: number | undefined, byDefault: number, most: number, code?: string): number {
  if (given === undefined || given === 0) return byDefault;
  if (given > most) return code === undefined ? most : fail(code);
  return given;
}

function wantedKinds(call: Call, types: readonly string[] | undefined): Set<Channel['kind']> {
  const kinds = (types ?? ['public_channel']).map((type) => kindOfType[type] ?? fail('invalid_types'));
  for (const kind of kinds) call.need(readScopes[kind]);
  return new Set(kinds);
}

const listArgs = args({ types: commaList.optional(), exclude_archived: flag.optional(), ...paging });

function listed(
  given: {
    types?: string[] | undefined;
    exclude_archived?: boolean | undefined;
    cursor?: string | undefined;
    limit?: number | undefined;
  },
  call: Call,
  user: string | undefined,
) {
  const kinds = wantedKinds(call, given.types);
  const all = [...call.ws.channels.values()].filter(
    (channel) =>
      kinds.has(channel.kind) &&
      (channel.kind === 'public' || channel.members.has(call.bot)) &&
      (user === undefined || channel.members.has(user)) &&
      !(given.exclude_archived === true && channel.archived),
  );
  const { items, next } = page(all, given.cursor, limitOf(given.limit, 100, 999, 'invalid_limit'));
  return {
    channels: items.map((channel) => ({
      ...channelObject(call.ws, channel, call.bot),
      num_members: channel.members.size,
    })),
    response_metadata: { next_cursor: next },
  };
}

const TS = /^\d+(\.\d+)?$/;
const historyArgs = {
  channel: text,
  oldest: text.optional(),
  latest: text.optional(),
  inclusive: flag.optional(),
  include_all_metadata: flag.optional(),
  ...paging,
};

/** Timestamps compare as numbers with six digits behind the point; a number of seconds is allowed. */
function inRange(message: Message, oldest?: string, latest?: string, inclusive = false): boolean {
  const at = Number(message.ts);
  const from = oldest === undefined ? 0 : Number(oldest);
  const to = latest === undefined || latest === '0' ? Number.POSITIVE_INFINITY : Number(latest);
  return inclusive ? at >= from && at <= to : at > from && at < to;
}

function checkRange(given: { oldest?: string | undefined; latest?: string | undefined }): void {
  if (given.oldest !== undefined && !TS.test(given.oldest)) fail('invalid_ts_oldest');
  if (given.latest !== undefined && !TS.test(given.latest) && given.latest !== 'now')
    fail('invalid_ts_latest');
}

export const conversationLists: Record<string, Method> = {
  'conversations.info': method({
    scopes: anyOf(readScopes),
    tier: 3,
    args: args({ channel: text, include_num_members: flag.optional() }),
    run(given, call) {
      const channel = channelWith(call, given.channel, readScopes);
      return {
        channel: {
          ...channelObject(call.ws, channel, call.bot),
          ...(given.include_num_members === true ? { num_members: channel.members.size } : {}),
        },
      };
    },
  }),

  'conversations.list': method({
    scopes: anyOf(readScopes),
    tier: 2,
    args: listArgs,
    run: (given, call) => listed(given, call, undefined),
  }),

  'users.conversations': method({
    scopes: anyOf(readScopes),
    tier: 3,
    args: listArgs.extend({ user: text.optional() }),
    run: (given, call) => listed(given, call, given.user ?? call.bot),
  }),

  'conversations.members': method({
    scopes: anyOf(readScopes),
    tier: 4,
    args: args({ channel: text, ...paging }),
    run(given, call) {
      const channel = channelWith(call, given.channel, readScopes);
      const limit = limitOf(given.limit, 100, 999, 'invalid_limit');
      const { items, next } = page([...channel.members], given.cursor, limit);
      return { members: items, response_metadata: { next_cursor: next } };
    },
  }),

  'conversations.history': method({
    scopes: anyOf(historyScopes),
    tier: 3,
    args: args(historyArgs),
    run(given, call) {
      const channel = channelWith(call, given.channel, historyScopes);
      mustBeMember(call, channel);
      checkRange(given);
      const newestFirst = [...channel.messages.values()]
        .filter((each) => !isReply(each) || each.broadcast === true)
        .filter((each) => inRange(each, given.oldest, given.latest, given.inclusive))
        .reverse();
      const { items, next } = page(newestFirst, given.cursor, limitOf(given.limit, 100, 999));
      return {
        messages: items.map((each) => messageObject(call.ws, channel, each, given.include_all_metadata)),
        has_more: next !== '',
        pin_count: channel.pins.length,
        channel_actions_ts: null,
        channel_actions_count: 0,
        ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
      };
    },
  }),

  'conversations.replies': method({
    scopes: anyOf(historyScopes),
    tier: 3,
    args: args({ ts: text, ...historyArgs }),
    run(given, call) {
      const channel = channelWith(call, given.channel, historyScopes);
      mustBeMember(call, channel, 'channel_not_found');
      checkRange(given);
      const named = channel.messages.get(given.ts);
      const root = named === undefined ? undefined : channel.messages.get(named.thread_ts ?? named.ts);
      if (root === undefined) return fail('thread_not_found');
      const replies = repliesTo(channel, root.ts).filter((each) =>
        inRange(each, given.oldest, given.latest, given.inclusive),
      );
      // The first message of the thread comes first on every page.
      const { items, next } = page(replies, given.cursor, limitOf(given.limit, 1000, 1000));
      return {
        messages: [root, ...items].map((each) =>
          messageObject(call.ws, channel, each, given.include_all_metadata),
        ),
        has_more: next !== '',
        ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
      };
    },
  }),
};
