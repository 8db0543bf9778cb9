// conversations.*: creating channels, who is in them, and what they are called.

import { z } from 'zod';
import type { Json } from '../blocks/rule.ts';
import {
  addMember,
  channelObject,
  createChannel,
  nameProblem,
  openDirect,
  removeMember,
  renameChannel,
  setArchived,
  setNote,
} from '../state/channels.ts';
import { args, type Call, commaList, fail, flag, type Method, method, text } from './method.ts';
import { anyOf, channelOf, channelWith, manageScopes, mustBeMember, mustBeOpen } from './places.ts';

const inviteScopes = {
  ...manageScopes,
  public: ['channels:write.invites', 'channels:manage'],
  private: ['groups:write.invites', 'groups:write'],
};
const noteScopes = {
  public: ['channels:write.topic', 'channels:manage'],
  private: ['groups:write.topic', 'groups:write'],
  im: ['im:write.topic', 'im:write'],
  mpim: ['mpim:write.topic', 'mpim:write'],
};
const MOST_NOTE = 250;

function note(what: 'topic' | 'purpose'): Method {
  return method({
    scopes: anyOf(noteScopes),
    tier: 2,
    args: args({ channel: text, [what]: text }) as unknown as z.ZodType<
      { channel: string } & Record<string, string>
    >,
    run(given, call) {
      const channel = channelWith(call, given.channel, noteScopes);
      if (channel.kind === 'im') fail('method_not_supported_for_channel_type');
      mustBeMember(call, channel);
      mustBeOpen(channel);
      const value = given[what] ?? '';
      if (value.length > MOST_NOTE) fail('too_long');
      setNote(call.ws, channel, what, value, call.bot);
      return { channel: channelObject(call.ws, channel, call.bot), [what]: value };
    },
  });
}

/** What each person's invitation comes to; undefined when they can be added. */
function inviteProblem(call: Call, members: ReadonlySet<string>, user: string): string | undefined {
  if (!call.ws.users.has(user)) return 'user_not_found';
  if (user === call.bot) return 'cant_invite_self';
  return members.has(user) ? 'already_in_channel' : undefined;
}

const named = { token: 'bot' as const };

