/** Calls to Slack for one effect: found again before they are repeated, and degraded where Slack refuses for good. */
import { webApi } from '@slack/bolt';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Block } from '../blocks.ts';
import { effectRecordId } from '../command-ids.ts';
import type { DoorConfig, Log, Shown } from '../door.ts';
import type { People } from '../people.ts';
import { messageLink } from '../room.ts';
import { channelGone, failureOf, Later } from './failures.ts';

/** What every publication shares. */
export interface Publisher {
  readonly client: webApi.WebClient;
  readonly people: People;
  readonly catalog: Catalog;
  readonly config: DoorConfig;
  readonly log: Log;
  readonly team: { readonly url: string };
  readonly bot: { readonly user: string };
  /** What was drawn last, so that an equal drawing is not sent again. */
  readonly drawn: Map<string, string>;
}

export interface Posting {
  readonly text: string;
  readonly blocks: readonly Block[];
}

export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** ms for which a message is where people look. */
const FRESH_MS = 60_000;

/** True while what is drawn on the message is seen; later news is a new message. */
export function isFresh({ ts }: Posted, now: number): boolean {
  return now - Number(ts) * 1000 < FRESH_MS;
}

export interface Stage extends Publisher {
  readonly shown: Shown;
  /** Undefined result: Slack refused for good; a failure was recorded once. */
  attempt<T>(what: string, call: () => Promise<T>, quietly?: ReadonlySet<string>): Promise<T | undefined>;
  /** Posts once, records where, and gives the place; `undefined` when Slack refused. */
  post(
    what: string,
    channel: string,
    posting: Posting,
    more?: { thread?: string | undefined; quietly?: ReadonlySet<string> },
  ): Promise<Posted | undefined>;
  /**
   * Changes a message; false when somebody deleted it. A refusal is recorded, unless it is one of `quietly`, and nothing
   * is posted in its place.
   */
  update(what: string, posted: Posted, posting: Posting, quietly?: ReadonlySet<string>): Promise<boolean>;
  /** Where a thing was posted, in this effect or before. */
  posted(what: string): Posted | undefined;
  link(posted: Posted): string;
}

const EVENT = 'handrail';

export function stageOf(publisher: Publisher, shown: Shown): Stage {
  const { client, log } = publisher;
  const number = shown.incident.number;
  const fresh = new Map<string, Posted>();

  async function recordFailure(what: string, code: string, says: string): Promise<void> {
    log.warn({ incident: number, what, code }, 'Slack refused');
    // One line for each kind of refusal, and none about a channel that takes no lines.
    if (channelGone.has(code) && shown.event?.type === 'slack_failed') return;
    const id = `slack-failure:${number}:${channelGone.has(code) ? 'channel' : what}:${code}`;
    await shown.record({ do: 'record slack failure', what, says }, id);
  }

  async function attempt<T>(
    what: string,
    call: () => Promise<T>,
    quietly?: ReadonlySet<string>,
  ): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      const failure = failureOf(error, shown.tries);
      if ('later' in failure) throw new Later(failure.later, `${what}: ${failure.says}`);
      if (!quietly?.has(failure.refused)) await recordFailure(what, failure.refused, failure.says);
      return undefined;
    }
  }

  const posted = (what: string): Posted | undefined => fresh.get(what) ?? shown.incident.posts.get(what);

  const post: Stage['post'] = async (what, channel, posting, { thread, quietly } = {}) => {
    const look = (): Promise<string | undefined> => findPosted(client, channel, shown.effectId, what, thread);
    const before = shown.tries > 1 ? await attempt(`look for ${what}`, look, quietly) : undefined;
    const ts =
      before ??
      (await attempt(what, () => send(client, channel, shown.effectId, what, posting, thread), quietly));
    if (ts === undefined) return undefined;
    const place = { channel, ts };
    fresh.set(what, place);
    await shown.record({ do: 'record post', what, ...place }, effectRecordId(shown.effectId, what));
    return place;
  };

  const update: Stage['update'] = async (what, place, posting, quietly) => {
    const same = JSON.stringify(posting);
    const key = `${place.channel}/${place.ts}`;
    if (publisher.drawn.get(key) === same) return true;
    let gone = false;
    const done = await attempt(
      what,
      async () => {
        try {
          await client.chat.update({ ...place, text: posting.text, blocks: [...posting.blocks] });
        } catch (error) {
          gone = error instanceof webApi.WebAPIPlatformError && error.data.error === 'message_not_found';
          if (!gone) throw error;
        }
        return true;
      },
      quietly,
    );
    if (done && !gone) remember(publisher.drawn, key, same);
    return !gone;
  };

  return {
    ...publisher,
    shown,
    attempt,
    post,
    update,
    posted,
    link: (place) => messageLink(publisher.team.url, place.channel, place.ts),
  };
}

function remember(drawn: Map<string, string>, key: string, value: string): void {
  drawn.delete(key);
  drawn.set(key, value);
  if (drawn.size > 2000) drawn.delete(drawn.keys().next().value as string);
}

async function send(
  client: webApi.WebClient,
  channel: string,
  effect: string,
  what: string,
  posting: Posting,
  thread: string | undefined,
): Promise<string> {
  const message = {
    channel,
    text: posting.text,
    blocks: [...posting.blocks],
    unfurl_links: false,
    unfurl_media: false,
    metadata: { event_type: EVENT, event_payload: { effect, what } },
    ...(thread ? { thread_ts: thread } : {}),
  };
  const { ts } = await client.chat.postMessage(message);
  return ts ?? '';
}

/** Newest first, a few pages: a second try comes soon after the first. */
async function findPosted(
  client: webApi.WebClient,
  channel: string,
  effect: string,
  what: string,
  thread: string | undefined,
): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < 5; page++) {
    const asked = { channel, limit: 200, include_all_metadata: true, ...(cursor ? { cursor } : {}) };
    const answer = thread
      ? await client.conversations.replies({ ...asked, ts: thread })
      : await client.conversations.history(asked);
    for (const message of (answer.messages ?? []) as {
      ts?: string;
      metadata?: { event_type?: string; event_payload?: Record<string, unknown> };
    }[]) {
      const { metadata } = message;
      if (metadata?.event_type !== EVENT) continue;
      if (metadata.event_payload?.effect === effect && metadata.event_payload?.what === what)
        return message.ts;
    }
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (!cursor) return undefined;
  }
  return undefined;
}
