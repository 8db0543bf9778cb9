/** A register of actions without any doing: the agreed shapes, for tests of the runbook language. */
import { z } from 'zod';
import type { Register, Signature } from '../../src/runbooks/signature.ts';

const bytes = () => z.int().meta({ format: 'bytes' });
const seconds = () => z.int().meta({ format: 'seconds' });
const strings = z.array(z.string());
const workload = { workload: z.string(), kind: z.enum(['deployment', 'statefulset']).default('deployment') };

/** How a look into a PostgreSQL server got in, and how full the server is. */
const wayIn = {
  connected: z.boolean(),
  error: z.string(),
  exhausted: z.boolean(),
  way: z.string(),
  role: z.string(),
  pod: z.string(),
  tried: strings,
  in_recovery: z.boolean(),
  sees_all: z.boolean(),
  unknowns: strings,
};
const fill = {
  used: z.int(),
  max: z.int(),
  reserved: z.int(),
  free: z.int(),
  used_percent: z.int(),
  reserved_slot: z.boolean(),
};

type Given = Pick<Signature, 'name' | 'params' | 'output'> & Partial<Signature>;

function signature(given: Given): Signature {
  return {
    changes: false,
    version: 1,
    capturesBefore: false,
    sensitive: [],
    byHand: () => [],
    ...given,
  };
}

