// Response addresses: each belongs to one command or click, works for 30 minutes and five times.

import type { Workspace } from './workspace.ts';

export interface ReplyUrl {
  channel: string;
  user: string;
  /** The message the click was on; absent for a slash command. */
  ts?: string;
  thread_ts?: string;
  at: number;
  used: number;
}

const REPLY_LIFE_MS = 30 * 60_000;
const REPLY_USES = 5;

export function createReplyUrl(
  ws: Workspace,
  kind: 'commands' | 'actions' | 'app',
  about: { channel: string; user: string; ts?: string; thread_ts?: string },
): string {
  const key = `${ws.team.id}/${ws.ids.next('R')}/${ws.ids.secret()}`;
  ws.replyUrls.set(key, { ...about, at: ws.clock(), used: 0 });
  return `${ws.url}/${kind}/${key}`;
}

/** Counts one use. `expired_url` and `used_url` are what Slack answers. */
export function useReplyUrl(ws: Workspace, key: string): ReplyUrl | 'expired_url' | 'used_url' {
  const found = ws.replyUrls.get(key);
  if (found === undefined || ws.clock() - found.at > REPLY_LIFE_MS) return 'expired_url';
  if (found.used >= REPLY_USES) return 'used_url';
  found.used += 1;
  return found;
}
