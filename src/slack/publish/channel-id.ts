/** The id of a channel that handrail.yaml names: looked up once, and remembered while this process lives. */
import { line } from '../mrkdwn.ts';
import type { Stage } from './stage.ts';

/** Pages of 900. */
const MOST_PAGES = 50;

/**
 * Channels that the bot is in come first: a private one is in no other list. A name that is not found is told once, with
 * the setting's name.
 */
export async function channelId(
  stage: Stage,
  setting: 'slack.incidents_channel' | 'slack.updates_channel',
  nameOrId: string,
): Promise<string | undefined> {
  if (/^[CG][A-Z0-9]{5,}$/.test(nameOrId)) return nameOrId;
  const key = `channel/${nameOrId}`;
  const known = stage.drawn.get(key);
  if (known) return known;
  const what = setting === 'slack.incidents_channel' ? 'the incidents channel' : 'the channel for updates';
  const { client } = stage;
  const found =
    (await among(stage, `look for ${what} among the bot's own`, nameOrId, (cursor) =>
      client.users.conversations({
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: 900,
        ...cursor,
      }),
    )) ??
    (await among(stage, `look for ${what}`, nameOrId, (cursor) =>
      client.conversations.list({ types: 'public_channel', exclude_archived: true, limit: 900, ...cursor }),
    ));
  if (found) {
    stage.drawn.set(key, found);
    return found;
  }
  const name = setting === 'slack.incidents_channel' ? 'incidents-channel' : 'updates-channel';
  await stage.shown.record(
    {
      do: 'record slack failure',
      what: `tell ${what}`,
      says: `There is no channel #${line(nameOrId, 80)} that the bot can see. Correct ${setting} in handrail.yaml, or invite the bot.`,
    },
    `slack-failure:${stage.shown.incident.number}:${name}`,
  );
  return undefined;
}

interface Page {
  readonly channels?: readonly { readonly id?: string; readonly name?: string }[];
  readonly response_metadata?: { readonly next_cursor?: string };
}

async function among(
  stage: Stage,
  what: string,
  name: string,
  page: (cursor: { cursor?: string }) => Promise<Page>,
): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let count = 0; count < MOST_PAGES; count++) {
    const answer = await stage.attempt(what, () => page(cursor ? { cursor } : {}));
    const found = answer?.channels?.find((one) => one.name === name)?.id;
    if (found) return found;
    cursor = answer?.response_metadata?.next_cursor || undefined;
    if (!cursor) return undefined;
  }
  return undefined;
}

/** Posting needs membership; joining a public channel again changes nothing. */
export async function join(stage: Stage, channel: string): Promise<void> {
  await stage.attempt(
    'join a channel',
    () => stage.client.conversations.join({ channel }),
    new Set(['method_not_supported_for_channel_type', 'channel_not_found', 'is_archived', 'missing_scope']),
  );
}
