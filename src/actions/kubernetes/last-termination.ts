/** `k8s.last-termination`: how a container last ended, what its log said then, and what that usually means. */
import type { V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Call, Foreseen, Needed } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { reading } from '../define.ts';
import { anyOf, firstGiven, namedBy, together } from '../foreseen.ts';
import { shortWords } from '../redact/short-words.ts';
import { behind } from './behind-service.ts';
import { kubectl, word } from './by-hand.ts';
import type { Cluster } from './client.ts';
import { connect } from './client.ts';
import type { BadEnd } from './last-end.ts';
import { badEnds } from './last-end.ts';
import { podLog } from './pod-log.ts';
import { noteSecretsOf } from './pod-secrets.ts';
import {
  GET_DEPLOYMENT,
  GET_ENDPOINTS,
  GET_LOGS,
  GET_POD,
  GET_SECRETS,
  GET_STATEFULSET,
  LIST_DEPLOYMENTS,
  LIST_PODS,
  LIST_SERVICES,
  LIST_STATEFULSETS,
  of,
} from './rights.ts';
import { firstError, recognise } from './signatures.ts';
import { asked } from './status-error.ts';
import { surroundingsOf } from './surroundings.ts';
import { findWorkload, readWorkload } from './workload-object.ts';
import { nameOf, podsOf } from './workload-pods.ts';

const params = z.object({
  service: z.string().min(1).optional(),
  workload: z.string().min(1).optional(),
  statefulset: z.string().min(1).optional(),
  pod: z.string().min(1).optional(),
  log_lines: z.int().min(1).max(500).default(40),
});
type Params = z.output<typeof params>;

/** The first that is given decides which pods are looked at (podsMeant). */
const byStatefulSet = (call: Foreseen): Needed => firstGiven(call, ['pod', 'statefulset']);
const byWorkload = (call: Foreseen): Needed => firstGiven(call, ['pod', 'statefulset', 'workload']);
const byService = (call: Foreseen): Needed => firstGiven(call, ['pod', 'statefulset', 'workload', 'service']);
const ofOthers = (call: Foreseen): Needed =>
  anyOf(together(byStatefulSet(call), byWorkload(call), byService(call)));

