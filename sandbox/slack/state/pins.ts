// Pinning and unpinning messages, by the bot or by a person.

import type { Channel } from './channels.ts';
import { type Message, postSystemMessage } from './messages.ts';
import { emit, seconds, type Workspace } from './workspace.ts';

/** @returns false when it is pinned already. */
export function pinMessage(ws: Workspace, channel: Channel, message: Message, user: string): boolean {
  if (channel.pins.some((pin) => pin.ts === message.ts)) return false;
  const pin = { ts: message.ts, by: user, at: seconds(ws) };
  channel.pins.unshift(pin);
  emit(ws, { type: 'pin_added', channel, pin, message, user });
  postSystemMessage(ws, channel, {
    subtype: 'pinned_item',
    user,
    text: `<@${user}> pinned a message to this channel.`,
    item_type: 'C',
    item: { type: 'message', ts: message.ts },
  });
  return true;
}

/** @returns false when it is not pinned. */
export function unpinMessage(ws: Workspace, channel: Channel, message: Message, user: string): boolean {
  const pin = channel.pins.find((each) => each.ts === message.ts);
  if (pin === undefined) return false;
  channel.pins = channel.pins.filter((each) => each !== pin);
  emit(ws, { type: 'pin_removed', channel, pin, message, user });
  return true;
}
