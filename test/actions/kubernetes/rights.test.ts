/** The declared rights of each Kubernetes action are enough on a real API server with RBAC, and none is too many. */
import { AuthorizationV1Api, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Action, KubernetesRight } from '../../../src/actions/action.ts';
import { ActionFailed } from '../../../src/actions/action.ts';
import { kubernetesActions } from '../../../src/actions/kubernetes/index.ts';
import type { ControlPlane } from '../../support/control-plane/control-plane.ts';
import { startControlPlane } from '../../support/control-plane/control-plane.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { EXAMPLES } from '../examples.ts';
import type { Caller } from './call.ts';
import { happened, plan, read, run } from './call.ts';
import { renew, turnsOf } from './renew.ts';
import { fillWorld } from './rights-world.ts';

/** What a 1.20 API server does not ask for: newer ones check a WebSocket exec as `create`. */
const FOR_NEWER = new Set(['/pods/exec create']);

const SILENT = new Set([
  'k8s.replicas horizontalpodautoscalers',
  'k8s.logs secrets',
  'k8s.last-termination secrets',
]);

describeWith(['controlPlane'], 'rights', () => {
  let plane: ControlPlane;
  let rbac: RbacAuthorizationV1Api;
  let reviews: AuthorizationV1Api;
  let users = 0;

  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.addKubelet({ name: 'node-a' });
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    rbac = config.makeApiClient(RbacAuthorizationV1Api);
    reviews = config.makeApiClient(AuthorizationV1Api);
    await fillWorld(plane.kubeconfig);
  });
  afterAll(async () => {
    await plane?.stop();
  });

  async function callerWith(rights: readonly KubernetesRight[]): Promise<Caller> {
    users += 1;
    const name = `user-${users}`;
    const rules = (scope: 'namespace' | 'cluster') =>
      rights
        .filter((right) => (right.scope ?? 'namespace') === scope && right.verbs.length > 0)
        .map((right) => ({ apiGroups: [right.group], resources: [right.resource], verbs: [...right.verbs] }));
    const metadata = { name, namespace: 'default' };
    const subjects = [{ kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' }];
    const ref = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
    const marker = { apiGroups: [''], resources: [name], verbs: ['get'] };
    await rbac.createNamespacedRole({
      namespace: 'default',
      body: { metadata, rules: [...rules('namespace'), marker] },
    });
    await rbac.createNamespacedRoleBinding({
      namespace: 'default',
      body: { metadata, roleRef: ref('Role'), subjects },
    });
    await rbac.createClusterRole({ body: { metadata: { name }, rules: [...rules('cluster'), marker] } });
    await rbac.createClusterRoleBinding({
      body: { metadata: { name }, roleRef: ref('ClusterRole'), subjects },
    });
    for (const where of [{ namespace: 'default' }, {}]) {
      await waitUntil(`the API server knows the rights of ${name}`, async () => {
        const body = { spec: { user: name, resourceAttributes: { ...where, resource: name, verb: 'get' } } };
        return (await reviews.createSubjectAccessReview({ body })).status?.allowed;
      });
    }
    return { kubeconfig: await plane.kubeconfigFor(name), namespace: 'default' };
  }

  /** Every line in which the action says that it lacks a right, over all its examples. */
  async function lacking(action: Action, caller: Caller): Promise<string[]> {
    const lines: string[] = [];
    for (const params of EXAMPLES[action.name] ?? []) {
      try {
        const out = action.changes
          ? await throughout(action, caller, params)
          : await read(action, caller, params);
        lines.push(
          ...((out as { unknowns?: string[] }).unknowns ?? []).filter((line) => line.startsWith('no right')),
        );
      } catch (error) {
        if (!(error instanceof ActionFailed)) throw error;
        if (!/has no right to/.test(error.says)) throw error;
        lines.push(error.says);
      }
    }
    return lines;
  }

  async function throughout(action: Action, caller: Caller, params: Record<string, unknown>) {
    const unknowns: string[] = [];
    for (const turn of turnsOf(action.name)) {
      await renew(plane.kubeconfig, turn);
      unknowns.push(...(await once(action, caller, params)));
    }
    return { unknowns };
  }

  async function once(action: Action, caller: Caller, params: Record<string, unknown>) {
    const made = await plan(action, caller, params);
    await run(action, caller, params, made);
    await happened(action, caller, params, made);
    return made.unknowns;
  }

  it.each(kubernetesActions.map((action) => [action.name, action] as const))(
    'of %s are enough',
    async (_name, action) => {
      expect(await lacking(action, await callerWith(action.rights.kubernetes))).toEqual([]);
    },
  );

  const single = kubernetesActions.flatMap((action) =>
    action.rights.kubernetes.flatMap((right) =>
      right.verbs
        .filter((verb) => !FOR_NEWER.has(`${right.group}/${right.resource} ${verb}`))
        .map((verb) => [action.name, verb, right.resource, action, right] as const),
    ),
  );
  it.each(single)('%s needs to %s %s', async (_name, verb, _resource, action, right) => {
    const without = action.rights.kubernetes.map((one) =>
      one === right ? { ...one, verbs: one.verbs.filter((v) => v !== verb) } : one,
    );
    // What is optional may be missing without a word where it would only have added something: that such a right is
    // used at all shows in the API server's log (test/e2e/rbac.test.ts).
    if (SILENT.has(`${action.name} ${right.resource}`)) return;
    const said = await lacking(action, await callerWith(without));
    expect(said.length).toBeGreaterThan(0);
  });
});