export const lastTermination = reading({
  name: 'k8s.last-termination',
  version: 1,
  params,
  output: z.object({
    found: z.boolean(),
    pod: z.string(),
    container: z.string(),
    reason: z.string(),
    exit_code: z.int().optional(),
    /** ISO 8601, UTC. */
    at: z.string().optional(),
    image: z.string(),
    digest: z.string().optional(),
    first_error: z.string(),
    log: z.string(),
    /** Id of the known signature, and what it means. */
    signature: z.string().optional(),
    means: z.string().optional(),
    restarts: z.int(),
    /** Every pod that ended badly or waits. */
    affected: z.array(z.string()),
  }),
  sensitive: ['log'],
  rights: {
    kubernetes: [
      of(GET_DEPLOYMENT, byWorkload),
      of(GET_STATEFULSET, (call) => together(byStatefulSet(call), byWorkload(call))),
      of(LIST_DEPLOYMENTS, (call) => anyOf(byService(call))),
      of(LIST_STATEFULSETS, (call) => anyOf(byService(call))),
      of(LIST_SERVICES, (call) => anyOf(byService(call))),
      of(GET_ENDPOINTS, byService),
      GET_POD,
      of(LIST_PODS, ofOthers),
      of(GET_LOGS, (call) => together(namedBy(call, 'pod'), ofOthers(call))),
      GET_SECRETS,
    ],
    postgres: [],
  },
  byHand: (p, namespace) => {
    const pod = word(p.pod, '<pod>');
    const lines = [
      kubectl(namespace, `describe pod ${pod}`),
      kubectl(namespace, `logs ${pod} --previous --tail=${word(p.log_lines, '40')}`),
    ];
    if (p.pod) return lines;
    const set = p.statefulset ?? p.workload;
    if (set) return [kubectl(namespace, `get pods -o wide # those of ${word(set, '')}`), ...lines];
    return [
      kubectl(namespace, `describe service ${word(p.service, '<service>')}`),
      kubectl(namespace, 'get pods -o wide'),
      ...lines,
    ];
  },

  async run(call) {
    const cluster = await connect(call);
    const pods = await podsMeant(cluster, call);
    const ends = badEnds(pods);
    const worst = ends[0];
    if (!worst) {
      return {
        found: false,
        pod: '',
        container: '',
        reason: '',
        image: '',
        first_error: '',
        log: '',
        restarts: 0,
        affected: [],
      };
    }
    await noteSecretsOf(
      cluster,
      call,
      pods.filter((pod) => nameOf(pod) === worst.pod),
    );
    const lines = await logOf(cluster, call, worst);
    for (const message of worst.messages) call.seen?.raw(message);
    const spoken = [...lines, ...worst.messages.flatMap((message) => message.split('\n'))];
    const known = recognise(spoken, worst.reasons);
    const error = known?.line ?? firstError(lines) ?? worst.messages.at(-1) ?? lines.at(-1) ?? '';
    return {
      found: true,
      pod: worst.pod,
      container: worst.container,
      reason: worst.reason,
      ...(worst.exitCode === undefined ? {} : { exit_code: worst.exitCode }),
      ...(worst.at ? { at: worst.at.toISOString() } : {}),
      image: worst.image,
      ...(worst.digest ? { digest: worst.digest } : {}),
      first_error: shortWords(error, 300, { secrets: call.seen?.secrets ?? [] }),
      log: lines.join('\n'),
      ...(known ? { signature: known.id, means: known.means } : {}),
      restarts: worst.restarts,
      affected: [...new Set(ends.map((end) => end.pod))].sort(),
    };
  },
});

/**
 * For a Service all members of the StatefulSet behind it: one that selects the leader shows only the leader, or
 * nothing, while another member crashes.
 */
async function podsMeant(cluster: Cluster, call: Call<Params>): Promise<readonly V1Pod[]> {
  const { service: name, workload, statefulset, pod } = call.params;
  const { namespace } = call;
  if (pod) {
    return [
      await asked(
        `reading pod ${pod} in ${namespace}`,
        cluster.core.readNamespacedPod({ name: pod, namespace }),
      ),
    ];
  }
  if (statefulset)
    return await podsOf(cluster, await readWorkload(cluster, namespace, statefulset, 'statefulset'));
  if (workload) return await podsOf(cluster, await findWorkload(cluster, namespace, workload));
  if (!name) throw new ActionFailed('Name a pod, a workload, a StatefulSet or a Service to look at.');
  const around = await surroundingsOf(cluster, namespace);
  const service = around.services.find((s) => s.metadata?.name === name);
  if (!service) {
    throw new ActionFailed(
      `There is no Service ${name} in ${namespace}. "kubectl -n ${namespace} get services" lists them.`,
    );
  }
  const found = await behind(cluster, service, around);
  const set = around.workloads.find((w) => w.kind === 'StatefulSet' && w.name === found.statefulset);
  if (set) return await podsOf(cluster, set);
  return around.pods.filter((one) => found.pods.includes(one.metadata?.name ?? ''));
}

async function logOf(cluster: Cluster, call: Call<Params>, end: BadEnd): Promise<string[]> {
  if (end.log === 'none') return [];
  const request = {
    namespace: call.namespace,
    pod: end.pod,
    container: end.container,
    lines: call.params.log_lines,
    seen: call.seen,
  };
  const before = end.log === 'previous' ? await podLog(cluster, { ...request, previous: true }) : undefined;
  // The log before the restart may have been rotated away; the one after it often says the same again.
  return before ?? (await podLog(cluster, request)) ?? [];
}
