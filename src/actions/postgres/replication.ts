/** `postgres.replication`: who follows this server and how far behind, and what slots keep WAL for. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { secondsSince } from './activity.ts';
import { askServer } from './asked-server.ts';
import { psqlByHand } from './by-hand-sql.ts';
import { REACH_SERVER, TO_SEE, whichServer } from './which-server.ts';

const bytes = () => z.int().meta({ format: 'bytes' });
const seconds = () => z.int().meta({ format: 'seconds' });

const found = z.object({
  replicas: z.array(
    z.object({
      name: z.string(),
      address: z.string(),
      state: z.string(),
      sync: z.string(),
      behind: z.int().nullable(),
      not_received: z.int().nullable(),
    }),
  ),
  slots: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      active: z.boolean(),
      kept: z.int().nullable(),
      wal_status: z.string(),
    }),
  ),
  receiving: z.boolean(),
  apply_delay: z.int(),
  paused: z.boolean(),
});

/** Positions are compared by the server itself. A replica has no position that it writes up to, only one it received. */
const FOUND = `with here as (select case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end as lsn)
  select json_build_object(
    'replicas', (select coalesce(json_agg(json_build_object('name', coalesce(nullif(application_name, ''), '-'), 'address', coalesce(host(client_addr), 'local socket'),
      'state', coalesce(state, 'not seen'), 'sync', coalesce(sync_state, 'not seen'),
      'behind', greatest(0, pg_wal_lsn_diff(here.lsn, replay_lsn))::bigint, 'not_received', greatest(0, pg_wal_lsn_diff(here.lsn, flush_lsn))::bigint)
      order by application_name), '[]') from pg_stat_replication, here),
    'slots', (select coalesce(json_agg(json_build_object('name', slot_name, 'kind', slot_type, 'active', active,
      'kept', greatest(0, pg_wal_lsn_diff(here.lsn, restart_lsn))::bigint, 'wal_status', coalesce(wal_status, '-')) order by slot_name), '[]') from pg_replication_slots, here),
    'receiving', exists (select from pg_stat_wal_receiver where pid is not null),
    'apply_delay', case when pg_is_in_recovery() then ${secondsSince('pg_last_xact_replay_timestamp()')} else 0 end,
    'paused', case when pg_is_in_recovery() then pg_is_wal_replay_paused() else false end)`;

const BY_HAND = `select application_name, client_addr, state, sync_state, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) as behind_bytes from pg_stat_replication`;

export const replication = reading({
  name: 'postgres.replication',
  version: 1,
  params: whichServer,
  output: z.object({
    in_recovery: z.boolean(),
    replicas: z.array(
      z.object({
        name: z.string(),
        address: z.string(),
        state: z.string(),
        sync: z.string(),
        /** WAL that it has not applied; absent when it may not be seen. */
        behind_bytes: bytes().optional(),
        not_received_bytes: bytes().optional(),
      }),
    ),
    streaming: z.int(),
    max_behind_bytes: bytes(),
    slots: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        active: z.boolean(),
        kept_bytes: bytes(),
        wal_status: z.string(),
      }),
    ),
    /** Slots that nobody reads: the WAL they keep grows until the volume is full. */
    inactive_slots: z.array(z.string()),
    kept_bytes: bytes(),
    /** Of a replica: it is connected to whom it follows. */
    receiving: z.boolean(),
    replay_paused: z.boolean(),
    /** Of a replica: age of the last transaction that it applied; it grows too while nobody writes. */
    last_applied_seconds: seconds(),
    way: z.string(),
    unknowns: z.array(z.string()),
  }),
  rights: { kubernetes: REACH_SERVER, postgres: TO_SEE },
  byHand: (p, namespace) => psqlByHand(namespace, p, BY_HAND),
  async run(call) {
    const { value, way, unknowns, in_recovery } = await askServer(call, { sql: FOUND, schema: found });
    const replicas = value.replicas.map(({ behind, not_received, ...rest }) => ({
      ...rest,
      ...(behind === null ? {} : { behind_bytes: behind }),
      ...(not_received === null ? {} : { not_received_bytes: not_received }),
    }));
    return {
      in_recovery,
      replicas,
      streaming: replicas.filter(({ state }) => state === 'streaming').length,
      max_behind_bytes: Math.max(0, ...value.replicas.map(({ behind }) => behind ?? 0)),
      slots: value.slots.map(({ kept, ...rest }) => ({ ...rest, kept_bytes: kept ?? 0 })),
      inactive_slots: value.slots.filter(({ active }) => !active).map(({ name }) => name),
      kept_bytes: Math.max(0, ...value.slots.map(({ kept }) => kept ?? 0)),
      receiving: value.receiving,
      replay_paused: value.paused,
      last_applied_seconds: value.apply_delay,
      way,
      unknowns,
    };
  },
});
