/** Which permission each of Slack's methods and events needs; from this table come the manifest's scopes and the start's check. */

/** Methods that Handrail calls. A method of several kinds of channel needs one scope for each kind. */
export const methodScopes = {
  'auth.test': [],
  'bookmarks.add': ['bookmarks:write'],
  'bookmarks.list': ['bookmarks:read'],
  'canvases.edit': ['canvases:write'],
  'canvases.sections.lookup': ['canvases:read'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.canvases.create': ['canvases:write'],
  'conversations.create': ['channels:manage', 'groups:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.invite': ['channels:manage', 'groups:write'],
  'conversations.join': ['channels:join'],
  'conversations.list': ['channels:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'conversations.setTopic': ['channels:manage', 'groups:write'],
  'files.info': ['files:read'],
  'files.uploadV2': ['files:write'],
  'pins.add': ['pins:write'],
  'reactions.get': ['reactions:read'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.conversations': ['channels:read', 'groups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.update': [],
} as const satisfies Record<string, readonly string[]>;

/** Events that Handrail listens to, as the manifest subscribes to them. */
export const eventScopes = {
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
} as const satisfies Record<string, readonly string[]>;

/** Slash commands and shortcuts. */
const always = ['commands'];

/** Every scope of the app, in order. */
export function neededScopes(): string[] {
  const all = [...Object.values(methodScopes), ...Object.values(eventScopes), always].flat();
  return [...new Set<string>(all)].sort();
}

/** What cannot be done without a scope. */
export function missingScopeWords(granted: ReadonlySet<string>): string[] {
  return neededScopes()
    .filter((scope) => !granted.has(scope))
    .map((scope) => {
      const methods = Object.entries(methodScopes)
        .filter(([, scopes]) => (scopes as readonly string[]).includes(scope))
        .map(([method]) => method);
      const events = Object.entries(eventScopes)
        .filter(([, scopes]) => (scopes as readonly string[]).includes(scope))
        .map(([event]) => event);
      const uses = [...methods, ...events];
      return `${scope} (for ${uses.length > 0 ? uses.join(', ') : '/incident and the shortcuts'})`;
    });
}
