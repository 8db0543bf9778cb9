// Makes the next state from a live change or from loaded messages. Pure: what is on screen follows from the state alone.

import type { PageEvent, PageHistory, PageMessage } from '../../page-protocol.ts';
import type { PageState } from './page-state.ts';

function put(state: PageState, messages: readonly PageMessage[], wins: 'new' | 'old' = 'new'): PageState {
  const next = { ...state.messages };
  for (const message of messages) {
    const old = next[message.channel] ?? {};
    if (wins === 'old' && old[message.ts] !== undefined) continue;
    next[message.channel] = { ...old, [message.ts]: message };
  }
  return { ...state, messages: next };
}

function posted(state: PageState, message: PageMessage): PageState {
  const { channel, ts } = message;
  const known = state.channels[channel];
  const next = put(state, [message]);
  if (known === undefined) return next;
  const latest = known.latest === null || ts > known.latest ? ts : known.latest;
  const own = message.user === state.me.id;
  return {
    ...next,
    channels: { ...state.channels, [channel]: { ...known, latest } },
    read: own ? { ...state.read, [channel]: ts } : state.read,
  };
}

function deleted(state: PageState, channel: string, ts: string): PageState {
  const { [ts]: gone, ...rest } = state.messages[channel] ?? {};
  // A thread's first message leaves a line in its place, as on the server.
  const stays = Number(gone?.reply_count ?? 0) > 0 && gone !== undefined;
  const tombstone = {
    channel,
    ts,
    user: 'USLACKBOT',
    text: 'This message was deleted.',
    subtype: 'tombstone',
    reply_count: gone?.reply_count,
    thread_ts: ts,
  };
  return {
    ...state,
    messages: { ...state.messages, [channel]: stays ? { ...rest, [ts]: tombstone } : rest },
  };
}

export function afterEvent(state: PageState, event: PageEvent): PageState {
  switch (event.type) {
    case 'message':
      return event.what === 'posted' ? posted(state, event.message) : put(state, [event.message]);
    case 'message_deleted':
      return deleted(state, event.channel, event.ts);
    case 'ephemeral': {
      const others = state.ephemerals.filter((each) => each.ts !== event.ephemeral.ts);
      return { ...state, ephemerals: [...others, event.ephemeral] };
    }
    case 'ephemeral_deleted':
      return withoutEphemeral(state, event.ts);
    case 'channel': {
      const { channel } = event;
      const latest = channel.latest ?? state.channels[channel.id]?.latest ?? null;
      return { ...state, channels: { ...state.channels, [channel.id]: { ...channel, latest } } };
    }
    case 'channel_gone': {
      const { [event.channel]: _, ...channels } = state.channels;
      return { ...state, channels };
    }
    case 'views':
      return { ...state, views: event.views };
    case 'home':
      return { ...state, home: event.view };
    case 'connected':
      return { ...state, connected: event.connected };
  }
}

export const withoutEphemeral = (state: PageState, ts: string): PageState => ({
  ...state,
  ephemerals: state.ephemerals.filter((each) => each.ts !== ts),
});

/**
 * Adds a page of a channel's history. What came live meanwhile is newer than the answer and stays.
 * @param older whether it was asked for with `before`.
 */
export function afterHistory(
  state: PageState,
  channel: string,
  history: PageHistory,
  older: boolean,
): PageState {
  const next = put(state, history.messages, 'old');
  const first = history.messages[0]?.ts ?? (older ? state.loaded[channel]?.from : undefined) ?? '0';
  const from = history.hasMore ? first : '0';
  return { ...next, loaded: { ...state.loaded, [channel]: { from, hasMore: history.hasMore } } };
}

export const afterThread = (state: PageState, history: PageHistory): PageState =>
  put(state, history.messages, 'old');

/** The channel is on screen: nothing in it is unread. */
export function markRead(state: PageState, channel: string): PageState {
  const latest = state.channels[channel]?.latest;
  if (latest == null || (state.read[channel] ?? '') >= latest) return state;
  return { ...state, read: { ...state.read, [channel]: latest } };
}
