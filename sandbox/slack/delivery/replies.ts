// What the bot says back: in a command's acknowledgement, or to a response address within 30 minutes.

import { z } from 'zod';
import { withIds } from '../blocks/interactive.ts';
import { problems } from '../blocks/problems.ts';
import type { Json } from '../blocks/rule.ts';
import type { Channel } from '../state/channels.ts';
import { changeEphemeral, deleteEphemeral, postEphemeral } from '../state/ephemerals.ts';
import { changeMessage, deleteMessage, postMessage } from '../state/messages.ts';
import { useReplyUrl } from '../state/reply-urls.ts';
import type { Workspace } from '../state/workspace.ts';

export const reply = z.object({
  text: z.string().optional(),
  blocks: z.array(z.record(z.string(), z.unknown())).optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
});
export type Reply = z.output<typeof reply>;

/** Shows a reply to one person, or to the channel when it says so. @returns problems of its blocks. */
export function showReply(
  ws: Workspace,
  channel: Channel,
  user: string,
  said: Reply,
  thread?: string,
): string[] {
  const found = said.blocks === undefined ? [] : problems(said.blocks, 'message');
  if (found.length > 0) return found;
  const thread_ts = said.thread_ts ?? thread;
  const draft = {
    text: said.text ?? '',
    ...(said.blocks === undefined ? {} : { blocks: withIds(said.blocks, ws.ids.block) }),
    ...(thread_ts === undefined ? {} : { thread_ts }),
  };
  if (said.response_type === 'in_channel') postMessage(ws, channel, { user: ws.app.botUserId, ...draft });
  else postEphemeral(ws, channel, user, draft);
  return [];
}

export interface ReplyAnswer {
  status: number;
  body: Json | 'ok';
}

const no = (status: number, error: string, details: Json = {}): ReplyAnswer => ({
  status,
  body: { ok: false, error, ...details },
});

/** One POST to a response address. @param key the path behind `/commands/`, `/actions/` or `/app/`. */
export function answerReply(ws: Workspace, key: string, said: unknown): ReplyAnswer {
  const parsed = reply.safeParse(said);
  if (!parsed.success) return no(400, 'invalid_payload');
  const { text, blocks, replace_original, delete_original } = parsed.data;
  const empty = (text ?? '') === '' && (blocks ?? []).length === 0;
  if (empty && delete_original !== true) return no(400, 'no_text');
  const found = blocks === undefined ? [] : problems(blocks, 'message');
  if (found.length > 0)
    return no(400, 'invalid_blocks', {
      response_metadata: { messages: found.map((each) => `[ERROR] ${each}`) },
    });
  const about = useReplyUrl(ws, key);
  if (typeof about === 'string') return no(404, about);
  const channel = ws.channels.get(about.channel);
  if (channel === undefined) return no(404, 'channel_not_found');
  if (channel.archived) return no(403, 'is_archived');
  const original = about.ts === undefined ? undefined : channel.messages.get(about.ts);
  const ephemeral = ws.ephemerals.find((each) => each.ts === about.ts && each.user === about.user);
  const content = {
    text: text ?? '',
    ...(blocks === undefined ? {} : { blocks: withIds(blocks, ws.ids.block) }),
  };
  if (delete_original === true) {
    if (ephemeral !== undefined) deleteEphemeral(ws, ephemeral);
    else if (original !== undefined && original.user === ws.app.botUserId)
      deleteMessage(ws, channel, original);
    return { status: 200, body: 'ok' };
  }
  if (replace_original === true && ephemeral !== undefined) {
    changeEphemeral(ws, ephemeral, content);
    return { status: 200, body: 'ok' };
  }
  if (replace_original === true && original !== undefined && original.user === ws.app.botUserId) {
    changeMessage(ws, channel, original, { blocks: [], ...content }, ws.app.botUserId);
    return { status: 200, body: 'ok' };
  }
  showReply(ws, channel, about.user, parsed.data, about.thread_ts);
  return { status: 200, body: 'ok' };
}
