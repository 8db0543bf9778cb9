// auth, team, bots, users and usergroups: who the bot is and who the people are.

import { userObject } from '../state/people.ts';
import { args, type Call, fail, flag, json, type Method, method, text, whole } from './method.ts';
import { page } from './places.ts';

const paging = { cursor: text.optional(), limit: whole.optional() };

const shown = (call: Call, id: string) => {
  const user = call.ws.users.get(id) ?? fail('user_not_found');
  return userObject(call.ws, user, call.has('users:read.email'));
};

function needsPlan(call: Call): void {
  if (call.ws.plan === 'free') fail('plan_upgrade_required');
}

export const people: Record<string, Method> = {
  'api.test': method({
    token: 'none',
    tier: 'none',
    args: args({ error: text.optional(), foo: json.optional() }),
    // `error` asks for an error answer; only this method lets the caller choose the code.
    run: (given) => ({ args: given }),
  }),

  'auth.test': method({
    tier: 'none',
    args: args({}),
    run(_, { ws }) {
      const bot = ws.users.get(ws.app.botUserId);
      return {
        url: `${ws.url}/`,
        team: ws.team.name,
        user: bot?.name ?? ws.app.name,
        team_id: ws.team.id,
        user_id: ws.app.botUserId,
        bot_id: ws.app.botId,
        is_enterprise_install: false,
      };
    },
  }),

  'team.info': method({
    scopes: ['team:read'],
    tier: 3,
    args: args({ team: text.optional() }),
    run(given, { ws }) {
      if (given.team !== undefined && given.team !== ws.team.id) fail('team_not_found');
      return {
        team: {
          id: ws.team.id,
          name: ws.team.name,
          domain: ws.team.domain,
          url: `${ws.url}/`,
          email_domain: '',
          icon: { image_default: true },
          plan: ws.plan === 'free' ? '' : 'std',
        },
      };
    },
  }),

  'bots.info': method({
    scopes: ['users:read'],
    tier: 3,
    args: args({ bot: text.optional() }),
    run(given, { ws }) {
      if ((given.bot ?? ws.app.botId) !== ws.app.botId) fail('bot_not_found');
      return {
        bot: {
          id: ws.app.botId,
          deleted: false,
          name: ws.app.name,
          updated: 0,
          app_id: ws.app.id,
          user_id: ws.app.botUserId,
          icons: {},
        },
      };
    },
  }),

  'users.info': method({
    scopes: ['users:read'],
    tier: 4,
    args: args({ user: text, include_locale: flag.optional() }),
    run: (given, call) => ({ user: shown(call, given.user) }),
  }),

  'users.list': method({
    scopes: ['users:read'],
    tier: 2,
    args: args(paging),
    run(given, call) {
      const { items, next } = page([...call.ws.users.keys()], given.cursor, given.limit || 1000);
      return {
        members: items.map((id) => shown(call, id)),
        cache_ts: Math.floor(call.ws.clock() / 1000),
        response_metadata: { next_cursor: next },
      };
    },
  }),

  'users.lookupByEmail': method({
    scopes: ['users:read.email'],
    tier: 3,
    args: args({ email: text }),
    run(given, call) {
      const wanted = given.email.toLowerCase();
      const user = [...call.ws.users.values()].find(
        (each) => !each.bot && each.email.toLowerCase() === wanted,
      );
      return { user: shown(call, user?.id ?? fail('users_not_found')) };
    },
  }),

  'usergroups.list': method({
    scopes: ['usergroups:read'],
    tier: 2,
    args: args({
      include_users: flag.optional(),
      include_count: flag.optional(),
      include_disabled: flag.optional(),
    }),
    run(given, call) {
      needsPlan(call);
      return {
        usergroups: [...call.ws.userGroups.values()].map((group) => ({
          id: group.id,
          team_id: call.ws.team.id,
          is_usergroup: true,
          is_subteam: true,
          name: group.name,
          description: '',
          handle: group.handle,
          is_external: false,
          date_create: 0,
          date_update: 0,
          date_delete: 0,
          auto_type: null,
          prefs: { channels: [], groups: [] },
          ...(given.include_users === true ? { users: group.users } : {}),
          ...(given.include_count === true ? { user_count: group.users.length } : {}),
        })),
      };
    },
  }),

  'usergroups.users.list': method({
    scopes: ['usergroups:read'],
    tier: 2,
    args: args({ usergroup: text }),
    run(given, call) {
      needsPlan(call);
      const group = call.ws.userGroups.get(given.usergroup) ?? fail('no_such_subteam');
      return { users: group.users };
    },
  }),
};
