/** Names of people, channels and user groups by their Slack ids, asked once and remembered for a while. */
import type { webApi } from '@slack/bolt';
import type { Names } from './message-text.ts';

export interface People extends Names {
  /** The name people see; the id itself when Slack does not say (a missing scope, Slack away). */
  name(user: string): Promise<string>;
  /** The handle of a user group; undefined when Slack does not say (a free plan, a missing scope). */
  group(usergroup: string): Promise<string | undefined>;
  /** The name of a public channel; undefined for a private one, whose name stays inside, and when Slack does not say. */
  channel(channel: string): Promise<string | undefined>;
  /** Ids of the members of a user group; none when Slack does not say (a free plan, a missing scope). */
  groupMembers(usergroup: string): Promise<readonly string[]>;
}

const dayMs = 24 * 3_600_000;
/** Rights may be at most 60 s old (design/architecture.md). */
const groupMs = 50_000;
const MOST = 5_000;

interface Named {
  readonly name: string | undefined;
  readonly at: number;
}

/** `known`: the name that handrail.yaml gives somebody; it is the one that reports have. */
export function peopleOf(
  client: webApi.WebClient,
  now: () => number,
  known: (personId: string) => string | undefined = () => undefined,
): People {
  const names = new Map<string, { name: string; at: number }>();
  const members = new Map<string, { users: readonly string[]; at: number }>();
  const channels = new Map<string, Named>();
  let groups: { readonly handles: ReadonlyMap<string, string>; readonly at: number } | undefined;

  const remember = <T>(map: Map<string, T>, key: string, value: T): void => {
    if (map.size > MOST) map.clear();
    map.set(key, value);
  };
  return {
    async name(user) {
      const configured = known(`slack:${user}`);
      if (configured) return configured;
      const asked = names.get(user);
      if (asked && now() - asked.at < dayMs) return asked.name;
      try {
        const { user: found } = await client.users.info({ user });
        const name = found?.profile?.display_name || found?.real_name || found?.name || user;
        remember(names, user, { name, at: now() });
        return name;
      } catch {
        return asked?.name ?? user;
      }
    },
    async group(usergroup) {
      const age = groups === undefined ? Number.POSITIVE_INFINITY : now() - groups.at;
      const handle = groups?.handles.get(usergroup);
      // A group that is not in the list may be new, or Slack did not say: asked again after a while.
      if (age < (handle ? dayMs : groupMs)) return handle;
      try {
        const { usergroups = [] } = await client.usergroups.list({ include_disabled: true });
        const handles = usergroups.flatMap(({ id, handle: short, name }): [string, string][] => {
          const shown = short || name;
          return id && shown ? [[id, shown]] : [];
        });
        groups = { handles: new Map(handles), at: now() };
      } catch {
        groups = { handles: groups?.handles ?? new Map(), at: now() };
      }
      return groups.handles.get(usergroup);
    },
    async channel(channel) {
      const asked = channels.get(channel);
      if (asked && now() - asked.at < (asked.name ? dayMs : groupMs)) return asked.name;
      let name: string | undefined;
      try {
        const { channel: found } = await client.conversations.info({ channel });
        name = found?.is_private || found?.is_im || found?.is_mpim ? undefined : found?.name;
      } catch {
        name = asked?.name;
      }
      remember(channels, channel, { name, at: now() });
      return name;
    },
    async groupMembers(usergroup) {
      const asked = members.get(usergroup);
      if (asked && now() - asked.at < groupMs) return asked.users;
      try {
        const { users = [] } = await client.usergroups.users.list({ usergroup });
        members.set(usergroup, { users, at: now() });
        return users;
      } catch {
        // Rights that are too old are no rights.
        return [];
      }
    },
  };
}
