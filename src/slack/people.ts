/** Names of people, channels and user groups by their Slack ids, asked once and remembered for a while. */
import type { webApi } from '@slack/bolt';

export interface People {
  /** The name people see; the id itself when Slack does not say (a missing scope, Slack away). */
  name(user: string): Promise<string>;
  /** Ids of the members of a user group; none when Slack does not say (a free plan, a missing scope). */
  groupMembers(usergroup: string): Promise<readonly string[]>;
}

const dayMs = 24 * 3_600_000;
/** Rights may be at most 60 s old (design/architecture.md). */
const groupMs = 50_000;
const MOST = 5_000;

/** `known`: the name that handrail.yaml gives somebody; it is the one that reports have. */
export function peopleOf(
  client: webApi.WebClient,
  now: () => number,
  known: (personId: string) => string | undefined = () => undefined,
): People {
  const names = new Map<string, { name: string; at: number }>();
  const groups = new Map<string, { users: readonly string[]; at: number }>();
  return {
    async name(user) {
      const configured = known(`slack:${user}`);
      if (configured) return configured;
      const asked = names.get(user);
      if (asked && now() - asked.at < dayMs) return asked.name;
      try {
        const { user: found } = await client.users.info({ user });
        const name = found?.profile?.display_name || found?.real_name || found?.name || user;
        if (names.size > MOST) names.clear();
        names.set(user, { name, at: now() });
        return name;
      } catch {
        return asked?.name ?? user;
      }
    },
    async groupMembers(usergroup) {
      const known = groups.get(usergroup);
      if (known && now() - known.at < groupMs) return known.users;
      try {
        const { users = [] } = await client.usergroups.users.list({ usergroup });
        groups.set(usergroup, { users, at: now() });
        return users;
      } catch {
        // Rights that are too old are no rights.
        return [];
      }
    },
  };
}
