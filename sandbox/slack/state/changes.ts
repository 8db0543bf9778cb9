// Everything that can happen in the local Slack, as values: the page shows them, the bot is told some of them as events.

import type { Channel, Pin } from './channels.ts';
import type { Ephemeral } from './ephemerals.ts';
import type { StoredFile } from './files.ts';
import type { Message } from './messages.ts';
import type { View } from './views.ts';

export type Change =
  | { type: 'message_posted'; channel: Channel; message: Message }
  | { type: 'message_changed'; channel: Channel; message: Message; previous: Message }
  | { type: 'message_deleted'; channel: Channel; message: Message }
  | {
      type: 'reaction_added' | 'reaction_removed';
      channel: Channel;
      message: Message;
      user: string;
      reaction: string;
    }
  | { type: 'ephemeral_posted' | 'ephemeral_changed' | 'ephemeral_deleted'; ephemeral: Ephemeral }
  | {
      type: 'channel_created' | 'channel_changed' | 'channel_archived' | 'channel_unarchived';
      channel: Channel;
      by: string;
    }
  | { type: 'channel_renamed'; channel: Channel; by: string }
  | { type: 'member_joined'; channel: Channel; user: string; inviter?: string }
  | { type: 'member_left'; channel: Channel; user: string }
  | { type: 'pin_added' | 'pin_removed'; channel: Channel; pin: Pin; message: Message; user: string }
  | { type: 'bookmarks_changed'; channel: Channel }
  | { type: 'canvas_changed'; channel: Channel }
  | { type: 'file_shared'; channel: Channel; file: StoredFile; user: string }
  | { type: 'view_opened' | 'view_changed' | 'view_closed'; user: string; view: View }
  | { type: 'home_published'; user: string; view: View }
  | { type: 'home_opened'; user: string; channel: Channel };
