// What the page and the server say to each other: the page's acts (checked here) and the answers and live changes it gets.

import { z } from 'zod';

// ---- from the browser

const id = z.string().min(1).max(100);
const entered = z.union([
  z.string().max(40_000),
  z.number(),
  z.array(z.string().max(2000)).max(100),
  z.null(),
]);
const target = z.object({
  action_id: z.string().max(255),
  block_id: z.string().max(255).optional(),
  value: z.string().max(2000).optional(),
});

/** Body of `POST /page/api/act`: who does what. The same operations as `Actor` has. */
export const pageAct = z.object({
  as: id,
  act: z.discriminatedUnion('do', [
    z.object({
      do: z.literal('slash'),
      channel: id,
      command: z.string().max(100),
      text: z.string().max(40_000),
    }),
    z.object({ do: z.literal('click'), channel: id, ts: id, target }),
    z.object({ do: z.literal('select'), channel: id, ts: id, target, value: entered }),
    z.object({ do: z.literal('messageShortcut'), callbackId: z.string().max(255), channel: id, ts: id }),
    z.object({ do: z.literal('globalShortcut'), callbackId: z.string().max(255) }),
    z.object({ do: z.literal('fill'), view: id, values: z.record(z.string(), entered) }),
    z.object({ do: z.literal('clickInView'), view: id, target }),
    z.object({ do: z.literal('submitView'), view: id }),
    z.object({ do: z.literal('closeView'), view: id, all: z.boolean().optional() }),
    z.object({ do: z.literal('openHome') }),
    z.object({ do: z.literal('say'), channel: id, text: z.string().max(40_000), thread_ts: id.optional() }),
    z.object({ do: z.literal('edit'), channel: id, ts: id, text: z.string().max(40_000) }),
    z.object({ do: z.literal('delete'), channel: id, ts: id }),
    z.object({ do: z.literal('react'), channel: id, ts: id, emoji: z.string().max(100) }),
    z.object({ do: z.literal('unreact'), channel: id, ts: id, emoji: z.string().max(100) }),
    z.object({ do: z.literal('pin'), channel: id, ts: id }),
    z.object({ do: z.literal('unpin'), channel: id, ts: id }),
    z.object({ do: z.literal('join'), channel: id }),
    z.object({ do: z.literal('leave'), channel: id }),
    z.object({ do: z.literal('invite'), channel: id, who: id }),
    z.object({
      do: z.literal('createChannel'),
      name: z.string().max(200),
      isPrivate: z.boolean().optional(),
    }),
    z.object({ do: z.literal('direct'), who: id }),
  ]),
});
export type PageAct = z.output<typeof pageAct>['act'];

/** Query of `GET /page/api/history`. `before` and `limit` page backwards; `thread_ts` asks for a thread. */
export const historyQuery = z.object({
  as: id,
  channel: id,
  thread_ts: id.optional(),
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Body of `POST /page/api/load`, query of `GET /page/live` and `GET /page/api/files/<id>`. */
export const asWhom = z.object({ as: id });

// ---- to the browser

/** `GET /page/api/session`: what the page needs before somebody is chosen. */
export interface PageSession {
  team: { id: string; name: string };
  app: { id: string; name: string; botUserId: string; botId: string };
  /** The bot is among them (`bot: true`); one may act as the others. */
  people: PageUser[];
  userGroups: { id: string; handle: string; name: string; users: string[] }[];
  commands: { command: string; description?: string; usageHint?: string }[];
  shortcuts: { type: 'message' | 'global'; callbackId: string; name: string }[];
  /** Whether the bot is connected now. */
  connected: boolean;
}

export interface PageUser {
  id: string;
  name: string;
  realName: string;
  timeZone: string;
  bot: boolean;
}

export interface PageChannel {
  id: string;
  /** Empty for a direct message; then `members` says with whom. */
  name: string;
  kind: 'public' | 'private' | 'im' | 'mpim';
  archived: boolean;
  isMember: boolean;
  members: string[];
  topic: string;
  purpose: string;
  /** Timestamps of pinned messages, newest pin first. */
  pins: string[];
  bookmarks: { id: string; title: string; link: string; emoji: string }[];
  /** The channel's canvas, when it has one. */
  canvas?: { title: string; markdown: string };
  /** ts of the newest message, for sorting and unread marks. */
  latest: string | null;
}

/** A message as Slack's Web API shows one (`text`, `blocks`, `thread_ts`, `reply_count`, `reactions`, `files`, `edited` ...), with its channel. */
export type PageMessage = Record<string, unknown> & {
  channel: string;
  ts: string;
  user: string;
  text: string;
};

export interface PageEphemeral {
  ts: string;
  channel: string;
  text: string;
  blocks?: Record<string, unknown>[];
  thread_ts?: string;
}

/** A view as Slack's API shows one: `blocks`, `state.values`, `title`, `submit`, `close`, `callback_id`, `hash` ... */
export type PageView = Record<string, unknown> & { id: string; type: 'modal' | 'home'; callback_id: string };

/** `POST /page/api/load`: everything at the (re)load of the page as somebody. Their ephemeral messages are gone by it. */
export interface PageSnapshot {
  me: PageUser;
  channels: PageChannel[];
  /** Open modals, the visible one last. */
  views: PageView[];
  home: PageView | null;
}

/** `GET /page/api/history`: oldest first. */
export interface PageHistory {
  messages: PageMessage[];
  hasMore: boolean;
}

/** `POST /page/api/act`. `ok: false` with `text` is shown where the person acted, `errors` under the fields of the modal. */
export interface PageOutcome {
  ok: boolean;
  error?: string;
  text?: string;
  errors?: Record<string, string>;
  /** `say`: the new message's ts; `createChannel` and `direct`: the channel's id. */
  made?: string;
}

/** Each `data:` line of `GET /page/live` (server-sent events). A reconnecting page should load again. */
export type PageEvent =
  | { type: 'message'; what: 'posted' | 'changed'; message: PageMessage }
  | { type: 'message_deleted'; channel: string; ts: string }
  | { type: 'ephemeral'; ephemeral: PageEphemeral }
  | { type: 'ephemeral_deleted'; channel: string; ts: string }
  | { type: 'channel'; channel: PageChannel }
  | { type: 'channel_gone'; channel: string }
  | { type: 'views'; views: PageView[] }
  | { type: 'home'; view: PageView }
  | { type: 'connected'; connected: boolean };
