// How state is shown to the page, and what a person may see of what happened.

import type {
  PageChannel,
  PageEphemeral,
  PageEvent,
  PageMessage,
  PageUser,
  PageView,
} from '../page-protocol.ts';
import type { Change } from '../state/changes.ts';
import type { Channel } from '../state/channels.ts';
import type { Ephemeral } from '../state/ephemerals.ts';
import { isReply, type Message, messageObject } from '../state/messages.ts';
import type { User } from '../state/people.ts';
import { stackOf, type View } from '../state/views.ts';
import type { Workspace } from '../state/workspace.ts';

export const pageUser = ({ id, name, realName, timeZone, bot }: User): PageUser => ({
  id,
  name,
  realName,
  timeZone,
  bot,
});

export const pageView = (view: View): PageView => view as unknown as PageView;

export const visible = (channel: Channel, user: string): boolean =>
  channel.kind === 'public' || channel.members.has(user);

export function pageChannel(channel: Channel, user: string): PageChannel {
  return {
    id: channel.id,
    name: channel.name,
    kind: channel.kind,
    archived: channel.archived,
    isMember: channel.members.has(user),
    members: [...channel.members],
    topic: channel.topic.value,
    purpose: channel.purpose.value,
    pins: channel.pins.map((pin) => pin.ts),
    bookmarks: channel.bookmarks.map(({ id, title, link, emoji }) => ({ id, title, link, emoji })),
    ...(channel.canvas === undefined
      ? {}
      : { canvas: { title: channel.canvas.title, markdown: channel.canvas.markdown } }),
    latest: [...channel.messages.keys()].at(-1) ?? null,
  };
}

const pageMessage = (ws: Workspace, channel: Channel, message: Message): PageMessage =>
  ({ ...messageObject(ws, channel, message), channel: channel.id }) as PageMessage;

function pageEphemeral({ ts, channel, text, blocks, thread_ts }: Ephemeral): PageEphemeral {
  return {
    ts,
    channel,
    text,
    ...(blocks === undefined ? {} : { blocks }),
    ...(thread_ts === undefined ? {} : { thread_ts }),
  };
}

/** What one person's page is told of a change: nothing of what they may not see. */
export function pageEvents(ws: Workspace, user: string, change: Change): PageEvent[] {
  if ('channel' in change && !visible(change.channel, user)) return [];
  const changed = (channel: Channel, message: Message | undefined): PageEvent[] =>
    message === undefined
      ? []
      : [{ type: 'message', what: 'changed', message: pageMessage(ws, channel, message) }];
  switch (change.type) {
    case 'message_posted': {
      const { channel, message } = change;
      const root = isReply(message) ? channel.messages.get(message.thread_ts ?? '') : undefined;
      return [
        { type: 'message', what: 'posted', message: pageMessage(ws, channel, message) },
        ...changed(channel, root),
      ];
    }
    case 'message_changed':
    case 'reaction_added':
    case 'reaction_removed':
      return changed(change.channel, change.message);
    case 'message_deleted': {
      const { channel, message } = change;
      const root = isReply(message) ? channel.messages.get(message.thread_ts ?? '') : undefined;
      return [
        { type: 'message_deleted', channel: channel.id, ts: message.ts },
        ...changed(channel, root),
        { type: 'channel', channel: pageChannel(channel, user) },
      ];
    }
    case 'ephemeral_posted':
    case 'ephemeral_changed':
      return change.ephemeral.user === user
        ? [{ type: 'ephemeral', ephemeral: pageEphemeral(change.ephemeral) }]
        : [];
    case 'ephemeral_deleted': {
      const { channel, ts } = change.ephemeral;
      return change.ephemeral.user === user ? [{ type: 'ephemeral_deleted', channel, ts }] : [];
    }
    case 'pin_added':
    case 'pin_removed':
      return [
        ...changed(change.channel, change.message),
        { type: 'channel', channel: pageChannel(change.channel, user) },
      ];
    case 'member_left':
      // The change is told before the membership ends.
      if (change.user === user && change.channel.kind !== 'public')
        return [{ type: 'channel_gone', channel: change.channel.id }];
      return [
        {
          type: 'channel',
          channel: {
            ...pageChannel(change.channel, user),
            isMember: change.user !== user && change.channel.members.has(user),
            members: [...change.channel.members].filter((member) => member !== change.user),
          },
        },
      ];
    case 'channel_created':
    case 'channel_changed':
    case 'channel_archived':
    case 'channel_unarchived':
    case 'channel_renamed':
    case 'member_joined':
    case 'bookmarks_changed':
    case 'canvas_changed':
      return [{ type: 'channel', channel: pageChannel(change.channel, user) }];
    case 'view_opened':
    case 'view_changed':
    case 'view_closed':
      return change.user === user ? [{ type: 'views', views: stackOf(ws, user).map(pageView) }] : [];
    case 'home_published':
      return change.user === user ? [{ type: 'home', view: pageView(change.view) }] : [];
    case 'file_shared':
    case 'home_opened':
      return [];
  }
}
