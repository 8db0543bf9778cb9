// Questions about what the page knows: which messages stand in a channel or a thread, what is unread, who is meant.

import type { PageChannel, PageEphemeral, PageMessage, PageUser } from '../../page-protocol.ts';
import type { PageState } from './page-state.ts';

export const isReply = (message: PageMessage): boolean =>
  typeof message.thread_ts === 'string' && message.thread_ts !== message.ts;

const byTs = (a: { ts: string }, b: { ts: string }): number => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0);

/** Something that stands in a list of messages. */
export type Entry = { kind: 'message'; ts: string; message: PageMessage } | EphemeralEntry;
interface EphemeralEntry {
  kind: 'ephemeral';
  ts: string;
  ephemeral: PageEphemeral;
}

const ephemeralsIn = (state: PageState, channel: string, thread?: string): EphemeralEntry[] =>
  state.ephemerals
    .filter((each) => each.channel === channel && each.thread_ts === thread)
    .map((ephemeral) => ({ kind: 'ephemeral', ts: ephemeral.ts, ephemeral }));

const entry = (message: PageMessage): Entry => ({ kind: 'message', ts: message.ts, message });

/** Oldest first: first messages, replies that were sent to the channel too, and what only this person sees. */
export function channelEntries(state: PageState, channel: string): Entry[] {
  const from = state.loaded[channel]?.from ?? '';
  const messages = Object.values(state.messages[channel] ?? {}).filter(
    (each) => each.ts >= from && (!isReply(each) || each.subtype === 'thread_broadcast'),
  );
  return [...messages.map(entry), ...ephemeralsIn(state, channel)].sort(byTs);
}

/** The first message and its replies, oldest first. */
export function threadEntries(state: PageState, channel: string, thread: string): Entry[] {
  const all = Object.values(state.messages[channel] ?? {});
  const messages = all.filter((each) => each.ts === thread || each.thread_ts === thread);
  return [...messages.map(entry), ...ephemeralsIn(state, channel, thread)].sort(byTs);
}

export const userOf = (state: PageState, id: string): PageUser | undefined =>
  state.session.people.find((each) => each.id === id);

export const nameOf = (state: PageState, id: string): string => userOf(state, id)?.realName ?? id;

/** The other person of a direct message; oneself in a talk with oneself. */
export const otherIn = (state: PageState, channel: PageChannel): string =>
  channel.members.find((each) => each !== state.me.id) ?? state.me.id;

/** How a channel is called in lists and titles, without its `#`. */
export function titleOf(state: PageState, channel: PageChannel): string {
  if (channel.kind === 'im') return nameOf(state, otherIn(state, channel));
  if (channel.kind !== 'mpim') return channel.name;
  const others = channel.members.filter((each) => each !== state.me.id);
  return others.map((each) => nameOf(state, each)).join(', ');
}

/** "X has joined the channel" and the like. */
export const isSystem = ({ subtype }: PageMessage): boolean =>
  typeof subtype === 'string' && /^(channel|group)_|^tombstone$|^(un)?pinned_item$/.test(subtype);

/** Whether anything may be new; what it is shows in the messages. */
export const hasNews = (state: PageState, { id, isMember, latest }: PageChannel): boolean =>
  isMember && latest !== null && latest > (state.read[id] ?? '');

function news(state: PageState, channel: PageChannel): PageMessage[] {
  if (!hasNews(state, channel)) return [];
  const read = state.read[channel.id] ?? '';
  return Object.values(state.messages[channel.id] ?? {}).filter(
    (each) => each.ts > read && each.user !== state.me.id && !isSystem(each),
  );
}

/** Whether somebody else wrote something in the channel since this person was there; answers in threads do not count. */
export const isUnread = (state: PageState, channel: PageChannel): boolean =>
  news(state, channel).some((each) => !isReply(each));

/** How many new messages call this person, answers in threads included. */
export const mentionsIn = (state: PageState, channel: PageChannel): number =>
  news(state, channel).filter((each) => mentionsMe(state, each)).length;

/** Whether a message calls this person: by name, by group, to everybody, or in a direct message. */
export function mentionsMe(state: PageState, message: PageMessage): boolean {
  if (state.channels[message.channel]?.kind === 'im') return true;
  const said = message.text + JSON.stringify(message.blocks ?? '');
  if (said.includes(`<@${state.me.id}`) || said.includes(`"user_id":"${state.me.id}"`)) return true;
  if (/<!(here|channel|everyone)/.test(said)) return true;
  return state.session.userGroups.some(
    (group) => group.users.includes(state.me.id) && said.includes(`<!subteam^${group.id}`),
  );
}

/** The direct message with somebody, when there is one already. */
export const directWith = (state: PageState, user: string): PageChannel | undefined =>
  Object.values(state.channels).find(
    (each) => each.kind === 'im' && each.members.includes(user) && otherIn(state, each) === user,
  );

export const general = (state: PageState): PageChannel | undefined => {
  const open = Object.values(state.channels).filter((each) => each.kind === 'public');
  return open.find((each) => each.name === 'general') ?? open.find((each) => each.isMember) ?? open[0];
};
