/** A small namespace in which every call of an action asks the API server for all that it ever asks for. */
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { apply } from './call.ts';
import { addDeploymentConfigs, addRoutes, deploymentConfig, makeConfig } from './deployment-configs.ts';

/**
 * In the namespace `default` on the node `node-a`: Deployment web, StatefulSet db and DeploymentConfig shop with a pod
 * each that crashed once, a ConfigMap, a Secret, and a Service whose Endpoints name the StatefulSet's pod.
 */
export async function fillWorld(kubeconfig: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const [apps, core] = [config.makeApiClient(AppsV1Api), config.makeApiClient(CoreV1Api)];
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  await apply(kubeconfig, WORLD);
  await addDeploymentConfigs(kubeconfig);
  await addRoutes(kubeconfig);
  const shop = await makeConfig(kubeconfig, deploymentConfig('shop'));
  const [set, deployment] = await Promise.all([
    apps.readNamespacedStatefulSet({ name: 'db', namespace: 'default' }),
    apps.readNamespacedDeployment({ name: 'web', namespace: 'default' }),
  ]);
  // No controllers run here: the pods are made as they would make them.
  await apply(kubeconfig, pod('db-0', 'StatefulSet', 'db', set.metadata?.uid ?? '', 'db'));
  await apply(kubeconfig, pod('web-abc-x', 'ReplicaSet', 'web-abc', deployment.metadata?.uid ?? '', 'web'));
  await apply(kubeconfig, pod('shop-1-x', 'ReplicationController', 'shop-1', shop, 'shop'));
  await apply(kubeconfig, earlier('ReplicaSet', 'web', deployment.metadata?.uid ?? ''));
  await apply(kubeconfig, earlier('ControllerRevision', 'db', set.metadata?.uid ?? ''));
  // Without controllers the roles that people are given hold nothing, and to give nothing needs no right.
  await rbac.patchClusterRole(
    { name: 'view', body: { rules: [{ apiGroups: [''], resources: ['limitranges'], verbs: ['watch'] }] } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  await Promise.all(['db-0', 'web-abc-x', 'shop-1-x'].map((name) => hasCrashed(core, name)));
}

async function hasCrashed(core: CoreV1Api, name: string): Promise<void> {
  await waitUntil(`the crash of ${name} has been reported`, async () => {
    const { status } = await core.readNamespacedPod({ name, namespace: 'default' });
    return status?.containerStatuses?.some((s) => s.name === 'main' && s.lastState?.terminated);
  });
}

/** Makes the StatefulSet's pod again, when an action has deleted it; as its controller would. */
export async function renewMember(kubeconfig: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const [apps, core] = [config.makeApiClient(AppsV1Api), config.makeApiClient(CoreV1Api)];
  const { items } = await core.listNamespacedPod({
    namespace: 'default',
    fieldSelector: 'metadata.name=db-0',
  });
  if (items[0] && !items[0].metadata?.deletionTimestamp) return;
  await waitUntil('the deleted member is gone', async () => {
    const left = await core.listNamespacedPod({ namespace: 'default', fieldSelector: 'metadata.name=db-0' });
    return left.items.length === 0;
  });
  const set = await apps.readNamespacedStatefulSet({ name: 'db', namespace: 'default' });
  await apply(kubeconfig, pod('db-0', 'StatefulSet', 'db', set.metadata?.uid ?? '', 'db'));
  await hasCrashed(core, 'db-0');
}

const pod = (name: string, kind: string, owner: string, uid: string, app: string) => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: default
  labels: { app: ${app} }
  annotations: { handrail.test/run.main: "echo oops; exit 1" }
  ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${owner}, uid: ${uid}, controller: true }]
spec:
  nodeName: node-a
  containers:
    - { name: main, image: main, envFrom: [{ secretRef: { name: login } }] }
    - { name: side, image: side, volumeMounts: [{ name: data, mountPath: /tmp }] }
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data-db-0 } }]
`;

const template = (app: string, image: string) =>
  `{ metadata: { labels: { app: ${app} } }, spec: { containers: [{ name: main, image: ${image}, readinessProbe: { tcpSocket: { port: 80 } }, envFrom: [{ configMapRef: { name: settings } }, { secretRef: { name: login } }] }] } }`;

/** The first template that a workload had, as its controllers would keep it. */
const earlier = (kind: string, owner: string, uid: string) => {
  const head = `
apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${owner}-first
  namespace: default
  annotations: { deployment.kubernetes.io/revision: "1" }
  ownerReferences: [{ apiVersion: apps/v1, kind: Any, name: ${owner}, uid: ${uid}, controller: true }]`;
  return kind === 'ReplicaSet'
    ? `${head}\nspec: { replicas: 0, selector: { matchLabels: { app: ${owner} } }, template: ${template(owner, 'first')} }`
    : `${head}\nrevision: 1\ndata: { spec: { template: ${template(owner, 'first')} } }`;
};

const workload = (kind: string, name: string, more: string) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: default }
spec:
  replicas: 1
  ${more}
  selector: { matchLabels: { app: ${name} } }
  template: ${template(name, 'main')}
---`;

const INTERNAL = 'image-registry.openshift-image-registry.svc:5000/default/app:1';

/** A workload whose image lies in the registry inside the cluster, pulled with a login. */
const pulling = (kind: string, name: string, more: string) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: default }
spec:
  replicas: 0
  ${more}
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } }, spec: { serviceAccountName: pulling, containers: [{ name: main, image: "${INTERNAL}" }] } }
---`;

const WORLD = `
${pulling('Deployment', 'pulls', '')}
${pulling('StatefulSet', 'pulled', 'serviceName: pulled')}
${workload('Deployment', 'web', '')}
${workload('StatefulSet', 'db', 'serviceName: db')}
${workload('StatefulSet', 'many', 'serviceName: many')}
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data-db-0, namespace: default }
spec: { accessModes: [ReadWriteOnce], volumeName: volume-1, resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Pod
metadata: { name: mounts, namespace: default }
spec:
  containers: [{ name: main, image: main, volumeMounts: [{ name: data, mountPath: /data }] }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data-db-0 } }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: puller, namespace: default }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: pulling, namespace: default }
imagePullSecrets: [{ name: registry }]
---
apiVersion: v1
kind: Secret
type: kubernetes.io/dockerconfigjson
metadata: { name: registry, namespace: default }
stringData: { .dockerconfigjson: "{}" }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: little, namespace: default }
rules: [{ apiGroups: [""], resources: [services], verbs: [watch] }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: default }
data: { DB_HOST: keeps-endpoints }
---
apiVersion: v1
kind: Secret
metadata: { name: login, namespace: default }
---
apiVersion: v1
kind: Service
metadata: { name: keeps-endpoints, namespace: default }
spec: { ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: keeps-endpoints, namespace: default }
subsets: [{ addresses: [{ ip: 10.1.2.3, targetRef: { kind: Pod, name: db-0 } }], ports: [{ port: 5432 }] }]
`;
