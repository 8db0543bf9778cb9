/** `k8s.events`: what the cluster complains about in a namespace, or about one workload: once for each reason, newest first. */
import type { CoreV1Event } from '@kubernetes/client-node';
import { z } from 'zod';
import { reading } from '../define.ts';
import { anyOf, namedBy } from '../foreseen.ts';
import { shortWords } from '../redact/short-words.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { timeIn } from './clock.ts';
import { countOf, isAbout, newestFirst, objectOf, timeOf, warningsIn } from './events.ts';
import { GET_WORKLOAD, LIST_PODS, of, right } from './rights.ts';
import { asked } from './status-error.ts';
import { readWorkload, workloadKind } from './workload-object.ts';
import { podsOf } from './workload-pods.ts';

const MINUTE_MS = 60_000;
/** Of one reason; `more` says that there are others. */
const MOST_OBJECTS = 5;

const folded = z.object({
  /** Such as FailedScheduling, BackOff, Unhealthy. */
  reason: z.string(),
  /** How often, over all objects. */
  count: z.int(),
  /** ISO 8601, UTC. */
  newest: z.string(),
  /** "pod web-1", those of the newest events first. */
  objects: z.array(z.string()),
  /** How many objects are not named. */
  more: z.int(),
  /** What the newest one says, redacted. */
  says: z.string(),
});

export const events = reading({
  name: 'k8s.events',
  version: 1,
  params: z.object({
    /** Absent: of the whole namespace. */
    workload: z.string().min(1).optional(),
    kind: workloadKind.default('deployment'),
    /** A cluster keeps events for an hour unless somebody changed that. */
    minutes: z.int().min(1).max(1440).default(60),
  }),
  output: z.object({
    /** One entry for each reason, newest first. */
    events: z.array(folded),
    /** All of them together. */
    count: z.int(),
    reasons: z.array(z.string()),
    /** In one line. */
    says: z.string(),
  }),
  rights: {
    kubernetes: [
      right('', 'events', ['list']),
      ...GET_WORKLOAD,
      of(LIST_PODS, (call) => anyOf(namedBy(call, 'workload'))),
    ],
    postgres: [],
  },
  byHand: (params, namespace) => [
    kubectl(namespace, 'get events --field-selector type=Warning --sort-by .lastTimestamp'),
    ...(params.workload
      ? [
          kubectl(
            namespace,
            `describe ${word(params.kind, 'deployment')} ${word(params.workload, '<workload>')}`,
          ),
        ]
      : []),
  ],

  async run(call) {
    const cluster = await connect(call);
    const { namespace } = call;
    const { workload, kind, minutes } = call.params;
    const [list, about] = await Promise.all([
      asked(`listing events in ${namespace}`, warningsIn(cluster, namespace)),
      workload === undefined
        ? undefined
        : readWorkload(cluster, namespace, workload, kind).then(async (object) => ({
            object,
            pods: await podsOf(cluster, object),
          })),
    ]);
    const recent = newestFirst(list.items, new Date(timeIn(cluster, call).getTime() - minutes * MINUTE_MS));
    const mine = about
      ? recent.filter(({ involvedObject }) => isAbout(involvedObject, about.object, about.pods))
      : recent;
    const found = fold(mine);
    const count = found.reduce((sum, one) => sum + one.count, 0);
    return {
      events: found,
      count,
      reasons: found.map(({ reason }) => reason),
      says:
        found.length === 0
          ? `No warnings in the last ${minutes} min.`
          : found.map((one) => `${one.reason} (${one.count} x)`).join(', '),
    };
  },
});

/** Newest first in, newest first out. */
function fold(list: readonly CoreV1Event[]): z.output<typeof folded>[] {
  return [...Map.groupBy(list, ({ reason }) => reason ?? 'Warning')].map(([reason, same]) => {
    const objects = [...new Set(same.map(objectOf))];
    const [newest] = same;
    return {
      reason,
      count: same.reduce((sum, one) => sum + countOf(one), 0),
      newest: newest ? timeOf(newest).toISOString() : '',
      objects: objects.slice(0, MOST_OBJECTS),
      more: Math.max(0, objects.length - MOST_OBJECTS),
      says: shortWords(newest?.message ?? '', 300),
    };
  });
}
