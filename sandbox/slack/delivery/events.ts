// Which of the things that happened the bot is told, and in which words: the Events API's payloads.

import type { Json } from '../blocks/rule.ts';
import type { Change } from '../state/changes.ts';
import { type Channel, channelObject } from '../state/channels.ts';
import { type Message, messageObject } from '../state/messages.ts';
import { seconds, type Workspace } from '../state/workspace.ts';

type ByKind = Record<Channel['kind'], string>;
const historyScope: ByKind = {
  public: 'channels:history',
  private: 'groups:history',
  im: 'im:history',
  mpim: 'mpim:history',
};
const readScope: ByKind = {
  public: 'channels:read',
  private: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};
const channelType: ByKind = { public: 'channel', private: 'group', im: 'im', mpim: 'mpim' };

interface Told {
  event: Json;
  /** The scope without which Slack does not send it. */
  scope?: string;
}

function aboutMessage(ws: Workspace, channel: Channel, message: Message): Told[] {
  const shown = messageObject(ws, channel, message, true);
  delete shown.reactions;
  const event = {
    ...shown,
    channel: channel.id,
    channel_type: channelType[channel.kind],
    event_ts: message.ts,
  };
  const told: Told[] = [{ event, scope: historyScope[channel.kind] }];
  const mentioned = message.text.includes(`<@${ws.app.botUserId}`) && message.user !== ws.app.botUserId;
  if (mentioned && message.subtype === undefined && channel.kind !== 'im')
    told.push({ event: { ...event, type: 'app_mention' }, scope: 'app_mentions:read' });
  return told;
}

/** The events of one change; none when the bot has no part in the channel. */
export function eventsOf(ws: Workspace, change: Change): Told[] {
  if ('channel' in change && change.type !== 'channel_created' && change.type !== 'home_opened')
    if (!change.channel.members.has(ws.app.botUserId)) return [];
  const ts = ws.ids.ts();
  switch (change.type) {
    case 'message_posted':
      return aboutMessage(ws, change.channel, change.message);
    case 'message_changed':
    case 'message_deleted': {
      const { channel } = change;
      const previous = change.type === 'message_changed' ? change.previous : change.message;
      const base = {
        type: 'message',
        channel: channel.id,
        channel_type: channelType[channel.kind],
        hidden: true,
        ts,
        event_ts: ts,
        previous_message: messageObject(ws, channel, previous, true),
      };
      const event =
        change.type === 'message_changed'
          ? { ...base, subtype: 'message_changed', message: messageObject(ws, channel, change.message, true) }
          : { ...base, subtype: 'message_deleted', deleted_ts: previous.ts };
      return [{ event, scope: historyScope[channel.kind] }];
    }
    case 'reaction_added':
    case 'reaction_removed':
      return [
        {
          scope: 'reactions:read',
          event: {
            type: change.type,
            user: change.user,
            reaction: change.reaction,
            item: { type: 'message', channel: change.channel.id, ts: change.message.ts },
            item_user: change.message.user,
            event_ts: ts,
          },
        },
      ];
    case 'channel_created':
      if (change.channel.kind !== 'public') return [];
      return [
        {
          scope: 'channels:read',
          event: {
            type: 'channel_created',
            channel: { ...channelObject(ws, change.channel, ws.app.botUserId) },
            event_ts: ts,
          },
        },
      ];
    case 'channel_renamed': {
      const { channel } = change;
      const type = channel.kind === 'private' ? 'group_rename' : 'channel_rename';
      const about = {
        id: channel.id,
        name: channel.name,
        name_normalized: channel.name,
        created: channel.created,
      };
      return [{ scope: readScope[channel.kind], event: { type, channel: about, event_ts: ts } }];
    }
    case 'channel_archived':
    case 'channel_unarchived': {
      const { channel } = change;
      const type = `${channel.kind === 'private' ? 'group' : 'channel'}_${change.type === 'channel_archived' ? 'archive' : 'unarchive'}`;
      return [
        {
          scope: readScope[channel.kind],
          event: { type, channel: channel.id, user: change.by, event_ts: ts },
        },
      ];
    }
    case 'member_joined':
    case 'member_left':
      return [
        {
          scope: readScope[change.channel.kind],
          event: {
            type: change.type === 'member_joined' ? 'member_joined_channel' : 'member_left_channel',
            user: change.user,
            channel: change.channel.id,
            channel_type: change.channel.kind === 'public' ? 'C' : 'G',
            team: ws.team.id,
            ...('inviter' in change && change.inviter !== undefined ? { inviter: change.inviter } : {}),
            event_ts: ts,
          },
        },
      ];
    case 'pin_added':
    case 'pin_removed':
      return [
        {
          scope: 'pins:read',
          event: {
            type: change.type,
            user: change.user,
            channel_id: change.channel.id,
            item: {
              type: 'message',
              channel: change.channel.id,
              created: change.pin.at,
              created_by: change.pin.by,
              message: messageObject(ws, change.channel, change.message),
            },
            item_user: change.message.user,
            pin_count: change.channel.pins.length,
            ...(change.type === 'pin_removed' ? { has_pins: change.channel.pins.length > 0 } : {}),
            event_ts: ts,
          },
        },
      ];
    case 'file_shared':
      return [
        {
          scope: 'files:read',
          event: {
            type: 'file_shared',
            file_id: change.file.id,
            user_id: change.user,
            file: { id: change.file.id },
            channel_id: change.channel.id,
            event_ts: ts,
          },
        },
      ];
    case 'home_opened': {
      const view = ws.views.get(ws.homes.get(change.user) ?? '');
      return [
        {
          event: {
            type: 'app_home_opened',
            user: change.user,
            channel: change.channel.id,
            tab: 'home',
            event_ts: ts,
            ...(view === undefined ? {} : { view }),
          },
        },
      ];
    }
    case 'channel_changed':
    case 'bookmarks_changed':
    case 'canvas_changed':
    case 'ephemeral_posted':
    case 'ephemeral_changed':
    case 'ephemeral_deleted':
    case 'view_opened':
    case 'view_changed':
    case 'view_closed':
    case 'home_published':
      return [];
  }
}

/** Wraps an event as the Events API does. */
export function envelope(ws: Workspace, event: Json, token: string): Json {
  const eventId = ws.ids.next('Ev');
  return {
    token,
    team_id: ws.team.id,
    context_team_id: ws.team.id,
    context_enterprise_id: null,
    api_app_id: ws.app.id,
    event: structuredClone(event),
    type: 'event_callback',
    event_id: eventId,
    event_time: seconds(ws),
    authorizations: [
      {
        enterprise_id: null,
        team_id: ws.team.id,
        user_id: ws.app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${eventId}`,
  };
}