const signatures: readonly Signature[] = [
  signature({
    name: 'k8s.trace-database',
    params: z.strictObject(workload),
    output: z.object({
      found: z.boolean(),
      certain: z.boolean(),
      hosts: strings,
      host: z.string(),
      port: z.int().optional(),
      database: z.string().optional(),
      source: z.string(),
      service: z.object({
        name: z.string(),
        namespace: z.string(),
        selector: z.string(),
        matching: z.int(),
        ready: z.int(),
        pods: strings,
      }),
      service_found: z.boolean(),
      shared_with: strings,
      unused: strings,
      application_of_its_own: z.string().optional(),
      unknowns: strings,
      statefulset: z.string().optional(),
    }),
  }),
  signature({
    name: 'k8s.workload',
    params: z.strictObject(workload),
    output: z.object({
      desired: z.int(),
      ready: z.int(),
      restarts: z.int(),
      image: z.string(),
      digest: z.string().optional(),
      not_ready: strings,
      waiting: strings,
      nodes: strings,
      new_nodes: strings,
      warnings: strings,
      pods: z.array(
        z.object({
          name: z.string(),
          ready: z.boolean(),
          restarts: z.int(),
          node: z.string(),
          reason: z.string().optional(),
          exit_code: z.int().optional(),
        }),
      ),
      alive_not_ready: z.int(),
      managed_by: z.string().optional(),
      unknowns: strings,
    }),
  }),
  signature({
    name: 'k8s.changes',
    params: z.strictObject({ hours: z.int().default(24) }),
    output: z.object({ count: z.int(), lines: strings, first: strings, unknowns: strings }),
  }),
  signature({
    name: 'k8s.logs',
    params: z.strictObject({
      workload: z.string().optional(),
      pod: z.string().optional(),
      lines: z.int().min(1).max(1000),
    }),
    output: z.object({ lines: z.int(), text: z.string(), pods: strings }),
    sensitive: ['text'],
  }),
  signature({
    name: 'k8s.last-termination',
    params: z.strictObject({
      service: z.string().optional(),
      workload: z.string().optional(),
      pod: z.string().optional(),
      log_lines: z.int().default(40),
    }),
    output: z.object({
      found: z.boolean(),
      pod: z.string(),
      container: z.string(),
      reason: z.string(),
      exit_code: z.int().optional(),
      at: z.string().optional(),
      image: z.string(),
      digest: z.string().optional(),
      first_error: z.string(),
      log: z.string(),
      signature: z.string().optional(),
      means: z.string().optional(),
      restarts: z.int(),
      affected: strings,
    }),
    sensitive: ['log'],
  }),
  signature({
    name: 'k8s.replicas',
    params: z.strictObject(workload),
    output: z.object({ desired: z.int(), ready: z.int(), managed_by: z.string().optional() }),
  }),
  signature({
    name: 'k8s.scale',
    changes: true,
    capturesBefore: true,
    params: z.strictObject({
      ...workload,
      replicas: z.int().min(0),
      expect: z.strictObject({ replicas: z.int() }),
    }),
    output: z.object({ replicas: z.int() }),
    planValues: z.object({ before: z.int(), after: z.int() }),
  }),
  signature({
    name: 'k8s.file-exists',
    params: z.strictObject({ pod: z.string(), container: z.string().optional(), path: z.string() }),
    output: z.object({ exists: z.boolean(), bytes: bytes().optional(), mode: z.string().optional() }),
  }),
  signature({
    name: 'k8s.delete-file',
    changes: true,
    params: z.strictObject({ pod: z.string(), container: z.string().optional(), path: z.string() }),
    output: z.object({ deleted: z.boolean() }),
    planValues: z.object({ path: z.string(), bytes: bytes() }),
  }),
  signature({
    name: 'patroni.cluster',
    params: z.strictObject({ service: z.string().optional(), statefulset: z.string().optional() }),
    output: z.object({
      reachable: z.int(),
      expected: z.int(),
      members: z.int(),
      leaders: z.int(),
      leader: z.string().optional(),
      not_running: strings,
      missing: strings,
      timelines: z.int(),
      max_lag_bytes: bytes(),
      paused: z.boolean(),
      statefulset: z.string(),
      unknowns: strings,
      words: strings,
    }),
  }),
  signature({
    name: 'patroni.members',
    params: z.strictObject({ service: z.string().optional(), statefulset: z.string().optional() }),
    output: z.object({
      members: z.array(
        z.object({
          name: z.string(),
          role: z.string(),
          state: z.string(),
          timeline: z.int().optional(),
          lag_bytes: bytes().optional(),
          wal_position: z.string().optional(),
          ready: z.boolean(),
        }),
      ),
    }),
  }),
  signature({
    name: 'patroni.wal-positions',
    params: z.strictObject({ service: z.string().optional(), statefulset: z.string().optional() }),
    output: z.object({
      answer: z.enum(['newest', 'equal', 'diverged', 'unknown']),
      newest: z.string().optional(),
      equal: strings,
      diverged_at: z.string().optional(),
      diverged: strings,
      unread: strings,
      summary: z.string(),
      members: z.array(
        z.object({
          name: z.string(),
          state: z.enum(['running', 'stopped', 'unread']),
          role: z.enum(['primary', 'standby', 'unknown']),
          timeline: z.int().optional(),
          wal_position: z.string().optional(),
          behind_bytes: bytes().optional(),
          system_identifier: z.string().optional(),
        }),
      ),
      only_here: z.array(z.object({ member: z.string(), commits: z.int() })),
      at_least: z.string().optional(),
      words: strings,
      unknowns: strings,
    }),
  }),
  signature({
    name: 'patroni.history',
    params: z.strictObject({ service: z.string().optional(), statefulset: z.string().optional() }),
    output: z.object({
      changes: z.int(),
      timeline: z.int(),
      last_change_at: z.string().optional(),
      last_leader: z.string().optional(),
      lines: strings,
      unknowns: strings,
    }),
  }),
  ...(['pause', 'resume'] as const).map((verb) =>
    signature({
      name: `patroni.${verb}`,
      changes: true,
      capturesBefore: true,
      params: z.strictObject({
        service: z.string().optional(),
        statefulset: z.string().optional(),
        paused: z.boolean().default(verb === 'pause'),
      }),
      output: z.object({ paused: z.boolean(), unaware: strings }),
      planValues: z.object({ before: z.boolean(), after: z.boolean() }),
    }),
  ),
  signature({
    name: 'patroni.switchover',
    changes: true,
    capturesBefore: true,
    params: z.strictObject({
      service: z.string().optional(),
      statefulset: z.string().optional(),
      candidate: z.string(),
      leader: z.string().optional(),
    }),
    output: z.object({
      leader: z.string(),
      timeline: z.int(),
      following: strings,
      not_following: strings,
    }),
    planValues: z.object({ leader: z.string(), candidate: z.string(), timeline: z.int() }),
  }),
  signature({
    name: 'patroni.restart',
    changes: true,
    params: z.strictObject({
      service: z.string().optional(),
      statefulset: z.string().optional(),
      member: z.string(),
      only_if_pending: z.boolean().default(false),
    }),
    output: z.object({ member: z.string(), started: z.string() }),
    planValues: z.object({ member: z.string(), role: z.enum(['leader', 'replica']), started: z.string() }),
  }),
  signature({
    name: 'patroni.reinitialize',
    changes: true,
    params: z.strictObject({
      service: z.string().optional(),
      statefulset: z.string().optional(),
      member: z.string(),
    }),
    output: z.object({ member: z.string(), leader: z.string(), timeline: z.int() }),
    planValues: z.object({
      member: z.string(),
      leader: z.string(),
      timeline: z.int(),
      data_directory: z.string(),
    }),
  }),
  signature({
    name: 'postgres.connections',
    params: z.strictObject({ service: z.string().optional(), sessions: strings.default([]) }),
    output: z.object({
      ...wayIn,
      ...fill,
      active: z.int(),
      idle: z.int(),
      idle_in_transaction: z.int(),
      waiting_on_lock: z.int(),
      longest_transaction_seconds: seconds(),
      still_there: z.int(),
    }),
  }),
  signature({
    name: 'postgres.connections-by-client',
    params: z.strictObject({ service: z.string().optional() }),
    output: z.object({
      ...wayIn,
      ...fill,
      groups: z.array(
        z.object({
          user: z.string(),
          application: z.string(),
          database: z.string(),
          address: z.string(),
          state: z.string(),
          kind: z.enum([
            'current deployment',
            'previous deployment',
            'no such pod',
            'outside the cluster',
            'in the database pod',
            'unknown',
          ]),
          owner: z.string(),
          count: z.int(),
          oldest_seconds: seconds(),
          longest_in_state_seconds: seconds(),
          longest_transaction_seconds: seconds(),
          waiting_on_lock: z.int(),
        }),
      ),
      lines: strings,
      clients: z.int(),
      orphans: z.int(),
      orphan_sessions: strings,
      maybe_orphans: z.int(),
      maybe_orphan_sessions: strings,
      top: z.string(),
      top_count: z.int(),
      top_share: z.int(),
      top_workload: z.string().optional(),
    }),
  }),
  signature({
    name: 'postgres.terminate',
    changes: true,
    params: z.strictObject({
      service: z.string().optional(),
      sessions: strings.min(1),
      busy: z.boolean().default(false),
    }),
    output: z.object({ ended: z.int(), left: z.int(), still_ending: z.int() }),
    planValues: z.object({ sessions: strings, count: z.int() }),
  }),
  signature({
    name: 'postgres.cancel-query',
    changes: true,
    params: z.strictObject({ service: z.string().optional(), query: z.string() }),
    output: z.object({ ended: z.boolean() }),
    planValues: z.object({ query: z.string() }),
  }),
  signature({
    name: 'postgres.size-vs-volume',
    params: z.strictObject({ pod: z.string(), database: z.string(), path: z.string().optional() }),
    output: z.object({
      database_bytes: bytes(),
      free_bytes: bytes(),
      total_bytes: bytes(),
      free_after_percent: z.int(),
      fits: z.boolean(),
    }),
  }),
  signature({
    name: 'postgres.dump',
    changes: true,
    params: z.strictObject({
      pod: z.string(),
      database: z.string(),
      folder: z.string().optional(),
      limit_minutes: z.int().default(120),
    }),
    output: z.object({ path: z.string(), bytes: bytes(), sha256: z.string(), seconds: seconds() }),
    planValues: z.object({ path: z.string(), pod: z.string(), container: z.string(), database: z.string() }),
  }),
  signature({
    name: 'postgres.read-back',
    params: z.strictObject({ pod: z.string(), path: z.string() }),
    output: z.object({ readable: z.boolean(), bytes: bytes(), sha256: z.string(), tables: z.int() }),
  }),
  signature({
    name: 'backup.latest',
    params: z.strictObject({ database: z.string() }),
    output: z.object({
      found: z.boolean(),
      path: z.string().optional(),
      at: z.string().optional(),
      age_seconds: seconds().optional(),
      verified: z.boolean(),
      searched: strings,
      unknowns: strings,
    }),
  }),
];

const byName = new Map(signatures.map((one) => [one.name, one]));

export const register: Register = Object.assign((name: string) => byName.get(name), {
  names: [...byName.keys()],
});
