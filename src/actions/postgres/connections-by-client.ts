/** `postgres.connections-by-client`: who holds the connections, and whether whoever opened them still exists. */
import { z } from 'zod';
import type { Call } from '../action.ts';
import { reading } from '../define.ts';
import { kubectl } from '../kubernetes/by-hand.ts';
import { clientRow, clientRows, FILL, fill } from './activity.ts';
import { psqlByHand } from './by-hand-sql.ts';
import { groupsOf, groupWords, type OwnedRow, topOf } from './client-groups.ts';
import { KINDS, ownersOfClients, SEE_OWNERS, surroundings } from './client-owners.ts';
import { FILL_FIELDS, fillFields } from './connections.ts';
import { APPLICATION } from './network-session.ts';
import type { Session } from './session.ts';
import { WAY_FIELDS, wayFields } from './way-fields.ts';
import { type WayIn, wayIn } from './way-in.ts';
import { REACH_SERVER, TO_SEE, whichServer } from './which-server.ts';

const BY_HAND = `select count(*) as n, usename, application_name, client_addr, state, max(now() - backend_start) as oldest,
  max(now() - state_change) as longest_in_state, max(now() - xact_start) as longest_transaction from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid() group by 2, 3, 4, 5 order by 1 desc`;

const seconds = () => z.int().meta({ format: 'seconds' });
const MOST_GROUPS = 40;
const MOST_SESSIONS = 1000;

export const connectionsByClient = reading({
  name: 'postgres.connections-by-client',
  version: 1,
  params: whichServer,
  output: z.object({
    ...WAY_FIELDS,
    ...FILL_FIELDS,
    /** The largest first; beyond 40 they are left out. Our own session is none of them. */
    groups: z.array(
      z.object({
        user: z.string(),
        application: z.string(),
        database: z.string(),
        /** `local socket` inside the server's own pod. */
        address: z.string(),
        state: z.string(),
        kind: z.enum(KINDS),
        owner: z.string(),
        count: z.int(),
        oldest_seconds: seconds(),
        longest_in_state_seconds: seconds(),
        longest_transaction_seconds: seconds(),
        waiting_on_lock: z.int(),
      }),
    ),
    /** The groups, one line for each. */
    lines: z.array(z.string()),
    /** How many different addresses. */
    clients: z.int(),
    /** Connections of an earlier rollout, or of addresses that no pod has any more. */
    orphans: z.int(),
    /** Those of them that are idle outside a transaction: `4711 since 2020-12-11T13:24:00.123456Z`. */
    orphan_sessions: z.array(z.string()),
    /** Addresses that no pod of this namespace has, while the pods of other namespaces cannot be seen. */
    maybe_orphans: z.int(),
    maybe_orphan_sessions: z.array(z.string()),
    /** Who has most; `nobody` when there is no other client. */
    top: z.string(),
    top_count: z.int(),
    /** Percent of all clients but ours. */
    top_share: z.int(),
    /** The Deployment, when its present pods have most. */
    top_workload: z.string().optional(),
  }),
  rights: { kubernetes: [...REACH_SERVER, ...SEE_OWNERS], postgres: TO_SEE },
  byHand: (p, namespace) => [
    ...psqlByHand(namespace, p, BY_HAND),
    kubectl(namespace, 'get pods,replicasets -o wide'),
  ],
  async run(call) {
    const got = await wayIn(call);
    try {
      const way = wayFields(got);
      const { session } = got;
      // One after the other: psql needs a slot for each, and only one may be left.
      const found = await session?.ask({ sql: FILL, argument: [], schema: fill });
      const rows = await ownedClients(call, got, way.unknowns);
      return { ...way, ...fillFields(got, found), ...summed(rows) };
    } finally {
      got.session?.end();
    }
  },
});

/** Every client but ours with its owner; none when nobody got in. `where` narrows it down, by a condition on `a`. */
export async function ownedClients(
  call: Pick<Call, 'namespace' | 'reach'>,
  got: Pick<WayIn, 'found'> & { readonly session?: Session },
  unknowns: string[],
  ask: { where?: string; argument?: unknown } = {},
): Promise<OwnedRow[]> {
  const { found, session } = got;
  const [around, rows] = await Promise.all([
    found && surroundings(found, call, unknowns),
    session?.ask({ sql: clientRows(ask.where), argument: ask.argument, schema: z.array(clientRow) }),
  ]);
  if (!rows) return [];
  const addresses = rows.map((row) => row.address);
  const owners =
    found && around ? await ownersOfClients(addresses, found, around, call.namespace, unknowns) : new Map();
  return rows.map((row) => ({
    ...row,
    by: hidden(row.state, row.address) ??
      owners.get(row.address) ?? { kind: 'unknown', owner: row.address ?? 'unknown' },
  }));
}

/** A role without pg_monitor gets no address: that is not the local socket. */
function hidden(state: string, address: string | null): OwnedRow['by'] | undefined {
  return state === 'not seen' && address === null
    ? { kind: 'unknown', owner: 'an address that may not be seen' }
    : undefined;
}

function summed(rows: readonly OwnedRow[]) {
  const groups = groupsOf(rows);
  const top = topOf(rows);
  const orphans = rows.filter(({ by }) => by.kind === 'previous deployment' || by.kind === 'no such pod');
  const maybe = rows.filter(({ by }) => by.maybeNobody);
  return {
    groups: groups.slice(0, MOST_GROUPS),
    lines: groups.slice(0, MOST_GROUPS).map(groupWords),
    clients: new Set(rows.map((row) => row.address)).size,
    orphans: orphans.length,
    orphan_sessions: endable(orphans),
    maybe_orphans: maybe.length,
    maybe_orphan_sessions: endable(maybe),
    top: top?.owner ?? 'nobody',
    top_count: top?.count ?? 0,
    top_share: top ? Math.round((100 * top.count) / rows.length) : 0,
    ...(top?.workload ? { top_workload: top.workload } : {}),
  };
}

function endable(rows: readonly OwnedRow[]): string[] {
  return rows
    .filter((row) => row.state === 'idle' && !row.in_transaction && row.application !== APPLICATION)
    .flatMap(({ session }) => session ?? [])
    .slice(0, MOST_SESSIONS);
}
