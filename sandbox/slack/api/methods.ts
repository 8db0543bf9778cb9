// The register of Web API methods. What is not here answers `unknown_method`.

import { canvases } from './canvases.ts';
import { chat } from './chat.ts';
import { conversationLists } from './conversation-lists.ts';
import { conversations } from './conversations.ts';
import { files } from './files.ts';
import { marks } from './marks.ts';
import { args, type Method, method } from './method.ts';
import { people } from './people.ts';
import { views } from './views.ts';

const apps: Record<string, Method> = {
  'apps.connections.open': method({
    token: 'app',
    tier: 3,
    args: args({}),
    run: (_, call) => ({ url: call.socketUrl() }),
  }),
};

export const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    ...apps,
    ...people,
    ...chat,
    ...conversations,
    ...conversationLists,
    ...marks,
    ...canvases,
    ...files,
    ...views,
  }),
);
