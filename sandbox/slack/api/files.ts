// files.*: an upload address, the end of an upload (which posts the file in a channel), and what a file is.

import { z } from 'zod';
import { withIds } from '../blocks/interactive.ts';
import { problems } from '../blocks/problems.ts';
import { fileObject, reserveFile } from '../state/files.ts';
import { postMessage } from '../state/messages.ts';
import { emit } from '../state/workspace.ts';
import { args, fail, json, type Method, method, text, whole } from './method.ts';
import { channelOf, mustBeMember } from './places.ts';

const MOST_BYTES = 1024 ** 3;
const filesToComplete = json.pipe(
  z.array(z.object({ id: z.string(), title: z.string().optional(), highlight_type: z.string().optional() })),
);

export const files: Record<string, Method> = {
  'files.getUploadURLExternal': method({
    scopes: ['files:write'],
    tier: 4,
    args: args({
      filename: text.optional(),
      length: whole.optional(),
      alt_txt: text.optional(),
      snippet_type: text.optional(),
    }),
    run(given, call) {
      if (given.filename === undefined || given.length === undefined) return fail('missing_argument');
      if (given.length > MOST_BYTES) fail('file_upload_size_restricted');
      const file = reserveFile(call.ws, { name: given.filename, length: given.length, user: call.bot });
      return { upload_url: `${call.ws.url}/upload/v1/${file.uploadKey}`, file_id: file.id };
    },
  }),

  'files.completeUploadExternal': method({
    scopes: ['files:write'],
    tier: 4,
    args: args({
      files: filesToComplete,
      channel_id: text.optional(),
      thread_ts: text.optional(),
      initial_comment: text.optional(),
      blocks: json.optional(),
    }),
    run(given, call) {
      const channel = given.channel_id === undefined ? undefined : channelOf(call, given.channel_id);
      if (channel !== undefined) mustBeMember(call, channel);
      if (channel?.archived === true) fail('posting_to_channel_denied');
      const uploaded = given.files.map(({ id, title }) => {
        const file = call.ws.files.get(id);
        if (file === undefined || file.content === undefined || file.complete) return fail('file_not_found');
        return { file, title };
      });
      const blocks = given.initial_comment === undefined ? given.blocks : undefined;
      if (blocks !== undefined && problems(blocks, 'message').length > 0) fail('invalid_blocks');
      for (const { file, title } of uploaded) {
        file.complete = true;
        file.title = title ?? file.title;
        if (channel !== undefined) file.channels.push(channel.id);
      }
      if (channel !== undefined) {
        postMessage(call.ws, channel, {
          user: call.bot,
          subtype: 'file_share',
          text: given.initial_comment ?? '',
          fileIds: uploaded.map(({ file }) => file.id),
          ...(Array.isArray(blocks) ? { blocks: withIds(blocks, call.ws.ids.block) } : {}),
          ...(given.thread_ts === undefined ? {} : { thread_ts: given.thread_ts }),
        });
        for (const { file } of uploaded)
          emit(call.ws, { type: 'file_shared', channel, file, user: call.bot });
      }
      return { files: uploaded.map(({ file }) => fileObject(call.ws, file)) };
    },
  }),

  'files.info': method({
    scopes: ['files:read'],
    tier: 4,
    args: args({ file: text }),
    run(given, call) {
      const file = call.ws.files.get(given.file);
      if (file === undefined || !file.complete) return fail('file_not_found');
      const visible =
        file.user === call.bot || file.channels.some((id) => call.ws.channels.get(id)?.members.has(call.bot));
      if (!visible) return fail('not_visible');
      const shares = Object.fromEntries(
        file.channels.map((id) => {
          const posted = [...(call.ws.channels.get(id)?.messages.values() ?? [])].find((each) =>
            each.fileIds?.includes(file.id),
          );
          return [
            id,
            posted === undefined
              ? []
              : [
                  {
                    ts: posted.ts,
                    ...(posted.thread_ts === undefined ? {} : { thread_ts: posted.thread_ts }),
                  },
                ],
          ];
        }),
      );
      return { file: { ...fileObject(call.ws, file), shares: { public: shares } }, comments: [] };
    },
  }),
};
