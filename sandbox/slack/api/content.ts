// What a message is made of, as the chat methods take it: text, blocks and metadata, checked as Slack checks them.

import { z } from 'zod';
import { withIds } from '../blocks/interactive.ts';
import { problems, textLength } from '../blocks/problems.ts';
import { isRecord, type Json } from '../blocks/rule.ts';
import type { Message } from '../state/messages.ts';
import type { Workspace } from '../state/workspace.ts';
import { fail, json, text } from './method.ts';

export const contentArgs = {
  text: text.optional(),
  markdown_text: text.optional(),
  blocks: json.optional(),
  attachments: json.optional(),
  metadata: json.optional(),
};

/** Past this many characters the text is cut, with a warning (`chat.postMessage`) or refused (`chat.update`). */
const MOST_TEXT = 40_000;
/** Undocumented; measured by others at about 13,200 (bolt-js issue 2509). */
const MOST_BLOCK_TEXT = 13_200;
const MOST_METADATA_BYTES = 64 * 1024;

export interface Content {
  text: string;
  blocks?: Json[];
  attachments?: Json[];
  metadata?: Message['metadata'];
  /** An empty object was given: what is there goes. */
  clearsMetadata: boolean;
  cut: boolean;
}

const metadataShape = z.object({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.unknown()),
});

function checkedBlocks(ws: Workspace, blocks: unknown): Json[] | undefined {
  if (blocks === undefined || blocks === null || blocks === '') return undefined;
  if (!Array.isArray(blocks)) return fail('invalid_blocks_format');
  const found = problems(blocks, 'message');
  if (found.length > 0)
    return fail('invalid_blocks', {
      errors: found,
      response_metadata: { messages: found.map((each) => `[ERROR] ${each}`) },
    });
  return withIds(blocks, ws.ids.block);
}

function checkedMetadata(metadata: unknown): Message['metadata'] {
  if (metadata === undefined || metadata === null || metadata === '') return undefined;
  if (isRecord(metadata) && Object.keys(metadata).length === 0) return undefined;
  const parsed = metadataShape.safeParse(metadata);
  if (!parsed.success) return fail('invalid_metadata_format');
  if (JSON.stringify(parsed.data).length > MOST_METADATA_BYTES) return fail('metadata_too_large');
  return parsed.data;
}

/**
 * @param tooMuch what this method answers when the blocks together are too long, or undefined when it takes them.
 * @throws SlackError invalid_blocks with the places, no_text, markdown_text_conflict, invalid_metadata_format ...
 */
export function contentOf(
  ws: Workspace,
  given: Record<keyof typeof contentArgs, unknown>,
  tooMuch?: 'msg_blocks_too_long' | 'msg_too_long',
): Content {
  const markdown = given.markdown_text as string | undefined;
  if (markdown !== undefined && (given.text !== undefined || given.blocks !== undefined))
    fail('markdown_text_conflict');
  const blocks = checkedBlocks(ws, given.blocks);
  const attachments = Array.isArray(given.attachments) ? (given.attachments as Json[]) : undefined;
  if (attachments !== undefined && attachments.length > 100) fail('too_many_attachments');
  const full = markdown ?? (given.text as string | undefined) ?? '';
  if (full === '' && (blocks ?? []).length === 0 && (attachments ?? []).length === 0) fail('no_text');
  if (tooMuch !== undefined && blocks !== undefined && textLength(blocks) > MOST_BLOCK_TEXT) fail(tooMuch);
  const metadata = checkedMetadata(given.metadata);
  const cut = full.length > MOST_TEXT;
  return {
    text: cut ? full.slice(0, MOST_TEXT) : full,
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(metadata === undefined ? {} : { metadata }),
    clearsMetadata: isRecord(given.metadata) && Object.keys(given.metadata).length === 0,
    cut,
  };
}
