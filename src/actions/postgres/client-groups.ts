/** Clients of a server put together: by role, application, address and state, and by who owns the address. */
import { readableSeconds } from '../../runbooks/duration.ts';
import { shortWords } from '../redact/short-words.ts';
import type { ClientRow } from './activity.ts';
import type { ClientOwner, Kind } from './client-owners.ts';

export interface OwnedRow extends ClientRow {
  readonly by: ClientOwner;
}

export interface Group {
  user: string;
  application: string;
  database: string;
  address: string;
  state: string;
  kind: Kind;
  owner: string;
  count: number;
  oldest_seconds: number;
  longest_in_state_seconds: number;
  longest_transaction_seconds: number;
  waiting_on_lock: number;
}

export const LOCAL = 'local socket';

/** The largest first. */
export function groupsOf(rows: readonly OwnedRow[]): Group[] {
  const key = (row: OwnedRow) =>
    JSON.stringify([row.user, row.application, row.database, row.address, row.state, row.by.owner]);
  const most = (own: readonly OwnedRow[], of: (row: OwnedRow) => number) =>
    own.reduce((max, row) => Math.max(max, of(row)), 0);
  return [...Map.groupBy(rows, key).values()]
    .flatMap((own): Group[] => {
      const first = own[0];
      if (!first) return [];
      return [
        {
          user: short(first.user),
          application: short(first.application),
          database: first.database,
          address: first.address ?? LOCAL,
          state: first.state,
          kind: first.by.kind,
          owner: first.by.owner,
          count: own.length,
          oldest_seconds: most(own, (row) => row.age_seconds),
          longest_in_state_seconds: most(own, (row) => row.state_seconds),
          longest_transaction_seconds: most(own, (row) => row.transaction_seconds),
          waiting_on_lock: own.filter((row) => row.waits_on_lock).length,
        },
      ];
    })
    .toSorted((a, b) => b.count - a.count || b.oldest_seconds - a.oldest_seconds);
}

/** `31 of site (django), no such pod, 10.1.2.3: idle up to 3 h 2 min`. */
export function groupWords(group: Group): string {
  const { count, user, application, kind, owner, state } = group;
  const since = readableSeconds(group.longest_in_state_seconds);
  const open =
    group.longest_transaction_seconds > 0
      ? `, in a transaction up to ${readableSeconds(group.longest_transaction_seconds)}`
      : '';
  return `${count} of ${user} (${application}), ${kind === 'current deployment' ? owner : `${kind}: ${owner}`}: ${state} up to ${since}${open}`;
}

/** Clients are free to name themselves. */
function short(name: string): string {
  return shortWords(name, 60);
}

export interface Top {
  readonly owner: string;
  readonly count: number;
  readonly workload?: string;
  readonly kind: Kind;
}

/** Who has most: all pods of a workload together; without an owner, all of one role and application at one address. */
export function topOf(rows: readonly OwnedRow[]): Top | undefined {
  const named = (row: OwnedRow) =>
    row.by.pod
      ? row.by.owner.replace(/ \(pod .*\)$/, '')
      : `${short(row.user)} (${short(row.application)}) from ${row.by.owner}`;
  const all = [...Map.groupBy(rows, (row) => `${row.by.kind} ${named(row)}`).values()].toSorted(
    (a, b) => b.length - a.length,
  );
  const first = all[0]?.[0];
  if (!first) return undefined;
  return {
    owner: named(first),
    count: all[0]?.length ?? 0,
    kind: first.by.kind,
    ...(first.by.kind === 'current deployment' && first.by.workload && first.by.isDeployment
      ? { workload: first.by.workload }
      : {}),
  };
}
