/** The rights in the cluster that several actions share, each as one RBAC rule. */
import type { Foreseen, KubernetesRight, Needed } from '../action.ts';
import { namedBy } from '../foreseen.ts';

const right = (
  group: string,
  resource: string,
  verbs: readonly string[],
  rest: Partial<KubernetesRight> = {},
): KubernetesRight => ({ group, resource, verbs, ...rest });

/** The same right, of the objects that this tells. */
const of = (one: KubernetesRight, needed: (call: Foreseen) => Needed): KubernetesRight => ({
  ...one,
  needed,
});

const named = (param: string) => (call: Foreseen) => namedBy(call, param);

/** For actions whose parameters `workload` and `kind` name one object. */
const workloadOfKind = (kind: string) => (call: Foreseen) => {
  const known = call.args['kind'];
  return typeof known === 'object' && known.is !== kind ? 'none' : namedBy(call, 'workload');
};

export const GET_DEPLOYMENT = right('apps', 'deployments', ['get']);
export const GET_STATEFULSET = right('apps', 'statefulsets', ['get']);
export const LIST_DEPLOYMENTS = right('apps', 'deployments', ['list']);
export const LIST_STATEFULSETS = right('apps', 'statefulsets', ['list']);

/** One workload, of the kind that the call names. */
export const GET_WORKLOAD = [
  of(GET_DEPLOYMENT, workloadOfKind('deployment')),
  of(GET_STATEFULSET, workloadOfKind('statefulset')),
] as const;
export const PATCH_WORKLOAD = [
  right('apps', 'deployments', ['get', 'patch'], { needed: workloadOfKind('deployment') }),
  right('apps', 'statefulsets', ['get', 'patch'], { needed: workloadOfKind('statefulset') }),
] as const;
export const LIST_AUTOSCALERS = right('autoscaling', 'horizontalpodautoscalers', ['list'], {
  optional: true,
});
/** The pod that the parameter `pod` names. */
export const GET_POD = right('', 'pods', ['get'], { needed: named('pod') });
export const LIST_PODS = right('', 'pods', ['list']);
/** Without it what is in a Secret is not known, nor taken out of a log by its value. */
export const GET_SECRETS = right('', 'secrets', ['get'], { optional: true });
export const GET_LOGS = right('', 'pods/log', ['get']);
export const LIST_SERVICES = right('', 'services', ['list']);
export const GET_ENDPOINTS = right('', 'endpoints', ['get']);
export const LIST_EVENTS = right('', 'events', ['list'], { optional: true });
export const GET_NODES = right('', 'nodes', ['get'], { scope: 'cluster', optional: true });
export const LIST_NODES = right('', 'nodes', ['list'], { scope: 'cluster', optional: true });
/**
 * Both verbs: a WebSocket exec is checked as `get` by older API servers (measured on 1.20) and as `create` by newer
 * ones and by kubectl.
 */
export const EXEC = right('', 'pods/exec', ['create', 'get'], { needed: named('pod') });

/** What filling a choice in Slack lists, by the type of the parameter; without it people type the name. */
export const CHOICES: Readonly<Record<string, KubernetesRight>> = {
  'k8s/deployment': { ...LIST_DEPLOYMENTS, optional: true },
  'k8s/statefulset': { ...LIST_STATEFULSETS, optional: true },
  'k8s/pod': { ...LIST_PODS, optional: true },
  'k8s/service': { ...LIST_SERVICES, optional: true },
};

export { of, right };
