/** Who sees which incident: public ones everybody, private ones only the members of their channel. */
import type { webApi } from '@slack/bolt';
import type { IncidentRow } from '../incidents/lookups.ts';

export interface Members {
  sees(user: string, row: IncidentRow): Promise<boolean>;
  isIn(user: string, channel: string): Promise<boolean>;
  /** Slack says so. While it does not answer nobody is out: who was let in goes on working. */
  isOut(user: string, channel: string): Promise<boolean>;
}

const freshMs = 30_000;
/** Who is not in a list as old as this may have come in since. */
const newcomerMs = 2000;

export function membersOf(client: webApi.WebClient, now: () => number): Members {
  const known = new Map<string, { users: ReadonlySet<string>; at: number }>();
  async function has(user: string, channel: string): Promise<boolean> {
    const before = known.get(channel);
    const age = before ? now() - before.at : freshMs;
    if (before && age < (before.users.has(user) ? freshMs : newcomerMs)) return before.users.has(user);
    return (await users(channel)).has(user);
  }
  async function users(channel: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await client.conversations.members({ channel, limit: 500, ...(cursor ? { cursor } : {}) });
      for (const user of page.members ?? []) found.add(user);
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor && found.size < 10_000);
    known.set(channel, { users: found, at: now() });
    return found;
  }
  async function isIn(user: string, channel: string): Promise<boolean> {
    try {
      return await has(user, channel);
    } catch {
      return false;
    }
  }
  async function isOut(user: string, channel: string): Promise<boolean> {
    try {
      return !(await has(user, channel));
    } catch {
      return false;
    }
  }
  return {
    isIn,
    isOut,
    // The title of a private incident is not shown when Slack cannot say who is in its channel.
    sees: async (user, row) => !row.private || (row.channel !== undefined && (await isIn(user, row.channel))),
  };
}
