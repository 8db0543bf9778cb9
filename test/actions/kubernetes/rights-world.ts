/** A small namespace in which every call of an action asks the API server for all that it ever asks for. */
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { apply } from './call.ts';

/**
 * In the namespace `default` on the node `node-a`: Deployment web and StatefulSet db with a pod each that crashed once,
 * a ConfigMap, a Secret, and a Service whose Endpoints name the StatefulSet's pod.
 */
export async function fillWorld(kubeconfig: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const [apps, core] = [config.makeApiClient(AppsV1Api), config.makeApiClient(CoreV1Api)];
  await apply(kubeconfig, WORLD);
  const [set, deployment] = await Promise.all([
    apps.readNamespacedStatefulSet({ name: 'db', namespace: 'default' }),
    apps.readNamespacedDeployment({ name: 'web', namespace: 'default' }),
  ]);
  // No controllers run here: the pods are made as they would make them.
  await apply(kubeconfig, pod('db-0', 'StatefulSet', 'db', set.metadata?.uid ?? '', 'db'));
  await apply(kubeconfig, pod('web-abc-x', 'ReplicaSet', 'web-abc', deployment.metadata?.uid ?? '', 'web'));
  await waitUntil('the crash has been reported', async () => {
    const { items } = await core.listNamespacedPod({ namespace: 'default' });
    return (
      items.length === 2 &&
      items.every((one) =>
        one.status?.containerStatuses?.some((s) => s.name === 'main' && s.lastState?.terminated),
      )
    );
  });
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
    - { name: side, image: side }
`;

const workload = (kind: string, name: string, more: string) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: default }
spec:
  replicas: 1
  ${more}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: main
          envFrom: [{ configMapRef: { name: settings } }, { secretRef: { name: login } }]
---`;

const WORLD = `
${workload('Deployment', 'web', '')}
${workload('StatefulSet', 'db', 'serviceName: db')}
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
