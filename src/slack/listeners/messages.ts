/** Follows messages: a pushpin puts one on the timeline, taken off it hides it; edits and deletions are recorded. */
import type { App } from '@slack/bolt';
import { z } from 'zod';
import { pinEntry, pushpins } from '../ids.ts';
import { filesOf } from '../message-files.ts';
import type { Room } from '../room.ts';
import { changed, deleted, type Reaction, reaction } from './bolt.ts';
import { send } from './context.ts';
import { idOfMessage, isTombstone, keepMessage, markDeleted, wordsOf } from './keep-message.ts';

/** Bolt has acknowledged events before they come here: what fails now is found by the next catch-up. */
export function messageListeners(app: App, room: Room): void {
  app.event('reaction_added', async ({ event }) => {
    await guarded(room, 'reaction_added', reaction, event, (found) => pushpinOn(room, found));
  });
  app.event('reaction_removed', async ({ event }) => {
    await guarded(room, 'reaction_removed', reaction, event, (found) => pushpinOff(room, found));
  });
  app.event('message', async ({ event }) => {
    if (event.subtype === 'message_changed')
      await guarded(room, 'message_changed', changed, event, ({ channel, message }) => {
        if (isTombstone(message)) return removed(room, channel, message.ts);
        if (!message.edited) return Promise.resolve();
        return edited(room, channel, { ...message, edited: message.edited });
      });
    if (event.subtype === 'message_deleted')
      await guarded(room, 'message_deleted', deleted, event, (found) =>
        removed(room, found.channel, found.deleted_ts),
      );
  });
}

async function guarded<T>(
  room: Room,
  what: string,
  schema: z.ZodType<T>,
  event: unknown,
  work: (found: T) => Promise<void>,
): Promise<void> {
  const parsed = schema.safeParse(event);
  if (!parsed.success) {
    room.log.warn({ what }, 'a malformed event was refused');
    return;
  }
  try {
    await work(parsed.data);
  } catch (error) {
    room.log.error({ error, what }, 'an event failed; the next catch-up looks again');
  }
}

async function actor(room: Room, user: string): Promise<{ user: string; name: string }> {
  return { user, name: await room.people.name(user) };
}

/** Events come in any order: a pushpin that is off again by now adds nothing. */
async function pushpinOn(room: Room, { user, reaction: emoji, item, event_ts }: Reaction): Promise<void> {
  const place = pinned(emoji, item);
  if (!place || user === room.bot.user) return;
  const incident = await room.door.incidentOfChannel(place.channel);
  if (incident === undefined || (await pinnedNow(room, place)) === 'no') return;
  const id = idOfMessage(room, place.channel, place.ts, 'pin', event_ts);
  await keepMessage({ room, actor: await actor(room, user), id }, incident, place, 'pushpin');
  // Taken off while it was read: that event found nothing to hide.
  if ((await pinnedNow(room, place)) === 'no')
    await unpin(room, incident, place, await actor(room, user), `${event_ts}:meanwhile`);
}

async function pushpinOff(room: Room, { user, reaction: emoji, item, event_ts }: Reaction): Promise<void> {
  const place = pinned(emoji, item);
  if (!place) return;
  const incident = await room.door.incidentOfChannel(place.channel);
  if (incident === undefined || (await pinnedNow(room, place)) !== 'no') return;
  await unpin(room, incident, place, await actor(room, user), event_ts);
}

/** Hides the entry of a message, if a pushpin put it there. */
export async function unpin(
  room: Room,
  incident: number,
  place: { channel: string; ts: string },
  who: { user: string; name: string },
  when: string,
): Promise<void> {
  const mine = await room.door.look(incident, (state) => {
    const entry = state.pinned.get(`${place.channel}/${place.ts}`);
    return entry?.entry === pinEntry(place.channel, place.ts) && !entry.hidden;
  });
  if (!mine) return;
  const id = idOfMessage(room, place.channel, place.ts, 'unpin', when);
  await send({ room, actor: who, id }, incident, { do: 'correct', ...place, why: 'pushpin removed' });
}

/**
 * Whether anybody's pushpin is on it. When Slack does not say, nothing is hidden and nothing left out; the next catch-up
 * compares. Of a message that is not there any more Slack does not say either.
 */
async function pinnedNow(
  room: Room,
  { channel, ts }: { channel: string; ts: string },
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    const { message } = await room.client.reactions.get({ channel, timestamp: ts, full: true });
    // What is left of a deleted message that has replies carries no reactions: nobody took a pushpin off.
    if (isTombstone(message ?? {})) return 'unknown';
    const on = (message?.reactions ?? []).some(
      ({ name, count }) => pushpins.has(base(name ?? '')) && (count ?? 0) > 0,
    );
    return on ? 'yes' : 'no';
  } catch (error) {
    room.log.info({ error }, 'reactions could not be read');
    return 'unknown';
  }
}

function pinned(emoji: string, item: Reaction['item']): { channel: string; ts: string } | undefined {
  return pushpins.has(base(emoji)) && item.type === 'message' && item.channel && item.ts
    ? { channel: item.channel, ts: item.ts }
    : undefined;
}

/** Without a skin tone. */
export const base = (emoji: string): string => emoji.split('::')[0] ?? emoji;

export async function edited(
  room: Room,
  channel: string,
  message: {
    ts: string;
    text?: string | undefined;
    files?: unknown;
    edited: { ts: string; user?: string | undefined };
    user?: string | undefined;
  },
): Promise<void> {
  const incident = await onTimeline(room, channel, message.ts);
  if (incident === undefined) return;
  const text = await wordsOf(room, { text: message.text ?? '', files: filesOf(message.files) });
  const id = idOfMessage(room, channel, message.ts, 'edited', message.edited.ts);
  const who = await actor(room, message.edited.user ?? message.user ?? room.bot.user);
  await send({ room, actor: who, id }, incident, {
    do: 'correct',
    channel,
    ts: message.ts,
    why: 'edited in Slack',
    text,
  });
}

/** Slack does not say who deleted it. */
export async function removed(room: Room, channel: string, ts: string): Promise<void> {
  const incident = await onTimeline(room, channel, ts);
  if (incident !== undefined) await markDeleted(room, incident, channel, ts);
}

/** The incident whose timeline has this message; most messages are on none, and cost no command. */
async function onTimeline(room: Room, channel: string, ts: string): Promise<number | undefined> {
  const incident = await room.door.incidentOfChannel(channel);
  if (incident === undefined) return undefined;
  const known = await room.door.look(incident, ({ pinned: entries }) => entries.has(`${channel}/${ts}`));
  return known ? incident : undefined;
}
