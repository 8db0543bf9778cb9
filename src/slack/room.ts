/** What every listener works with. */
import type { webApi } from '@slack/bolt';
import type { Door, Log } from './door.ts';
import type { Members } from './members.ts';
import type { People } from './people.ts';

export interface Room {
  readonly door: Door;
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly people: People;
  readonly members: Members;
  readonly team: { readonly id: string; readonly url: string };
  readonly bot: { readonly user: string };
}

/** Who did something in Slack, as its payload says. */
export interface Actor {
  readonly user: string;
  readonly name: string;
}

/** The same person for the core. */
export const personOf = (actor: Actor): { id: string; name: string } => ({
  id: `slack:${actor.user}`,
  name: actor.name,
});

/** Address of a message, as Slack makes it; `thread`: the first message of the thread that it answers in. */
export function messageLink(teamUrl: string, channel: string, ts: string, thread?: string): string {
  const address = `${teamUrl.replace(/\/$/, '')}/archives/${channel}/p${ts.replace('.', '')}`;
  return thread === undefined || thread === ts ? address : `${address}?thread_ts=${thread}&cid=${channel}`;
}
