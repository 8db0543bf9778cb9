/** What was missed while nobody listened: fetched for the channel of every open incident, at start and reconnect. */
import type { Incident, PinnedEntry } from '../incidents/state.ts';
import { pinEntry, pushpins } from './ids.ts';
import { idOfMessage, isTombstone, keepMessage, keptOf } from './listeners/keep-message.ts';
import { base, edited, removed, unpin } from './listeners/messages.ts';
import type { Room } from './room.ts';

interface Message {
  readonly ts?: string;
  readonly text?: string;
  readonly user?: string;
  readonly subtype?: string;
  readonly edited?: { readonly ts?: string; readonly user?: string };
  readonly reactions?: readonly { readonly name?: string; readonly users?: readonly string[] }[];
  readonly reply_count?: number;
  readonly latest_reply?: string;
  readonly thread_ts?: string;
  readonly files?: unknown;
}

/** Pages of 200 messages; an incident with more is fetched from its newest ones. */
const MOST_PAGES = 25;
/** Threads whose replies are looked through, those with the newest replies first: each costs a call. */
const MOST_THREADS = 20;

/** Commands carry the ids of the live events where Slack still knows them; otherwise the state makes a second one harmless. */
export async function catchUp(room: Room): Promise<void> {
  for (const { number, row } of await room.door.openIncidents()) {
    if (!row.channel || row.quiet) continue;
    try {
      await catchUpOne(room, number, row.channel);
    } catch (error) {
      room.log.warn(
        { error, incident: number },
        'a channel could not be read; tried again at the next connection',
      );
    }
  }
}

async function catchUpOne(room: Room, number: number, channel: string): Promise<void> {
  const known = await room.door.look(number, (state) => entriesOf(state, channel));
  if (!known) return;
  const { messages, complete, oldest } = await everything(room, channel);
  const seen = new Set<string>();
  for (const message of messages) {
    if (!message.ts) continue;
    seen.add(message.ts);
    await compare(room, number, channel, { ...message, ts: message.ts }, known);
  }
  for (const reply of await repliesIn(room, channel, messages)) {
    if (seen.has(reply.ts)) continue;
    seen.add(reply.ts);
    await compare(room, number, channel, reply, known);
  }
  for (const [ts, entry] of known) {
    // Absence proves a deletion only where everything was read. Replies are read one by one.
    if (seen.has(ts) || entry.hidden || (!complete && ts < oldest)) continue;
    const reply = await replyOf(room, channel, ts);
    if (reply === 'unknown') continue;
    if (reply === undefined) await removed(room, channel, ts);
    else await compare(room, number, channel, { ...reply, ts }, known);
  }
}

type Entries = ReadonlyMap<string, Readonly<PinnedEntry>>;

function entriesOf(state: Incident, channel: string): Entries {
  const prefix = `${channel}/`;
  return new Map(
    [...state.pinned]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, pinned]) => [key.slice(prefix.length), { ...pinned }]),
  );
}

async function compare(
  room: Room,
  number: number,
  channel: string,
  message: Message & { ts: string },
  known: Entries,
): Promise<void> {
  const { ts } = message;
  const who = (message.reactions ?? [])
    .filter(({ name }) => pushpins.has(base(name ?? '')))
    .flatMap(({ users }) => users ?? []);
  const [first] = who.filter((user) => user !== room.bot.user);
  const entry = known.get(ts);
  if (isTombstone(message)) return entry ? removed(room, channel, ts) : undefined;
  if (first && (!entry || (entry.hidden && entry.takenOff !== true))) {
    const actor = { user: first, name: await room.people.name(first) };
    const kept = keptOf(channel, ts, message);
    const id = idOfMessage(room, channel, ts, 'pin', `missed:${entry?.hidden ? room.door.now() : 'first'}`);
    await keepMessage({ room, actor, id }, number, kept, 'pushpin');
  }
  if (!entry) return;
  if (!first && !entry.hidden && entry.entry === pinEntry(channel, ts))
    await unpin(
      room,
      number,
      { channel, ts },
      { user: room.bot.user, name: 'Slack' },
      `missed:${room.door.now()}`,
    );
  if (message.edited?.ts)
    await edited(room, channel, { ...message, edited: { ts: message.edited.ts, user: message.edited.user } });
}

async function everything(
  room: Room,
  channel: string,
): Promise<{ messages: Message[]; complete: boolean; oldest: string }> {
  const messages: Message[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await room.client.conversations.history({
      channel,
      limit: 200,
      ...(cursor ? { cursor } : {}),
    });
    messages.push(...((answer.messages ?? []) as Message[]));
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (!cursor) return { messages, complete: true, oldest: '' };
  }
  return { messages, complete: false, oldest: messages.at(-1)?.ts ?? '' };
}

/** A thread that cannot be read is left to the next connection. */
async function repliesIn(
  room: Room,
  channel: string,
  messages: readonly Message[],
): Promise<(Message & { ts: string })[]> {
  const threads = messages
    .filter(({ reply_count: count = 0 }) => count > 0)
    .sort((a, b) => Number(b.latest_reply ?? 0) - Number(a.latest_reply ?? 0))
    .slice(0, MOST_THREADS);
  const found: (Message & { ts: string })[] = [];
  for (const { ts: parent } of threads) {
    if (!parent) continue;
    try {
      const { messages: all = [] } = await room.client.conversations.replies({
        channel,
        ts: parent,
        limit: 200,
      });
      for (const one of all as Message[])
        if (one.ts && one.ts !== parent) found.push({ ...one, ts: one.ts, thread_ts: parent });
    } catch (error) {
      room.log.info({ error }, 'a thread could not be read');
    }
  }
  return found;
}

/** Undefined: it is gone. `unknown`: Slack did not say. */
async function replyOf(room: Room, channel: string, ts: string): Promise<Message | undefined | 'unknown'> {
  try {
    const { messages = [] } = await room.client.conversations.replies({ channel, ts, limit: 200 });
    return (messages as Message[]).find((one) => one.ts === ts);
  } catch (error) {
    const code = (error as { data?: { error?: string } }).data?.error;
    return code === 'thread_not_found' ? undefined : 'unknown';
  }
}
