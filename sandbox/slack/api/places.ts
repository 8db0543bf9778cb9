// Finds the channel or message a method is about, and says no in Slack's words when the bot may not see it or act there.

import { type Channel, findChannel } from '../state/channels.ts';
import type { Message } from '../state/messages.ts';
import { type Call, fail, type ScopesByKind } from './method.ts';

export const readScopes: ScopesByKind = {
  public: ['channels:read'],
  private: ['groups:read'],
  im: ['im:read'],
  mpim: ['mpim:read'],
};
export const historyScopes: ScopesByKind = {
  public: ['channels:history'],
  private: ['groups:history'],
  im: ['im:history'],
  mpim: ['mpim:history'],
};
export const manageScopes: ScopesByKind = {
  public: ['channels:manage'],
  private: ['groups:write'],
  im: ['im:write'],
  mpim: ['mpim:write'],
};
export const anyOf = (scopes: ScopesByKind): string[] => [...new Set(Object.values(scopes).flat())];

/** A channel by id that the bot can see: private ones only from inside. */
export function channelOf(call: Call, id: string, byName = false): Channel {
  const channel = byName ? findChannel(call.ws, id) : call.ws.channels.get(id);
  if (channel === undefined) return fail('channel_not_found');
  if (channel.kind !== 'public' && !channel.members.has(call.bot)) return fail('channel_not_found');
  return channel;
}

export function channelWith(call: Call, id: string, scopes: ScopesByKind): Channel {
  const channel = channelOf(call, id);
  call.need(scopes[channel.kind]);
  return channel;
}

export function mustBeMember(call: Call, channel: Channel, code = 'not_in_channel'): void {
  if (!channel.members.has(call.bot)) fail(code);
}

export function mustBeOpen(channel: Channel): void {
  if (channel.archived) fail('is_archived');
}

export function messageOf(channel: Channel, ts: string): Message {
  return channel.messages.get(ts) ?? fail('message_not_found');
}

/** Pages by an opaque cursor. */
export function page<T>(
  all: readonly T[],
  cursor: string | undefined,
  limit: number,
): { items: T[]; next: string } {
  let start = 0;
  if (cursor !== undefined && cursor !== '') {
    const match = /^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString('utf8'));
    if (match === null) return fail('invalid_cursor');
    start = Number(match[1]);
  }
  const next = start + limit < all.length ? Buffer.from(`next:${start + limit}`).toString('base64') : '';
  return { items: all.slice(start, start + limit), next };
}
