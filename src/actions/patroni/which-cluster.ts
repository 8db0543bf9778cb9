/** How a step names a Patroni cluster, and the rights that looking at one needs. */
import { z } from 'zod';
import type { Rights } from '../action.ts';
import { LIST_PODS, right } from '../kubernetes/rights.ts';

/** Either of them; with none, the only Patroni cluster that handrail.yaml names for the namespace. */
export const whichCluster = z.object({
  service: z.string().optional(),
  statefulset: z.string().optional(),
});

export const FIND_AND_ASK: Rights = {
  kubernetes: [
    right('', 'services', ['get']),
    right('', 'endpoints', ['get'], { optional: true }),
    right('apps', 'statefulsets', ['get', 'list']),
    LIST_PODS,
    // Only where pods cannot be reached directly. Both verbs, as with exec: a WebSocket counts as `get` on older servers.
    right('', 'pods/portforward', ['create', 'get'], { optional: true }),
  ],
  postgres: [],
};
