/** How a step names a Patroni cluster, and the rights that looking at one needs. */
import { z } from 'zod';
import type { Database } from '../../catalog/catalog.ts';
import type { Foreseen, Needed, Rights } from '../action.ts';
import { anyOf, firstGiven, namedBy, together } from '../foreseen.ts';
import {
  GET_ENDPOINTS,
  GET_STATEFULSET,
  LIST_PODS,
  LIST_STATEFULSETS,
  of,
  right,
} from '../kubernetes/rights.ts';

/** Either of them; with none, the only Patroni cluster that handrail.yaml names for the namespace. */
export const whichCluster = z.object({
  service: z.string().optional(),
  statefulset: z.string().optional(),
});

/** The only Patroni cluster among these databases, by the name that it is looked at by; undefined when there are more. */
export function onlyCluster(
  databases: readonly Database[],
): { statefulset: string; service?: undefined } | { statefulset?: undefined; service: string } | undefined {
  const known = databases.filter((database) => database.kind === 'patroni');
  const names = new Set(known.map((database) => database.statefulset ?? database.service));
  const only = known[0];
  if (!only || names.size !== 1) return undefined;
  if (only.statefulset) return { statefulset: only.statefulset };
  return only.service ? { service: only.service } : undefined;
}

/** A StatefulSet that is named goes before a Service, and both before the only cluster of the catalogue. */
function clusterOf(call: Foreseen): { statefulset: Needed; service: Needed } {
  const named = Object.values(call.args).some((known) => typeof known === 'object');
  const only = named ? undefined : onlyCluster(call.databases);
  return {
    statefulset: together(namedBy(call, 'statefulset'), only?.statefulset ? [only.statefulset] : 'none'),
    service: together(firstGiven(call, ['statefulset', 'service']), only?.service ? [only.service] : 'none'),
  };
}

const byStatefulSet = (call: Foreseen): Needed => clusterOf(call).statefulset;
const byService = (call: Foreseen): Needed => clusterOf(call).service;
const either = (call: Foreseen): Needed => anyOf(together(byStatefulSet(call), byService(call)));

export const FIND_AND_ASK: Rights = {
  kubernetes: [
    of(right('', 'services', ['get']), byService),
    { ...of(GET_ENDPOINTS, byService), optional: true },
    of(GET_STATEFULSET, byStatefulSet),
    of(LIST_STATEFULSETS, (call) => anyOf(byService(call))),
    of(LIST_PODS, either),
    // Only where pods cannot be reached directly. Both verbs, as with exec: a WebSocket counts as `get` on older servers.
    of(right('', 'pods/portforward', ['create', 'get'], { optional: true }), either),
  ],
  postgres: [],
};
