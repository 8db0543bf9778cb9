/** OpenShift's DeploymentConfig and Route, each as a kind of the same shape on a real API server, and objects of it. */
import { CustomObjectsApi, KubeConfig, loadAllYaml } from '@kubernetes/client-node';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { apply } from './call.ts';

const CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: deploymentconfigs.apps.openshift.io
  annotations: { api-approved.kubernetes.io: "unapproved, a stand-in for a test" }
spec:
  group: apps.openshift.io
  names: { kind: DeploymentConfig, plural: deploymentconfigs, singular: deploymentconfig, shortNames: [dc] }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {} }
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;

const AT = { group: 'apps.openshift.io', version: 'v1', plural: 'deploymentconfigs', namespace: 'default' };

function apiOf(kubeconfig: string): CustomObjectsApi {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config.makeApiClient(CustomObjectsApi);
}

const ROUTES = CRD.replaceAll('deploymentconfig', 'route')
  .replaceAll('DeploymentConfig', 'Route')
  .replaceAll('apps.openshift.io', 'route.openshift.io')
  .replace(', shortNames: [dc]', '');

/** OpenShift's Routes, in the same way. */
export async function addRoutes(kubeconfig: string): Promise<void> {
  await apply(kubeconfig, ROUTES);
  await waitUntil('the API server serves Routes', () =>
    apiOf(kubeconfig)
      .listNamespacedCustomObject({ ...AT, group: 'route.openshift.io', plural: 'routes' })
      .then(
        () => true,
        () => false,
      ),
  );
}

/** Makes the kind, and waits until the API server serves it. */
export async function addDeploymentConfigs(kubeconfig: string): Promise<void> {
  await apply(kubeconfig, CRD);
  await waitUntil('the API server serves DeploymentConfigs', () =>
    apiOf(kubeconfig)
      .listNamespacedCustomObject(AT)
      .then(
        () => true,
        () => false,
      ),
  );
}

/** Gives its uid. */
export async function makeConfig(kubeconfig: string, yaml: string): Promise<string> {
  const [body] = loadAllYaml(yaml);
  const made = (await apiOf(kubeconfig).createNamespacedCustomObject({ ...AT, body })) as {
    metadata: { uid: string };
  };
  return made.metadata.uid;
}

/** What its controller would write. */
export async function setStatus(kubeconfig: string, name: string, status: object): Promise<void> {
  const api = apiOf(kubeconfig);
  const object = (await api.getNamespacedCustomObject({ ...AT, name })) as {
    metadata: { generation: number };
  };
  await api.replaceNamespacedCustomObjectStatus({
    ...AT,
    name,
    body: Object.assign({}, object, {
      status: Object.assign({ observedGeneration: object.metadata.generation }, status),
    }),
  });
}

export async function readConfig(kubeconfig: string, name: string): Promise<unknown> {
  return await apiOf(kubeconfig).getNamespacedCustomObject({ ...AT, name });
}

/** `spec`: more of it, as YAML. */
export const deploymentConfig = (name: string, spec = 'triggers: [{ type: ConfigChange }]') => `
apiVersion: apps.openshift.io/v1
kind: DeploymentConfig
metadata: { name: ${name}, namespace: default }
spec:
  replicas: 1
  ${spec}
  strategy: { type: Rolling, rollingParams: { maxUnavailable: 25%, maxSurge: 25% } }
  selector: { app: ${name} }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: registry.example.org/${name}:1
          env: [{ name: MODE, value: fast }, { name: DB_HOST, value: keeps-endpoints }]
          readinessProbe: { tcpSocket: { port: 80 }, timeoutSeconds: 2 }
`;

/** A pod of its first rollout: its owner is a ReplicationController. */
export const configPod = (name: string, pod: string, owner = 'ReplicationController', by = `${name}-1`) => `
apiVersion: v1
kind: Pod
metadata:
  name: ${pod}
  namespace: default
  labels: { app: ${name} }
  annotations: { handrail.test/run.main: "echo serving; exec sleep 3600" }
  ownerReferences: [{ apiVersion: v1, kind: ${owner}, name: ${by}, uid: 11111111-2222-3333-4444-555555555555, controller: true }]
spec:
  nodeName: node-a
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: "registry.example.org/${name}:1" }]
`;