export const conversations: Record<string, Method> = {
  'conversations.create': method({
    ...named,
    scopes: anyOf(manageScopes),
    tier: 2,
    args: args({ name: text.optional(), is_private: flag.optional() }),
    run(given, call) {
      call.need(given.is_private === true ? manageScopes.private : manageScopes.public);
      const name = given.name ?? '';
      const problem = nameProblem(call.ws, name);
      if (problem !== undefined) fail(problem);
      const kind = given.is_private === true ? 'private' : 'public';
      const channel = createChannel(call.ws, { name, kind, creator: call.bot });
      return { channel: channelObject(call.ws, channel, call.bot) };
    },
  }),

  'conversations.invite': method({
    ...named,
    scopes: anyOf(inviteScopes),
    tier: 3,
    args: args({ channel: text, users: commaList.optional(), force: flag.optional() }),
    run(given, call) {
      const channel = channelWith(call, given.channel, inviteScopes);
      if (channel.kind === 'im' || channel.kind === 'mpim') fail('method_not_supported_for_channel_type');
      mustBeMember(call, channel);
      mustBeOpen(channel);
      const users = given.users ?? [];
      if (users.length === 0) fail('no_user');
      const errors: Json[] = users.flatMap((user) => {
        const error = inviteProblem(call, channel.members, user);
        return error === undefined ? [] : [{ user, ok: false, error }];
      });
      // Without `force` one bad name stops them all.
      const wrong = new Set(errors.map((each) => each.user));
      if (errors.length > 0 && given.force !== true) fail(String(errors[0]?.error), { errors });
      for (const user of users) if (!wrong.has(user)) addMember(call.ws, channel, user, call.bot);
      if (errors.length === users.length) fail(String(errors[0]?.error), { errors });
      return {
        channel: channelObject(call.ws, channel, call.bot),
        ...(errors.length === 0 ? {} : { errors }),
      };
    },
  }),

  'conversations.join': method({
    ...named,
    scopes: ['channels:join'],
    tier: 3,
    args: args({ channel: text }),
    run(given, call) {
      const channel = channelOf(call, given.channel);
      if (channel.kind !== 'public') fail('method_not_supported_for_channel_type');
      mustBeOpen(channel);
      const joined = addMember(call.ws, channel, call.bot);
      return {
        channel: channelObject(call.ws, channel, call.bot),
        ...(joined
          ? {}
          : { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } }),
      };
    },
  }),

  'conversations.leave': method({
    ...named,
    scopes: anyOf(manageScopes),
    tier: 3,
    args: args({ channel: text }),
    run(given, call) {
      const channel = channelWith(call, given.channel, manageScopes);
      if (channel.kind === 'im') fail('method_not_supported_for_channel_type');
      if (channel.general) fail('cant_leave_general');
      mustBeOpen(channel);
      const left = removeMember(call.ws, channel, call.bot);
      return left ? {} : { not_in_channel: true };
    },
  }),

  'conversations.kick': method({
    ...named,
    scopes: anyOf(manageScopes),
    tier: 3,
    args: args({ channel: text, user: text }),
    run(given, call) {
      const channel = channelWith(call, given.channel, manageScopes);
      if (channel.kind === 'im') fail('method_not_supported_for_channel_type');
      mustBeMember(call, channel);
      if (channel.general) fail('cant_kick_from_general');
      if (given.user === call.bot) fail('cant_kick_self');
      if (!call.ws.users.has(given.user) || !channel.members.has(given.user)) fail('user_not_found');
      removeMember(call.ws, channel, given.user);
      return {};
    },
  }),

  'conversations.setTopic': note('topic'),
  'conversations.setPurpose': note('purpose'),

  'conversations.rename': method({
    ...named,
    scopes: anyOf(manageScopes),
    tier: 2,
    args: args({ channel: text, name: text }),
    run(given, call) {
      const channel = channelWith(call, given.channel, manageScopes);
      if (channel.kind === 'im') fail('method_not_supported_for_channel_type');
      mustBeMember(call, channel);
      mustBeOpen(channel);
      const problem = nameProblem(call.ws, given.name, channel.id);
      if (problem !== undefined) fail(problem);
      // A bot may rename only what it created.
      if (channel.creator !== call.bot) fail('not_authorized');
      if (given.name !== channel.name) renameChannel(call.ws, channel, given.name, call.bot);
      return { channel: channelObject(call.ws, channel, call.bot) };
    },
  }),

  'conversations.archive': method({
    ...named,
    scopes: anyOf(manageScopes),
    tier: 2,
    args: args({ channel: text }),
    run(given, call) {
      const channel = channelWith(call, given.channel, manageScopes);
      if (channel.kind === 'im') fail('method_not_supported_for_channel_type');
      if (channel.general) fail('cant_archive_general');
      mustBeMember(call, channel);
      if (channel.archived) fail('already_archived');
      setArchived(call.ws, channel, true, call.bot);
      return {};
    },
  }),

  'conversations.unarchive': method({
    ...named,
    scopes: anyOf(manageScopes),
    tier: 2,
    args: args({ channel: text }),
    run(given, call) {
      const channel = channelWith(call, given.channel, manageScopes);
      if (!channel.archived) fail('not_archived');
      setArchived(call.ws, channel, false, call.bot);
      return {};
    },
  }),

  'conversations.open': method({
    ...named,
    scopes: anyOf(manageScopes),
    tier: 3,
    args: args({ channel: text.optional(), users: commaList.optional(), return_im: flag.optional() }),
    run(given, call) {
      if (given.channel !== undefined) {
        const channel = channelOf(call, given.channel);
        if (channel.kind !== 'im' && channel.kind !== 'mpim') fail('method_not_supported_for_channel_type');
        return { channel: { id: channel.id }, no_op: true, already_open: true };
      }
      const users = given.users ?? [];
      if (users.length === 0) fail('users_list_not_supplied');
      if (users.length > 8) fail('too_many_users');
      if (users.some((user) => !call.ws.users.has(user))) fail('user_not_found');
      if (users.every((user) => user === call.bot)) fail('not_enough_users');
      call.need(manageScopes[users.length === 1 ? 'im' : 'mpim']);
      const { channel, isNew } = openDirect(call.ws, users, call.bot);
      return {
        channel: given.return_im === true ? channelObject(call.ws, channel, call.bot) : { id: channel.id },
        ...(isNew ? {} : { no_op: true, already_open: true }),
      };
    },
  }),
};
