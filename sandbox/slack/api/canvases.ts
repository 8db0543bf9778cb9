// conversations.canvases.create and canvases.*: the one canvas of a channel, found, looked into and written over.

import { z } from 'zod';
import { type Canvas, makeCanvas, markdownProblem, partsOf, writeCanvas } from '../state/canvases.ts';
import type { Channel } from '../state/channels.ts';
import { args, type Call, fail, invalidArguments, json, type Method, method, text } from './method.ts';
import { channelOf, mustBeMember } from './places.ts';

const content = z.object({ type: z.literal('markdown'), markdown: z.string() });
const changes = json.pipe(
  z
    .array(
      z.object({
        operation: z.enum([
          'insert_after',
          'insert_before',
          'insert_at_start',
          'insert_at_end',
          'replace',
          'delete',
        ]),
        section_id: z.string().optional(),
        document_content: content.optional(),
      }),
    )
    .min(1)
    .max(1),
);
const criteria = json.pipe(
  z.object({
    section_types: z
      .array(z.enum(['any_header', 'h1', 'h2', 'h3']))
      .min(1)
      .max(3)
      .optional(),
    contains_text: z.string().min(1).optional(),
  }),
);

function canvasOf(call: Call, id: string): { channel: Channel; canvas: Canvas } {
  for (const channel of call.ws.channels.values())
    if (channel.canvas?.id === id && channel.members.has(call.bot))
      return { channel, canvas: channel.canvas };
  return fail('canvas_not_found');
}

export const canvases: Record<string, Method> = {
  'conversations.canvases.create': method({
    scopes: ['canvases:write'],
    tier: 2,
    args: args({
      channel_id: text,
      title: text.optional(),
      document_content: json.pipe(content).optional(),
    }),
    run(given, call) {
      if (call.ws.canvases === 'disabled') fail('canvas_disabled_user_team');
      if (call.ws.canvases === 'none') fail('team_tier_cannot_create_channel_canvases');
      const channel = channelOf(call, given.channel_id);
      mustBeMember(call, channel, 'channel_not_found');
      if (channel.canvas !== undefined)
        fail(
          call.ws.plan === 'free' ? 'free_team_canvas_tab_already_exists' : 'channel_canvas_already_exists',
        );
      const markdown = given.document_content?.markdown ?? '';
      const problem = markdownProblem(markdown);
      if (problem !== undefined) fail('canvas_creation_failed', { detail: problem });
      const { id } = makeCanvas(call.ws, channel, { title: given.title ?? '', markdown, by: call.bot });
      return { canvas_id: id };
    },
  }),

  'canvases.edit': method({
    scopes: ['canvases:write'],
    tier: 3,
    args: args({ canvas_id: text, changes }),
    run(given, call) {
      if (call.ws.canvases === 'disabled') fail('canvas_disabled_user_team');
      const { channel, canvas } = canvasOf(call, given.canvas_id);
      if (channel.archived) fail('restricted_action');
      const [change] = given.changes;
      // The local Slack knows the one operation that its bot uses.
      if (change?.operation !== 'replace' || change.section_id !== undefined || !change.document_content)
        return invalidArguments(['only a replacement of the whole document [json-pointer:/changes/0]']);
      const { markdown } = change.document_content;
      const problem = markdownProblem(markdown);
      if (problem !== undefined) fail('canvas_editing_failed', { detail: problem });
      writeCanvas(call.ws, channel, canvas, markdown);
      return {};
    },
  }),

  'canvases.sections.lookup': method({
    scopes: ['canvases:read'],
    tier: 3,
    args: args({ canvas_id: text, criteria }),
    run(given, call) {
      if (call.ws.canvases === 'disabled') fail('canvas_disabled_user_team');
      const { canvas } = canvasOf(call, given.canvas_id);
      const { section_types: types, contains_text: words = '' } = given.criteria;
      if (types === undefined && words === '')
        return invalidArguments(['no criteria [json-pointer:/criteria]']);
      const fits = (type: string) =>
        types === undefined ||
        types.some((one) => (one === 'any_header' ? /^h[1-3]$/.test(type) : one === type));
      const found = partsOf(canvas).filter((part) => fits(part.type) && part.text.includes(words));
      return { sections: found.map(({ id }) => ({ id })) };
    },
  }),
};
