/** Messages to contacts of the catalogue, outside the incident's channel: posted once, found again by their key. */
import { webApi } from '@slack/bolt';
import { esc } from './mrkdwn.ts';
import { failureOf } from './publish/failures.ts';

export interface Messages {
  /** Never posts again by itself. `never`: it is proved that nothing was posted. */
  post(message: {
    /** Name or id of a channel, or the id of a person. */
    readonly channel: string;
    readonly text: string;
    readonly key: string;
    /** Id of a person or of a user group. */
    readonly mention?: string;
  }): Promise<{ readonly ok: true } | { readonly ok: false; readonly says: string; readonly never: boolean }>;
  /** Among the newest of the channel; undefined when they cannot be read. */
  find(channel: string, key: string): Promise<boolean | undefined>;
}

const EVENT = 'handrail';
/** Of a channel's newest messages: whoever looks does so minutes after the post. */
const LOOKED_AT = 200;

export function messagesOver(client: webApi.WebClient): Messages {
  return {
    async post({ channel, text, key, mention }) {
      const id = await channelId(client, channel);
      if (id === undefined) {
        return { ok: false, says: `There is no channel #${channel} that the bot can see`, never: true };
      }
      // Posting needs membership; joining again changes nothing, and a private channel is joined by invitation only.
      if (id.startsWith('C')) await client.conversations.join({ channel: id }).catch(() => undefined);
      try {
        await client.chat.postMessage({
          channel: id,
          text: `${callOf(mention)}${esc(text, 3000)}`,
          unfurl_links: false,
          unfurl_media: false,
          metadata: { event_type: EVENT, event_payload: { told: key } },
        });
        return { ok: true };
      } catch (error) {
        return { ok: false, says: failureOf(error, 1).says.replace(/\.$/, ''), never: wasRefused(error) };
      }
    },
    async find(channel, key) {
      try {
        const id = await channelId(client, channel);
        if (id === undefined || !/^[CGD]/.test(id)) return undefined;
        const { messages } = await client.conversations.history({
          channel: id,
          limit: LOOKED_AT,
          include_all_metadata: true,
        });
        const marks = (messages ?? []) as { metadata?: { event_payload?: { told?: unknown } } }[];
        return marks.some(({ metadata }) => metadata?.event_payload?.told === key);
      } catch {
        return undefined;
      }
    },
  };
}

function callOf(mention: string | undefined): string {
  if (mention === undefined) return '';
  return mention.startsWith('S') ? `<!subteam^${mention}> ` : `<@${mention}> `;
}

/** Slack said no, or asked to wait. After its own trouble, or a lost connection, the message may be there. */
function wasRefused(error: unknown): boolean {
  if (error instanceof webApi.WebAPIRateLimitedError) return true;
  if (error instanceof webApi.WebAPIHTTPError) return error.statusCode < 500;
  if (error instanceof webApi.WebAPIPlatformError) return !('later' in failureOf(error, 1));
  return false;
}

/** Ids are taken as they are; a name is looked for among the public channels. Undefined when it is not there. */
async function channelId(client: webApi.WebClient, nameOrId: string): Promise<string | undefined> {
  if (/^[CGDUW][A-Z0-9]{5,}$/.test(nameOrId)) return nameOrId;
  let cursor: string | undefined;
  for (let page = 0; page < 50; page++) {
    const answer = await client.conversations
      .list({ types: 'public_channel', exclude_archived: true, limit: 900, ...(cursor ? { cursor } : {}) })
      .catch(() => undefined);
    const found = answer?.channels?.find((one) => one.name === nameOrId)?.id;
    if (found) return found;
    cursor = answer?.response_metadata?.next_cursor || undefined;
    if (!cursor) break;
  }
  return undefined;
}
