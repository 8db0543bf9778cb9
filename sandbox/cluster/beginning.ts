/** Makes a world's objects before anybody sees them: as of their own times, with the cluster at rest after each. */

import { setDefaults } from './api/defaults.ts';
import { resourceOf } from './api/resources.ts';
import type { Store } from './api/store.ts';
import { type Metadata, type Wire, wireTime } from './api/wire.ts';
import { runControllers } from './controllers/run.ts';
import type { Kubelet } from './pods/kubelet.ts';
import type { Past, World } from './world.ts';

const READ = ['get', 'list', 'watch'];
const ALL = [...READ, 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** Runs with the store's clock set back; afterwards it is the real one again. */
export function beginWorld(store: Store, kubelet: Kubelet, world: World): void {
  const { now } = store;
  kubelet.hurries = true;
  const past: Past = {
    store,
    at(time, make) {
      store.now = () => time;
      make();
      runControllers(store, kubelet);
    },
    apply: (manifest, manager = 'kubectl-client-side-apply') => apply(store, manifest, manager),
  };
  past.at(new Date(now().getTime() - 900 * 86_400_000), () => {
    for (const name of ['default', 'kube-system'])
      past.apply({ kind: 'Namespace', metadata: { name } }, 'kube-apiserver');
    for (const [name, rules] of Object.entries(ROLES)) {
      past.apply({ kind: 'ClusterRole', metadata: { name }, rules }, 'kube-apiserver');
    }
  });
  world.begin(past);
  if (store.list('Node').length === 0)
    past.at(now(), () => past.apply(nodeManifest('node-1', now()), 'kubelet'));
  past.at(new Date(now().getTime() - 60_000), () => kubelet.remind());
  past.at(now(), () => {});
  store.now = now;
  store.compact();
  kubelet.goOn();
}

/** The roles that every cluster has, as far as somebody binds them. */
const ROLES: Readonly<Record<string, unknown[]>> = {
  'cluster-admin': [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  admin: [{ apiGroups: ['*'], resources: ['*'], verbs: [...ALL] }],
  edit: [
    {
      apiGroups: [
        '',
        'apps',
        'batch',
        'autoscaling',
        'policy',
        'apps.openshift.io',
        'route.openshift.io',
        'image.openshift.io',
      ],
      resources: ['*'],
      verbs: [...ALL],
    },
  ],
  view: [
    {
      apiGroups: [
        '',
        'apps',
        'batch',
        'autoscaling',
        'policy',
        'discovery.k8s.io',
        'apps.openshift.io',
        'route.openshift.io',
        'image.openshift.io',
      ],
      resources: [
        'pods',
        'pods/log',
        'services',
        'endpoints',
        'configmaps',
        'events',
        'persistentvolumeclaims',
        'serviceaccounts',
        'deployments',
        'deployments/scale',
        'replicasets',
        'statefulsets',
        'statefulsets/scale',
        'controllerrevisions',
        'jobs',
        'cronjobs',
        'horizontalpodautoscalers',
        'poddisruptionbudgets',
        'endpointslices',
        'deploymentconfigs',
        'routes',
        'imagestreams',
        'imagestreamtags',
        'resourcequotas',
      ],
      verbs: READ,
    },
  ],
};

function apply(store: Store, manifest: Parameters<Past['apply']>[0], manager: string): void {
  const resource = resourceOf(manifest.kind);
  const { name = '', namespace = 'default' } = manifest.metadata;
  const by = { manager, operation: 'Update' as const };
  const at = { namespace: resource.namespaced ? namespace : undefined, name };
  const object = structuredClone(manifest) as unknown as Wire;
  setDefaults(resource, object);
  if (!store.get(resource, at.namespace, name)) {
    store.create(resource, object, by);
    return;
  }
  store.update(resource, at, by, (copy) => {
    const metadata: Metadata = { ...copy.metadata, ...object.metadata };
    return { ...object, status: copy['status'] ?? object['status'], metadata };
  });
}

/** A node that is ready since `since`. */
export function nodeManifest(name: string, since: Date, kubeletVersion = 'v1.31.0') {
  const resources = { cpu: '16', memory: '64Gi', pods: '250', 'ephemeral-storage': '200Gi' };
  const time = wireTime(since);
  const ready = { reason: 'KubeletReady', message: 'kubelet is posting ready status' };
  const quiet = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
    type,
    status: 'False',
    reason: `KubeletHasNo${type}`,
    message: `kubelet has no ${type}`,
    lastTransitionTime: time,
  }));
  return {
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    spec: {},
    status: {
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: name },
      ],
      capacity: resources,
      allocatable: resources,
      conditions: [...quiet, { type: 'Ready', status: 'True', ...ready, lastTransitionTime: time }],
      nodeInfo: {
        kubeletVersion,
        kubeProxyVersion: kubeletVersion,
        containerRuntimeVersion: 'cri-o://1.31.0',
        operatingSystem: 'linux',
        architecture: 'amd64',
        osImage: 'stand-in',
        kernelVersion: '5.14.0',
        machineID: name,
        systemUUID: name,
        bootID: name,
      },
    },
  };
}
