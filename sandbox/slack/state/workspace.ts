// The whole state of the local Slack: one workspace with its people, channels, views, files and one installed app.

import type { Values } from '../blocks/interactive.ts';
import type { CanvasPolicy } from './canvases.ts';
import type { Change } from './changes.ts';
import type { Channel } from './channels.ts';
import type { Ephemeral } from './ephemerals.ts';
import type { StoredFile } from './files.ts';
import { createIds, type Ids } from './ids.ts';
import type { User, UserGroup } from './people.ts';
import type { ReplyUrl } from './reply-urls.ts';
import type { Trigger } from './triggers.ts';
import type { View } from './views.ts';

export interface Team {
  id: string;
  name: string;
  domain: string;
}

interface App {
  id: string;
  name: string;
  botId: string;
  botUserId: string;
}

export interface Workspace {
  team: Team;
  app: App;
  /** A free workspace has no user groups: their methods answer `plan_upgrade_required`. */
  plan: 'free' | 'pro';
  /** Whether apps may make a canvas for a channel; `disabled` when canvases are turned off altogether. */
  canvases: CanvasPolicy;
  /** `http://127.0.0.1:<port>`, known once the server listens. */
  url: string;
  clock: () => number;
  triggerLifeMs: number;
  ids: Ids;
  users: Map<string, User>;
  userGroups: Map<string, UserGroup>;
  channels: Map<string, Channel>;
  files: Map<string, StoredFile>;
  ephemerals: Ephemeral[];
  views: Map<string, View>;
  /** Ids of a person's open modals, the visible one last. */
  stacks: Map<string, string[]>;
  /** Id of each person's App Home. */
  homes: Map<string, string>;
  /** What a person entered in the elements of a message, by `user:channel:ts`. */
  entered: Map<string, Values>;
  triggers: Map<string, Trigger>;
  replyUrls: Map<string, ReplyUrl>;
  listeners: Set<(change: Change) => void>;
}

export function createWorkspace(options: {
  team: Team;
  botName: string;
  plan: 'free' | 'pro';
  canvases: CanvasPolicy;
  clock: () => number;
  triggerLifeMs: number;
}): Workspace {
  const ids = createIds(options.clock);
  const app: App = {
    id: ids.next('A'),
    name: options.botName,
    botId: ids.next('B'),
    botUserId: ids.next('UB'),
  };
  return {
    team: options.team,
    app,
    plan: options.plan,
    canvases: options.canvases,
    url: '',
    clock: options.clock,
    triggerLifeMs: options.triggerLifeMs,
    ids,
    users: new Map(),
    userGroups: new Map(),
    channels: new Map(),
    files: new Map(),
    ephemerals: [],
    views: new Map(),
    stacks: new Map(),
    homes: new Map(),
    entered: new Map(),
    triggers: new Map(),
    replyUrls: new Map(),
    listeners: new Set(),
  };
}

/** Tells everyone who listens: the page, and whatever makes events for the bot. */
export function emit(ws: Workspace, change: Change): void {
  for (const listener of ws.listeners) listener(change);
}

/** Unix seconds. */
export const seconds = (ws: Workspace): number => Math.floor(ws.clock() / 1000);
