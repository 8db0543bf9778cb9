/** What a failed call to Slack means: wait and try again, or go on with something simpler. */
import { webApi } from '@slack/bolt';
import type { Published } from '../door.ts';

export type Failure =
  | { readonly later: number; readonly says: string }
  | { readonly refused: string; readonly says: string };

/** Slack's own trouble: the same call may work in a moment. */
const passing = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'ratelimited',
  'rate_limited',
  'team_added_to_org',
]);

/** Nothing goes to this channel any more. */
export const channelGone: ReadonlySet<string> = new Set([
  'is_archived',
  'channel_not_found',
  'not_in_channel',
  'cant_update_message',
]);

/** Milliseconds before the next try: 1 s, 2 s, 4 s, … at most a minute. */
export function backoff(tries: number): number {
  return Math.min(60_000, 1000 * 2 ** Math.min(6, Math.max(0, tries - 1)));
}

/** Throws what is not Slack's: a mistake of ours is not retried as if it were the network's. */
export function failureOf(error: unknown, tries: number): Failure {
  if (error instanceof webApi.WebAPIRateLimitedError)
    return { later: Math.max(1, error.retryAfter) * 1000, says: `Slack asks to wait ${error.retryAfter} s` };
  if (error instanceof webApi.WebAPIRequestError)
    return { later: backoff(tries), says: `Slack cannot be reached: ${error.original.message}` };
  if (error instanceof webApi.WebAPIHTTPError) {
    if (error.statusCode >= 500) return { later: backoff(tries), says: `Slack answers ${error.statusCode}` };
    return {
      refused: error.statusCode === 404 ? 'unknown_method' : `http_${error.statusCode}`,
      says: `Slack answers ${error.statusCode}`,
    };
  }
  if (error instanceof webApi.WebAPIPlatformError) {
    const { error: code } = error.data;
    if (passing.has(code)) return { later: backoff(tries), says: `Slack answers ${code}` };
    return { refused: code, says: refusedWords(error.data) };
  }
  throw error;
}

function refusedWords(data: webApi.WebAPIPlatformError['data']): string {
  const { error: code, needed } = data as { error: string; needed?: unknown };
  if (code === 'missing_scope')
    return `The app lacks a permission (${typeof needed === 'string' ? needed : 'scope'}). Add it from slack/manifest.yaml and install the app again.`;
  const words: Record<string, string> = {
    is_archived: 'The channel is archived.',
    channel_not_found: 'The channel is not there, or the bot may not see it.',
    not_in_channel: 'The bot is not in the channel. Invite it.',
    restricted_action: 'The workspace does not allow this.',
    not_allowed_token_type: 'The token is of the wrong kind: use a bot token (xoxb-).',
    invalid_auth: 'The token is not valid any more.',
    token_revoked: 'The token was revoked.',
    account_inactive: 'The bot was removed from the workspace.',
    unknown_method: 'This Slack does not have that function.',
  };
  return words[code] ?? `Slack says ${code}.`;
}

/** Thrown inside a publication to put the whole effect off. */
export class Later extends Error {
  readonly published: Extract<Published, { later: number }>;

  constructor(later: number, says: string) {
    super(says);
    this.published = { later, says };
  }
}
