/** How a step names a PostgreSQL server, and the rights that reaching one needs. */
import { z } from 'zod';
import type { Database } from '../../catalog/catalog.ts';
import type { Call, Foreseen, KubernetesRight, Needed, SqlRight } from '../action.ts';
import { EXEC, GET_ENDPOINTS, LIST_PODS, of, right } from '../kubernetes/rights.ts';
import { untouched } from './in-pod.ts';

/**
 * The name of its Service, of its StatefulSet, or the one handrail.yaml gives it; with none, the only database that
 * handrail.yaml names for the namespace.
 */
export const whichServer = z.object({
  service: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'the name of a Service or StatefulSet')
    .optional(),
});

export interface NamedServer {
  /** As people call it. */
  readonly name: string;
  readonly service?: string;
  readonly statefulset?: string;
  /** What handrail.yaml says of it. */
  readonly entry?: Database;
}

/** Throws ActionFailed when nothing is named and handrail.yaml names none or several. */
export function namedServer(
  call: Pick<Call<{ service?: string | undefined }>, 'params' | 'reach' | 'namespace'>,
): NamedServer {
  const { service: name } = call.params;
  const known = call.reach.catalog.systems
    .filter((system) => system.namespace === call.namespace)
    .flatMap((system) => system.databases);
  const named = serverOf(known, name);
  if (named) return named;
  const names = known.map((one) => one.name);
  throw untouched(
    `Which database of ${call.namespace}? Name its Service.${names.length > 1 ? ` handrail.yaml knows ${names.join(', ')}.` : ''}`,
  );
}

function serverOf(known: readonly Database[], name: string | undefined): NamedServer | undefined {
  const names = (one: Database) => [one.name, one.service, one.statefulset];
  const entry = name === undefined ? onlyOne(known) : known.find((one) => names(one).includes(name));
  if (entry) {
    const { service, statefulset } = entry;
    return {
      name: name ?? service ?? statefulset ?? entry.name,
      entry,
      ...(service === undefined ? {} : { service }),
      ...(statefulset === undefined ? {} : { statefulset }),
    };
  }
  return name === undefined ? undefined : { name, service: name, statefulset: name };
}

function onlyOne(known: readonly Database[]): Database | undefined {
  return known.length === 1 ? known[0] : undefined;
}

/** The Services that a call may ask for. */
function serviceOf(call: Foreseen): Needed {
  const known = call.args['service'];
  if (known === 'seen later') return 'any';
  const named = serverOf(call.databases, known?.is);
  return named?.service === undefined ? 'none' : [named.service];
}

const someServer = (call: Foreseen): Needed => {
  const known = call.args['service'];
  return known === 'seen later' || serverOf(call.databases, known?.is) ? 'any' : 'none';
};

/** A password is only configured where Handrail logs in over the network. */
const overNetwork = (call: Foreseen): Needed => {
  const known = call.args['service'];
  if (known === 'seen later')
    return call.databases.some((one) => one.user && one.passwordFrom) ? 'any' : 'none';
  const entry = serverOf(call.databases, known?.is)?.entry;
  return entry?.user && entry.passwordFrom ? 'any' : 'none';
};

/** To find the server's pod and to get in; each way is left out where its right is missing. */
export const REACH_SERVER: readonly KubernetesRight[] = [
  of(right('', 'services', ['get']), serviceOf),
  of(GET_ENDPOINTS, serviceOf),
  of(LIST_PODS, someServer),
  of(right('', 'pods/portforward', ['create', 'get'], { optional: true }), overNetwork),
  of({ ...EXEC, optional: true }, someServer),
];

export const TO_ASK: readonly SqlRight[] = [{ grant: 'CONNECT', why: 'to log in' }];

export const TO_SEE: readonly SqlRight[] = [
  ...TO_ASK,
  { grant: 'pg_monitor', why: 'to see what the sessions of others do' },
];

/** Ends and cancels the sessions of other roles, those of superusers apart. */
export const TO_END: readonly SqlRight[] = [
  ...TO_SEE,
  { grant: 'pg_signal_backend', why: 'to end what other roles run' },
];
