/** Puts a Slack message on an incident's timeline, with its author, its time and its words. */
import { webApi } from '@slack/bolt';
import type { Answer } from '../../incidents/commands.ts';
import { messageId } from '../command-ids.ts';
import { keptEntry, pinEntry } from '../ids.ts';
import { filesOf, type MessageFile, toKeep, withFiles } from '../message-files.ts';
import { readableText } from '../message-text.ts';
import { type Actor, messageLink, type Room } from '../room.ts';
import { send } from './context.ts';

export interface Kept {
  readonly channel: string;
  readonly ts: string;
  readonly text?: string;
  readonly author?: string;
  /** The first message of the thread that it answers in. */
  readonly thread?: string;
  readonly files?: readonly MessageFile[];
}

interface By {
  readonly room: Room;
  readonly actor: Actor;
  id(part?: string): string;
}

/** What stands in place of words that there are not. */
const unread = {
  gone: '(a message that was deleted before it could be read)',
  unknown: '(a message whose words could not be read)',
} as const;

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
  const read = kept.text === undefined ? await readMessage(room.client, channel, ts) : kept;
  const message = typeof read === 'string' ? undefined : read;
  const author = message?.author ?? kept.author;
  const thread = message?.thread ?? kept.thread;
  const files = toKeep(message?.files ?? []);
  const answer = await send(
    by,
    incident,
    {
      do: 'note',
      body: {
        entry: how === 'pushpin' ? pinEntry(channel, ts) : keptEntry(channel, ts),
        kind: 'note',
        text: typeof read === 'string' ? unread[read] : await wordsOf(room, read),
        at: Math.round(Number(ts) * 1000),
        precision: 'exact',
        ...(files.length > 0 ? { files } : {}),
        source: {
          kind: 'slack',
          channel,
          ts,
          link: messageLink(room.team.url, channel, ts, thread),
          ...(author ? { author: { id: `slack:${author}`, name: await room.people.name(author) } } : {}),
        },
      },
    },
    part,
  );
  if (answer.ok && read === 'gone') await markDeleted(room, incident, channel, ts);
  return answer;
}

/** Names instead of ids, and what hangs on it. */
export async function wordsOf(room: Room, message: Pick<Kept, 'text' | 'files'>): Promise<string> {
  const words = await readableText(message.text ?? '', room.people);
  return (withFiles(words, message.files ?? []) || '(a message without text)').slice(0, 8000);
}

/** Slack does not say who deleted a message: nobody is named. */
export async function markDeleted(room: Room, incident: number, channel: string, ts: string): Promise<void> {
  const id = idOfMessage(room, channel, ts, 'deleted', '');
  const actor = { user: room.bot.user, name: 'Slack' };
  await send({ room, actor, id }, incident, { do: 'correct', channel, ts, why: 'deleted in Slack' });
}

/** A message as `conversations.history` and `conversations.replies` give it. */
interface SlackMessage {
  readonly ts?: string;
  readonly text?: string;
  readonly user?: string;
  readonly thread_ts?: string;
  readonly files?: unknown;
  readonly subtype?: string;
}

/** What stays of a deleted message that had replies. */
export const isTombstone = ({ subtype }: SlackMessage): boolean => subtype === 'tombstone';

export function keptOf(channel: string, ts: string, found: SlackMessage): Kept {
  const files = filesOf(found.files);
  return {
    channel,
    ts,
    text: found.text ?? '',
    ...(found.user ? { author: found.user } : {}),
    ...(found.thread_ts ? { thread: found.thread_ts } : {}),
    ...(files.length > 0 ? { files } : {}),
  };
}

const missing = new Set(['thread_not_found', 'message_not_found']);

/** A message of the channel, or of a thread in it. `gone`: Slack says that it is not there; `unknown`: Slack did not say. */
export async function readMessage(
  client: webApi.WebClient,
  channel: string,
  ts: string,
): Promise<Kept | 'gone' | 'unknown'> {
  const asked = { channel, oldest: ts, latest: ts, inclusive: true, limit: 1 };
  try {
    const { messages = [] } = await client.conversations.history(asked);
    const found =
      messages.find((one) => one.ts === ts) ??
      (await client.conversations.replies({ ...asked, ts, limit: 2 })).messages?.find((one) => one.ts === ts);
    if (!found || isTombstone(found)) return 'gone';
    return keptOf(channel, ts, found);
  } catch (error) {
    const code = error instanceof webApi.WebAPIPlatformError ? error.data.error : '';
    return missing.has(code) ? 'gone' : 'unknown';
  }
}

/** The id of a command about a message that happened at `when`. */
export const idOfMessage =
  (room: Room, channel: string, ts: string, kind: Parameters<typeof messageId>[1], when: string) =>
  (part?: string): string =>
    `${messageId({ team: room.team.id, channel, ts }, kind, when)}${part ? `:${part}` : ''}`;
