/** The shapes that Bolt hands to listeners, as far as they are read; outside data, so parsed once. */
import { z } from 'zod';

export const slash = z.object({
  team_id: z.string(),
  channel_id: z.string(),
  user_id: z.string(),
  user_name: z.string().default(''),
  text: z.string().default(''),
  trigger_id: z.string(),
});

const user = z.object({ id: z.string(), name: z.string().optional(), username: z.string().optional() });
const team = z.object({ id: z.string() }).nullish();
const block = z.looseObject({ type: z.string() });

export const click = z.object({
  team,
  user,
  trigger_id: z.string(),
  channel: z.object({ id: z.string() }).optional(),
  container: z.looseObject({
    type: z.string(),
    is_ephemeral: z.boolean().optional(),
    message_ts: z.string().optional(),
    thread_ts: z.string().optional(),
  }),
  message: z
    .looseObject({ ts: z.string(), text: z.string().optional(), blocks: z.array(block).optional() })
    .optional(),
  view: z
    .looseObject({
      id: z.string(),
      hash: z.string(),
      callback_id: z.string(),
      private_metadata: z.string().default(''),
      state: z.object({ values: z.unknown() }),
    })
    .optional(),
  response_url: z.string().optional(),
  actions: z
    .array(
      z.looseObject({
        action_id: z.string(),
        action_ts: z.string(),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
});
export type Click = z.output<typeof click>;

export const submission = z.object({
  team,
  user,
  view: z.looseObject({
    id: z.string(),
    hash: z.string(),
    callback_id: z.string(),
    private_metadata: z.string().default(''),
    state: z.object({ values: z.unknown() }),
  }),
});
export type Submission = z.output<typeof submission>;

export const shortcut = z.object({
  team,
  user,
  trigger_id: z.string(),
  callback_id: z.string(),
  channel: z.object({ id: z.string() }).optional(),
  message: z
    .looseObject({
      ts: z.string(),
      text: z.string().optional(),
      user: z.string().optional(),
      thread_ts: z.string().optional(),
      files: z.unknown().optional(),
    })
    .optional(),
});
export type Shortcut = z.output<typeof shortcut>;

export const reaction = z.object({
  user: z.string(),
  reaction: z.string(),
  event_ts: z.string(),
  item: z.object({ type: z.string(), channel: z.string().optional(), ts: z.string().optional() }),
});
export type Reaction = z.output<typeof reaction>;

export const changed = z.object({
  channel: z.string(),
  message: z.looseObject({
    ts: z.string(),
    text: z.string().optional(),
    user: z.string().optional(),
    edited: z.object({ ts: z.string(), user: z.string().optional() }).optional(),
    subtype: z.string().optional(),
    files: z.unknown().optional(),
  }),
});

export const deleted = z.object({
  channel: z.string(),
  deleted_ts: z.string(),
  event_ts: z.string().optional(),
});

export const actorOf = (found: z.output<typeof user>): { user: string; name: string } => ({
  user: found.id,
  name: found.name || found.username || found.id,
});
