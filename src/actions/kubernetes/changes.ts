/** `k8s.changes`: what changed in a namespace lately; the first question of every call. Secrets are not looked at. */
import type { V1ObjectMeta } from '@kubernetes/client-node';
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl } from './by-hand.ts';
import { connect } from './client.ts';
import { noteClocks, timeIn } from './clock.ts';
import { contactFor } from './contact.ts';
import { editsOf } from './edits.ts';
import { eventLine, timeOf } from './events.ts';
import { podMoves } from './pod-moves.ts';
import {
  LIST_DEPLOYMENTS,
  LIST_EVENTS,
  LIST_NODES,
  LIST_PODS,
  LIST_SERVICES,
  LIST_STATEFULSETS,
  right,
} from './rights.ts';
import type { Change } from './rollouts.ts';
import { deploymentRollouts, statefulSetRollouts } from './rollouts.ts';
import { asked, askedOptionally } from './status-error.ts';

const HOUR_MS = 3_600_000;
const MOST_LINES = 200;
/** As many as a person reads in a message. */
const MOST_FIRST = 3;

/** Sources of changes, the most telling first: what was there before and is another thing now comes before what is new. */
const TELLING = ['replaced', 'moved', 'edited', 'made', 'started', 'warned'] as const;
type Found = Change & { readonly how: (typeof TELLING)[number] };

export const changes = reading({
  name: 'k8s.changes',
  version: 1,
  params: z.object({ hours: z.int().min(1).max(168).default(24) }),
  output: z.object({
    count: z.int(),
    /** "2024-01-10 17:34Z — what", newest first. */
    lines: z.array(z.string()),
    /** Of those the few to read first, without their times: images replaced, pods that moved, nodes that joined, edits. */
    first: z.array(z.string()),
    unknowns: z.array(z.string()),
  }),
  rights: {
    kubernetes: [
      LIST_DEPLOYMENTS,
      LIST_STATEFULSETS,
      right('apps', 'replicasets', ['list']),
      right('apps', 'controllerrevisions', ['list'], { optional: true }),
      LIST_PODS,
      LIST_SERVICES,
      right('', 'configmaps', ['list'], { optional: true }),
      right('', 'resourcequotas', ['list'], { optional: true }),
      right('', 'persistentvolumeclaims', ['list'], { optional: true }),
      LIST_EVENTS,
      LIST_NODES,
    ],
    postgres: [],
  },
  byHand: (_params, namespace) => [
    kubectl(namespace, 'get replicasets,controllerrevisions --sort-by .metadata.creationTimestamp -o wide'),
    kubectl(namespace, 'get pods --sort-by .metadata.creationTimestamp -o wide'),
    kubectl(namespace, 'get deployments,statefulsets,services,configmaps -o yaml --show-managed-fields'),
    kubectl(namespace, 'get events --sort-by .lastTimestamp'),
    'kubectl get nodes --sort-by .metadata.creationTimestamp',
  ],

  async run(call) {
    const { namespace } = call;
    const cluster = await connect(call);
    const unknowns: string[] = [];
    const { core, apps } = cluster;
    const must = <T>(what: string, request: Promise<T>): Promise<T> =>
      asked(`listing ${what} in ${namespace}`, request);
    const may = <T>(what: string, request: Promise<T>, ask?: string): Promise<T | undefined> =>
      askedOptionally(what, request, unknowns, ask);
    const [
      deployments,
      sets,
      replicaSets,
      revisions,
      pods,
      services,
      configMaps,
      quotas,
      claims,
      events,
      nodes,
    ] = await Promise.all([
      must('deployments', apps.listNamespacedDeployment({ namespace })),
      must('statefulsets', apps.listNamespacedStatefulSet({ namespace })),
      must('replicasets', apps.listNamespacedReplicaSet({ namespace })),
      may('controllerrevisions', apps.listNamespacedControllerRevision({ namespace })),
      must('pods', core.listNamespacedPod({ namespace })),
      must('services', core.listNamespacedService({ namespace })),
      may('configmaps', core.listNamespacedConfigMap({ namespace })),
      may('resourcequotas', core.listNamespacedResourceQuota({ namespace })),
      may('persistentvolumeclaims', core.listNamespacedPersistentVolumeClaim({ namespace })),
      may('events', core.listNamespacedEvent({ namespace })),
      may('nodes', core.listNode({}), contactFor(call)),
    ]);
    const since = new Date(timeIn(cluster, call).getTime() - call.params.hours * HOUR_MS);
    noteClocks(cluster, unknowns);
    const found: Found[] = [
      ...deploymentRollouts(replicaSets.items, since).map(rollout),
      ...statefulSetRollouts(revisions?.items ?? [], since).map(rollout),
      ...podMoves(pods.items, events?.items ?? [], since).map(move),
      ...(nodes?.items ?? []).flatMap((node) => joined(node, since)),
      // That these two were made is known from their first rollout.
      ...edited('Deployment', deployments.items, since).filter(({ how }) => how !== 'made'),
      ...edited('StatefulSet', sets.items, since).filter(({ how }) => how !== 'made'),
      ...edited('Service', services.items, since),
      ...edited('ConfigMap', configMaps?.items ?? [], since),
      ...edited('ResourceQuota', quotas?.items ?? [], since),
      ...edited('PersistentVolumeClaim', claims?.items ?? [], since),
      ...(events?.items ?? [])
        .filter((event) => event.type === 'Warning' && timeOf(event) >= since)
        .map((event) => ({ at: timeOf(event), what: eventLine(event), how: 'warned' as const })),
    ];
    const lines = found
      .sort((a, b) => b.at.getTime() - a.at.getTime())
      .map((change) => `${minute(change.at)} — ${change.what}`);
    if (lines.length > MOST_LINES) unknowns.push(`${lines.length - MOST_LINES} older changes are left out`);
    return { count: lines.length, lines: lines.slice(0, MOST_LINES), first: mostTelling(found), unknowns };
  },
});

/** Of equal ones the newest. `found` is in that order. */
function mostTelling(found: readonly Found[]): string[] {
  return found
    .toSorted((a, b) => TELLING.indexOf(a.how) - TELLING.indexOf(b.how))
    .slice(0, MOST_FIRST)
    .map(({ what }) => what);
}

function rollout(change: Change): Found {
  return { ...change, how: / made with image /.test(change.what) ? 'made' : 'replaced' };
}

function move(change: Change): Found {
  return { ...change, how: / moved from /.test(change.what) ? 'moved' : 'started' };
}

function joined(
  node: { metadata?: V1ObjectMeta; status?: { nodeInfo?: { kubeletVersion?: string } } },
  since: Date,
): Found[] {
  const at = new Date(node.metadata?.creationTimestamp ?? 0);
  if (at < since) return [];
  const version = node.status?.nodeInfo?.kubeletVersion;
  return [{ at, what: `node ${node.metadata?.name} joined${version ? ` (${version})` : ''}`, how: 'moved' }];
}

function edited(kind: string, items: readonly { metadata?: V1ObjectMeta }[], since: Date): Found[] {
  return items.flatMap((item) =>
    editsOf(item.metadata, since).map(({ at, manager, created, fields }) => {
      const verb = created ? 'made' : 'edited';
      const what = fields.length > 0 && !created ? ` (it has set ${fields.join(', ')})` : '';
      return {
        at,
        what: `${kind} ${item.metadata?.name} ${verb} with ${manager}${what}`,
        how: created ? 'made' : 'edited',
      };
    }),
  );
}

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
