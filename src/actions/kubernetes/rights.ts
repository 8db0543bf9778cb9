/** The rights in the cluster that several actions share, each as one RBAC rule. */
import type { KubernetesRight } from '../action.ts';

const right = (
  group: string,
  resource: string,
  verbs: readonly string[],
  rest: Partial<KubernetesRight> = {},
): KubernetesRight => ({ group, resource, verbs, ...rest });

export const GET_WORKLOADS = [
  right('apps', 'deployments', ['get']),
  right('apps', 'statefulsets', ['get']),
] as const;
export const LIST_WORKLOADS = [
  right('apps', 'deployments', ['get', 'list']),
  right('apps', 'statefulsets', ['get', 'list']),
] as const;
export const PATCH_WORKLOADS = [
  right('apps', 'deployments', ['get', 'patch']),
  right('apps', 'statefulsets', ['get', 'patch']),
] as const;
export const LIST_AUTOSCALERS = right('autoscaling', 'horizontalpodautoscalers', ['list'], {
  optional: true,
});
export const GET_PODS = right('', 'pods', ['get']);
export const LIST_PODS = right('', 'pods', ['list']);
export const GET_LIST_PODS = right('', 'pods', ['get', 'list']);
export const GET_LOGS = right('', 'pods/log', ['get']);
export const LIST_EVENTS = right('', 'events', ['list'], { optional: true });
export const GET_NODES = right('', 'nodes', ['get'], { scope: 'cluster', optional: true });
export const LIST_NODES = right('', 'nodes', ['list'], { scope: 'cluster', optional: true });
/**
 * Both verbs: a WebSocket exec is checked as `get` by older API servers (measured on 1.20) and as `create` by newer
 * ones and by kubectl.
 */
export const EXEC = right('', 'pods/exec', ['create', 'get']);

export { right };
