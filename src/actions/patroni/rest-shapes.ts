/** What Patroni's REST API answers, as measured on 3.0.2 and documented for other versions. */
import { z } from 'zod';

/** 64-bit positions arrive as JSON numbers: exact below 2^53, which is 8 PiB of WAL. */
const position = z.int().min(0).nullish();

/** `GET /patroni` of one member. A stopping or re-initialising one has no `xlog`. */
export const own = z.object({
  state: z.string(),
  role: z.string(),
  timeline: z.int().nullish(),
  xlog: z
    .object({
      /** On a leader: how far it has written. */
      location: position,
      received_location: position,
      replayed_location: position,
    })
    .nullish(),
  cluster_unlocked: z.boolean().nullish(),
  pause: z.boolean().nullish(),
  pending_restart: z.boolean().nullish(),
  /** A string: the number is larger than 2^53. */
  database_system_identifier: z.string().nullish(),
  patroni: z.object({ version: z.string().nullish(), scope: z.string().nullish() }).nullish(),
});
export type Own = z.output<typeof own>;

const listedMember = z.object({
  name: z.string(),
  role: z.string(),
  state: z.string(),
  host: z.string().nullish(),
  timeline: z.int().nullish(),
  lag: z.union([z.int(), z.string()]).nullish(),
});

/**
 * `GET /cluster`: the listing in the DCS. The leader has no `lag`; that of a stopped member is the word "unknown".
 * Where the store is Kubernetes, a pod that has the labels and whose Patroni says nothing is listed without state and
 * host (measured with 3.0.2): that is no member that anybody has heard of.
 */
export const listing = z.object({
  members: z
    .array(listedMember)
    .transform((all) => all.filter(({ state, host }) => state !== '' || typeof host === 'string')),
  pause: z.boolean().nullish(),
});
export type Listing = z.output<typeof listing>;
export type Listed = Listing['members'][number];

/** `master` up to Patroni 3, `primary` from 4, `leader` in listings (facts). */
export function isLeaderRole(role: string): boolean {
  return role === 'leader' || role === 'master' || role === 'primary';
}

/** One word for a role, whatever version says it. */
export function roleWord(role: string): string {
  return isLeaderRole(role) ? 'leader' : role;
}

/** A streaming replica is `running` until Patroni 3.0.3 and `streaming` from 3.0.4. */
export function isRunningState(state: string): boolean {
  return state === 'running' || state === 'streaming';
}
