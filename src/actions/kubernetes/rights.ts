/** The rights in the cluster that several actions share, each as one RBAC rule. */
import type { Foreseen, KubernetesRight, Needed } from '../action.ts';
import { anyOf, namedBy } from '../foreseen.ts';

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

/** Any object, for a call whose parameter `kind` may be this. */
function onlyFor(kind: string): (call: Foreseen) => Needed {
  return (call) => anyOf(workloadOfKind(kind)(call));
}

export const GET_DEPLOYMENT = right('apps', 'deployments', ['get']);
export const GET_STATEFULSET = right('apps', 'statefulsets', ['get']);
export const LIST_DEPLOYMENTS = right('apps', 'deployments', ['list']);
export const LIST_STATEFULSETS = right('apps', 'statefulsets', ['list']);

const deploymentConfigs = (verbs: readonly string[], needed = workloadOfKind('deploymentconfig')) =>
  right('apps.openshift.io', 'deploymentconfigs', verbs, { needed, optional: true });

/** One workload of a kind that every cluster has. */
export const GET_APPS_WORKLOAD = [
  of(GET_DEPLOYMENT, workloadOfKind('deployment')),
  of(GET_STATEFULSET, workloadOfKind('statefulset')),
] as const;
export const PATCH_APPS_WORKLOAD = [
  right('apps', 'deployments', ['get', 'patch'], { needed: workloadOfKind('deployment') }),
  right('apps', 'statefulsets', ['get', 'patch'], { needed: workloadOfKind('statefulset') }),
] as const;
/** One workload, of the kind that the call names. */
export const GET_WORKLOAD = [...GET_APPS_WORKLOAD, deploymentConfigs(['get'])] as const;
export const PATCH_WORKLOAD = [...PATCH_APPS_WORKLOAD, deploymentConfigs(['get', 'patch'])] as const;
/** Only for a call that is about one of them: other clusters do not have them. */
export const LIST_DEPLOYMENT_CONFIGS = deploymentConfigs(['list'], onlyFor('deploymentconfig'));
export const DELETE_WORKLOAD = [
  right('apps', 'deployments', ['get', 'delete'], { needed: workloadOfKind('deployment') }),
  right('apps', 'statefulsets', ['get', 'delete'], { needed: workloadOfKind('statefulset') }),
] as const;

/** For actions whose parameters `kind` and `name` name one object. */
const objectOfKind = (kind: string) => (call: Foreseen) => {
  const known = call.args['kind'];
  return typeof known === 'object' && known.is !== kind ? 'none' : namedBy(call, 'name');
};
const put = ['get', 'create', 'patch'];
export const APPLY = [
  right('apps', 'deployments', put, { needed: objectOfKind('deployment') }),
  right('apps', 'statefulsets', put, { needed: objectOfKind('statefulset') }),
  right('', 'services', put, { needed: objectOfKind('service') }),
  right('', 'configmaps', put, { needed: objectOfKind('configmap') }),
] as const;
export const LIST_AUTOSCALERS = right('autoscaling', 'horizontalpodautoscalers', ['list'], {
  optional: true,
});
/** The StatefulSet that the parameter `statefulset` names. */
export const PATCH_NAMED_SET = right('apps', 'statefulsets', ['get', 'patch'], {
  needed: named('statefulset'),
});
/** The pod that the parameter `pod` names. */
export const GET_POD = right('', 'pods', ['get'], { needed: named('pod') });
export const LIST_PODS = right('', 'pods', ['list']);
/** The pod that the parameter `pod` names, to be removed. */
export const DELETE_POD = right('', 'pods', ['delete'], { needed: named('pod') });
/** Without it what is in a Secret is not known, nor taken out of a log by its value. */
export const GET_SECRETS = right('', 'secrets', ['get'], { optional: true });
export const GET_LOGS = right('', 'pods/log', ['get']);
export const LIST_SERVICES = right('', 'services', ['list']);
export const GET_ENDPOINTS = right('', 'endpoints', ['get']);
export const GET_NAMED_SERVICE = right('', 'services', ['get'], { needed: named('service') });
export const GET_NAMED_ENDPOINTS = right('', 'endpoints', ['get'], { needed: named('service') });
/** For a call that asks for them: other clusters do not have them. */
export const LIST_ROUTES = right('route.openshift.io', 'routes', ['list'], {
  optional: true,
  needed: (call) => {
    const known = call.args['routes'];
    return known === 'seen later' || known?.is === 'true' ? 'any' : 'none';
  },
});
export const LIST_CLAIMS = right('', 'persistentvolumeclaims', ['list']);
export const GET_NAMED_CLAIM = right('', 'persistentvolumeclaims', ['get'], { needed: named('claim') });
/** Earlier templates of a Deployment, and of a StatefulSet. */
export const LIST_REPLICA_SETS = right('apps', 'replicasets', ['list'], { needed: onlyFor('deployment') });
export const LIST_REVISIONS = right('apps', 'controllerrevisions', ['list'], {
  needed: onlyFor('statefulset'),
});
/** Which budgets name the pods of a workload; without it the plan says so. */
export const LIST_BUDGETS = right('policy', 'poddisruptionbudgets', ['list'], { optional: true });
export const LIST_ATTACHMENTS = right('storage.k8s.io', 'volumeattachments', ['list'], {
  scope: 'cluster',
  optional: true,
});
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
  'k8s/deploymentconfig': right('apps.openshift.io', 'deploymentconfigs', ['list'], { optional: true }),
  'k8s/pod': { ...LIST_PODS, optional: true },
  'k8s/service': { ...LIST_SERVICES, optional: true },
};

export { deploymentConfigs, named, of, right };
