// People, the bot's own user, and user groups.

import type { Workspace } from './workspace.ts';

/** A person as the caller of `startLocalSlack` describes one; what is missing is made up. */
export interface Person {
  /** Lower case, as in @name. */
  name: string;
  /** U...; made when absent. */
  id?: string;
  realName?: string;
  email?: string;
  /** IANA name, such as America/Vancouver. */
  timeZone?: string;
  admin?: boolean;
}

export interface User {
  id: string;
  name: string;
  realName: string;
  email: string;
  timeZone: string;
  admin: boolean;
  bot: boolean;
}

export interface UserGroup {
  id: string;
  handle: string;
  name: string;
  users: string[];
}

export function addPerson(ws: Workspace, person: Person): User {
  const user: User = {
    id: person.id ?? ws.ids.next('U'),
    name: person.name,
    realName: person.realName ?? person.name,
    email: person.email ?? `${person.name}@example.com`,
    timeZone: person.timeZone ?? 'America/Vancouver',
    admin: person.admin ?? false,
    bot: false,
  };
  ws.users.set(user.id, user);
  return user;
}

export function addBot(ws: Workspace): User {
  const name = ws.app.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const user: User = {
    id: ws.app.botUserId,
    name,
    realName: ws.app.name,
    email: '',
    timeZone: 'UTC',
    admin: false,
    bot: true,
  };
  ws.users.set(user.id, user);
  return user;
}

/** By id, or by name with or without the @. */
export function findUser(ws: Workspace, idOrName: string): User | undefined {
  const name = idOrName.replace(/^@/, '');
  return ws.users.get(idOrName) ?? [...ws.users.values()].find((user) => user.name === name);
}

/** Minutes east of UTC are asked of Intl, so that summer time is right at the workspace's now. */
function offsetSeconds(ws: Workspace, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    timeZoneName: 'longOffset',
  }).formatToParts(ws.clock());
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name);
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60);
}

/** A user as `users.info` shows one. @param withEmail whether the token has users:read.email. */
export function userObject(ws: Workspace, user: User, withEmail: boolean): Record<string, unknown> {
  const [first = user.realName, ...rest] = user.realName.split(' ');
  return {
    id: user.id,
    team_id: ws.team.id,
    name: user.name,
    deleted: false,
    color: '9f69e7',
    real_name: user.realName,
    tz: user.timeZone,
    tz_label: user.timeZone,
    tz_offset: offsetSeconds(ws, user.timeZone),
    profile: {
      title: '',
      phone: '',
      skype: '',
      real_name: user.realName,
      real_name_normalized: user.realName,
      display_name: user.name,
      display_name_normalized: user.name,
      first_name: first,
      last_name: rest.join(' '),
      status_text: '',
      status_emoji: '',
      team: ws.team.id,
      ...(withEmail && !user.bot ? { email: user.email } : {}),
      ...(user.bot ? { bot_id: ws.app.botId, api_app_id: ws.app.id } : {}),
    },
    is_admin: user.admin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: user.bot,
    is_app_user: false,
    updated: 0,
  };
}
