/** What each changing action writes names the incident and the date, for people who never saw Slack: on a real API server. */
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1ObjectMeta,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Action } from '../../../src/actions/action.ts';
import { kubernetesActions } from '../../../src/actions/kubernetes/index.ts';
import { type ControlPlane, startControlPlane } from '../../support/control-plane/control-plane.ts';
import { describeWith } from '../../support/requirements.ts';
import { EXAMPLES } from '../examples.ts';
import { type Caller, plan, run } from './call.ts';
import { renew, turnsOf } from './renew.ts';
import { fillWorld } from './rights-world.ts';

/** What they leave is that something is gone, so there is nothing to write on. */
const REMOVE = ['k8s.delete-file', 'k8s.delete-pod', 'k8s.delete-workload', 'k8s.revoke-access'];
const NAMESPACE = 'default';
const MARK = /^INC-7 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

interface Written {
  readonly metadata?: V1ObjectMeta;
}

/** Handrail has written more of it than its status. A server of 1.20 does not keep that of a ServiceAccount. */
function isOurs({ managedFields = [] }: V1ObjectMeta): boolean {
  return managedFields.some(({ manager, subresource }) => manager === 'handrail' && subresource !== 'status');
}

describeWith(['controlPlane'], 'the marks on what Handrail changed', () => {
  let plane: ControlPlane;
  let config: KubeConfig;

  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.addKubelet({ name: 'node-a' });
    config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    await fillWorld(plane.kubeconfig);
  });
  afterAll(async () => {
    await plane?.stop();
  });

  async function objects(): Promise<Map<string, V1ObjectMeta>> {
    const namespace = { namespace: NAMESPACE };
    const [apps, core, rbac] = [
      config.makeApiClient(AppsV1Api),
      config.makeApiClient(CoreV1Api),
      config.makeApiClient(RbacAuthorizationV1Api),
    ];
    const lists: readonly [kind: string, list: Promise<{ items: readonly Written[] }>][] = [
      ['Deployment', apps.listNamespacedDeployment(namespace)],
      ['StatefulSet', apps.listNamespacedStatefulSet(namespace)],
      ['Service', core.listNamespacedService(namespace)],
      ['ConfigMap', core.listNamespacedConfigMap(namespace)],
      ['Secret', core.listNamespacedSecret(namespace)],
      ['ServiceAccount', core.listNamespacedServiceAccount(namespace)],
      ['Pod', core.listNamespacedPod(namespace)],
      ['PersistentVolumeClaim', core.listNamespacedPersistentVolumeClaim(namespace)],
      ['RoleBinding', rbac.listNamespacedRoleBinding(namespace)],
      ['DeploymentConfig', deploymentConfigs()],
    ];
    const found = new Map<string, V1ObjectMeta>();
    for (const [kind, list] of lists)
      for (const { metadata } of (await list).items) {
        if (metadata) found.set(`${kind} ${metadata.name}`, metadata);
      }
    return found;
  }

  async function deploymentConfigs(): Promise<{ items: readonly Written[] }> {
    return (await config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({
      group: 'apps.openshift.io',
      version: 'v1',
      namespace: NAMESPACE,
      plural: 'deploymentconfigs',
    })) as { items: readonly Written[] };
  }

  const changing = kubernetesActions.filter((action: Action) => action.changes);

  it('is asked of every action that changes something', () => {
    expect(changing.length).toBeGreaterThan(10);
    for (const name of REMOVE) expect(changing.map((action) => action.name)).toContain(name);
  });

  it.each(
    changing.filter(({ name }) => !REMOVE.includes(name)).map((action) => [action.name, action] as const),
  )('%s names the incident and the date', async (name, action) => {
    const caller: Caller = { kubeconfig: plane.kubeconfig, namespace: NAMESPACE };
    for (const turn of turnsOf(name))
      for (const params of EXAMPLES[name] ?? []) {
        await renew(plane.kubeconfig, turn);
        const made = await plan(action, caller, params);
        await run(action, caller, params, made);
        const { kind, name: target, owner } = made.target;
        const all = await objects();
        // Of a member it is the workload that is written; its pod is made anew.
        const on = all.get(`${kind} ${target}`) ?? all.get(`${owner?.kind} ${owner?.name}`);
        expect(on?.annotations?.['handrail.dev/incident'], `${kind} ${target}`).toMatch(MARK);
        for (const [what, one] of all)
          if (isOurs(one)) expect(one.annotations?.['handrail.dev/incident'], what).toMatch(MARK);
      }
  });
});
