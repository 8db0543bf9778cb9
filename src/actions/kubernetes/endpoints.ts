/** `k8s.endpoints`: which addresses stand behind a Service, which pods they are, and why there are none. */
import type { V1Endpoints, V1Pod, V1Service } from '@kubernetes/client-node';
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { GET_NAMED_ENDPOINTS, GET_NAMED_SERVICE, LIST_PODS, LIST_ROUTES } from './rights.ts';
import { routesTo } from './routes.ts';
import { labelsText, matches, withoutRole } from './selector.ts';
import { asked, askedIfThere } from './status-error.ts';
import { byName, isOver, isReady, nameOf } from './workload-pods.ts';

export const endpoints = reading({
  name: 'k8s.endpoints',
  version: 1,
  params: z.object({
    service: z.string().min(1),
    /** Also which OpenShift Routes lead to it; other clusters have none. */
    routes: z.boolean().default(false),
  }),
  output: z.object({
    addresses: z.array(z.object({ address: z.string(), pod: z.string().optional(), ready: z.boolean() })),
    ready: z.int(),
    not_ready: z.int(),
    /** What the Service selects by; empty when somebody else keeps its addresses. */
    selector: z.string(),
    /** Pods with these labels. */
    matching: z.array(z.string()),
    /** It selects by labels that no pod has. */
    none_matched: z.boolean(),
    /** What it is, in a sentence. */
    says: z.string(),
    /** Routes that lead to it, when they were asked for. */
    routes: z.array(
      z.object({
        name: z.string(),
        host: z.string(),
        path: z.string(),
        /** `edge`, `reencrypt`, `passthrough`, or empty where it is not encrypted. */
        tls: z.string(),
        /** Some router serves it. */
        admitted: z.boolean(),
      }),
    ),
    unknowns: z.array(z.string()),
  }),
  rights: { kubernetes: [GET_NAMED_SERVICE, GET_NAMED_ENDPOINTS, LIST_PODS, LIST_ROUTES], postgres: [] },
  byHand: (params, namespace) => {
    const name = word(params.service, '<service>');
    return [
      kubectl(namespace, `get service ${name} -o wide`),
      kubectl(namespace, `get endpoints ${name}`),
      kubectl(namespace, 'get pods -o wide --show-labels'),
      ...(params.routes ? [kubectl(namespace, 'get routes')] : []),
    ];
  },
  async run(call) {
    const cluster = await connect(call);
    const { namespace } = call;
    const name = call.params.service;
    const unknowns: string[] = [];
    const [service, kept, pods, routes] = await Promise.all([
      asked(
        `reading service ${name} in ${namespace}`,
        cluster.core.readNamespacedService({ name, namespace }),
      ),
      askedIfThere(
        `reading endpoints ${name} in ${namespace}`,
        cluster.core.readNamespacedEndpoints({ name, namespace }),
      ),
      asked(`listing pods in ${namespace}`, cluster.core.listNamespacedPod({ namespace })),
      call.params.routes ? routesTo(cluster, namespace, name, unknowns) : [],
    ]);
    const found = standing(service, kept, pods.items.filter((pod) => !isOver(pod)).sort(byName));
    return { ...found, routes, unknowns };
  },
});

function standing(service: V1Service, kept: V1Endpoints | undefined, pods: readonly V1Pod[]) {
  const selector = service.spec?.selector ?? {};
  const matching = pods.filter((pod) => matches(selector, pod.metadata?.labels));
  const addresses = (kept?.subsets ?? []).flatMap((subset) => [
    ...(subset.addresses ?? []).map((one) => addressOf(one, true, pods)),
    ...(subset.notReadyAddresses ?? []).map((one) => addressOf(one, false, pods)),
  ]);
  const unique = [...new Map(addresses.map((one) => [`${one.address} ${one.ready}`, one])).values()];
  const ready = unique.filter((one) => one.ready).length;
  const selects = Object.keys(selector).length > 0;
  const found = {
    addresses: unique,
    ready,
    not_ready: unique.length - ready,
    selector: labelsText(selector),
    matching: matching.map(nameOf),
    none_matched: selects && matching.length === 0,
  };
  return { ...found, says: inSentence(service, found, pods, matching) };
}

function addressOf(
  one: { ip: string; targetRef?: { kind?: string; name?: string } },
  ready: boolean,
  pods: readonly V1Pod[],
) {
  const named = one.targetRef?.kind === 'Pod' ? one.targetRef.name : undefined;
  const pod = named ?? pods.find((each) => each.status?.podIP === one.ip)?.metadata?.name;
  return { address: one.ip, ...(pod ? { pod } : {}), ready };
}

function inSentence(
  service: V1Service,
  found: { ready: number; not_ready: number; selector: string; none_matched: boolean },
  pods: readonly V1Pod[],
  matching: readonly V1Pod[],
): string {
  const name = service.metadata?.name ?? '';
  if (service.spec?.type === 'ExternalName')
    return `Service ${name} is only another name for ${service.spec.externalName}: it has no addresses here.`;
  if (found.none_matched) {
    const wanted = withoutRole(service.spec?.selector ?? {});
    const kin = pods.filter((pod) => matches(wanted, pod.metadata?.labels)).length;
    const near =
      kin > 0 && labelsText(wanted) !== found.selector ? ` ${kin} pods match all but the role.` : '';
    return `Service ${name} selects ${found.selector}, and no pod has these labels.${near}`;
  }
  if (found.selector === '') {
    return found.ready + found.not_ready === 0
      ? `Service ${name} has no selector, and whoever keeps its addresses has written none.`
      : `Service ${name} has no selector: its ${found.ready + found.not_ready} addresses are written by somebody else.`;
  }
  if (found.ready > 0)
    return `${found.ready} of ${found.ready + found.not_ready} addresses of Service ${name} are ready.`;
  const reason = matching.some(isReady)
    ? 'the cluster has not written them yet'
    : `none of its ${matching.length} pods is ready`;
  return `Service ${name} has no ready address: ${reason}.`;
}
