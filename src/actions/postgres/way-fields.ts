/** The output fields that say how Handrail got in, shared by every action that looks into a server. */
import { z } from 'zod';
import { notIn, type WayIn } from './way-in.ts';

export const WAY_FIELDS = {
  /** False: nobody got in, and every number of the answer is nothing but a placeholder. */
  connected: z.boolean(),
  /** Why nobody got in, each way with its reason; empty when connected. */
  error: z.string(),
  /** Somebody was refused because no connection was left (SQLSTATE 53300). */
  exhausted: z.boolean(),
  /** kept session, service, pod address, port-forward, psql in the pod; none. */
  way: z.string(),
  /** The role that is logged in. */
  role: z.string(),
  /** The pod that PostgreSQL runs in; empty when it is outside the cluster, or the cluster could not be asked. */
  pod: z.string(),
  /** Ways that were tried before, each with its reason. */
  tried: z.array(z.string()),
  in_recovery: z.boolean(),
  /** False: the role is no member of pg_monitor, so PostgreSQL hides what others do, without a word. */
  sees_all: z.boolean(),
  unknowns: z.array(z.string()),
};

export interface WayOutput {
  connected: boolean;
  error: string;
  exhausted: boolean;
  way: string;
  role: string;
  pod: string;
  tried: string[];
  in_recovery: boolean;
  sees_all: boolean;
  unknowns: string[];
}

export function wayFields(got: WayIn): WayOutput {
  const { session, identity } = got;
  const connected = session !== undefined && identity !== undefined;
  const unknowns = [...got.unknowns];
  if (connected && !identity.sees_all) unknowns.push(cannotSee(identity.role));
  return {
    connected,
    error: connected ? '' : notIn(got),
    exhausted: got.tried.some(({ problem }) => problem === 'no slot'),
    way: session?.way ?? 'none',
    role: identity?.role ?? '',
    pod: got.found?.pod?.name ?? '',
    tried: got.tried.map(({ words }) => words),
    in_recovery: identity?.in_recovery ?? false,
    sees_all: identity?.sees_all ?? false,
    unknowns,
  };
}

/** PostgreSQL answers such a role with nothing where others would be: that must not read as "there are none". */
export function cannotSee(role: string): string {
  return `what other roles' sessions do: ${role} is not a member of pg_monitor (GRANT pg_monitor TO ${role})`;
}
