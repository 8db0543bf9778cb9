/** Puts a Slack message on an incident's timeline, with its author, its time and its words. */
import type { webApi } from '@slack/bolt';
import type { Answer } from '../../incidents/commands.ts';
import { messageId } from '../command-ids.ts';
import { keptEntry, pinEntry } from '../ids.ts';
import { readableText } from '../message-text.ts';
import { type Actor, messageLink, type Room } from '../room.ts';
import { send } from './context.ts';

export interface Kept {
  readonly channel: string;
  readonly ts: string;
  readonly text?: string;
  readonly author?: string;
}

interface By {
  readonly room: Room;
  readonly actor: Actor;
  id(part?: string): string;
}

/** `how`: a taken-off pushpin hides only what a pushpin put there. The words are read from Slack when they are not given. */
export async function keepMessage(
  by: By,
  incident: number,
  kept: Kept,
  how: 'pushpin' | 'shortcut',
  part?: string,
): Promise<Answer> {
  const { room } = by;
  const { channel, ts } = kept;
  const known = await room.door.look(incident, ({ pinned }) => {
    const one = pinned.get(`${channel}/${ts}`);
    return one && !one.hidden;
  });
  if (known) return { ok: true, incident, version: 0, says: 'This message is already on the timeline.' };
  const message = kept.text === undefined ? await readMessage(room.client, channel, ts) : kept;
  const text = message?.text ?? '';
  const author = message?.author ?? kept.author;
  const words = await readableText(text, (user) => room.people.name(user));
  return send(
    by,
    incident,
    {
      do: 'note',
      body: {
        entry: how === 'pushpin' ? pinEntry(channel, ts) : keptEntry(channel, ts),
        kind: 'note',
        text: (words.trim() || '(a message without text)').slice(0, 8000),
        at: Math.round(Number(ts) * 1000),
        precision: 'exact',
        source: {
          kind: 'slack',
          channel,
          ts,
          link: messageLink(room.team.url, channel, ts),
          ...(author ? { author: { id: `slack:${author}`, name: await room.people.name(author) } } : {}),
        },
      },
    },
    part,
  );
}

/** A message of the channel, or of a thread in it. Undefined when it is gone or not to be read. */
export async function readMessage(
  client: webApi.WebClient,
  channel: string,
  ts: string,
): Promise<Kept | undefined> {
  const asked = { channel, oldest: ts, latest: ts, inclusive: true, limit: 1 };
  try {
    const { messages = [] } = await client.conversations.history(asked);
    const found =
      messages.find((one) => one.ts === ts) ??
      (await client.conversations.replies({ ...asked, ts, limit: 2 })).messages?.find((one) => one.ts === ts);
    return found && { channel, ts, text: found.text ?? '', ...(found.user ? { author: found.user } : {}) };
  } catch {
    return undefined;
  }
}

/** The id of a command about a message that happened at `when`. */
export const idOfMessage =
  (room: Room, channel: string, ts: string, kind: Parameters<typeof messageId>[1], when: string) =>
  (part?: string): string =>
    `${messageId({ team: room.team.id, channel, ts }, kind, when)}${part ? `:${part}` : ''}`;
