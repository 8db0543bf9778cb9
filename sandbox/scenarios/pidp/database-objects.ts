/** The objects of one database cluster: StatefulSet, Services, login, what Patroni keeps, a disruption budget. */
import type { Past } from '../../cluster/world.ts';
import { type ClusterPlan, type PidpPlan, roleLabelOf } from './plan.ts';

type Manifest = Parameters<Past['apply']>[0];

export function databaseObjects(plan: PidpPlan, cluster: ClusterPlan): Manifest[] {
  const { namespace } = plan;
  const { name, labels, service, container, mount, data } = cluster;
  const role = roleLabelOf(cluster.style);
  const at = (objectName: string, more: Record<string, unknown> = {}) => ({
    name: objectName,
    namespace,
    labels: { ...labels },
    ...more,
  });
  const port = { name: 'postgresql', port: 5432, targetPort: 5432 };
  const probe = {
    httpGet: { path: '/readiness', port: 8008 },
    initialDelaySeconds: 10,
    periodSeconds: 10,
    timeoutSeconds: 5,
  };
  return [
    { kind: 'ServiceAccount', metadata: at(name) },
    {
      kind: 'Secret',
      metadata: at(`${name}-login`),
      type: 'Opaque',
      stringData: { 'app-db-name': plan.database, 'app-db-username': plan.role, 'app-db-password': 'played' },
    },
    {
      kind: 'Service',
      metadata: at(service),
      spec: { selector: { ...labels, [role]: 'master' }, ports: [port] },
    },
    {
      kind: 'Service',
      metadata: at(`${name}-replicas`),
      spec: { selector: { ...labels, [role]: 'replica' }, ports: [port] },
    },
    { kind: 'Service', metadata: at(`${name}-config`), spec: { clusterIP: 'None' } },
    {
      kind: 'PodDisruptionBudget',
      metadata: at(name),
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
    {
      kind: 'StatefulSet',
      metadata: at(name),
      spec: {
        replicas: cluster.members.length,
        serviceName: `${name}-config`,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels } },
          spec: {
            serviceAccountName: name,
            terminationGracePeriodSeconds: 5,
            containers: [
              {
                name: container,
                image: plan.images.present,
                ports: [
                  { containerPort: 8008, name: 'patroni' },
                  { containerPort: 5432, name: 'postgresql' },
                ],
                env: [
                  { name: 'PATRONI_SCOPE', value: name },
                  {
                    name: 'PATRONI_KUBERNETES_NAMESPACE',
                    valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } },
                  },
                  { name: 'PATRONI_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                  { name: 'PGDATA', value: data },
                ],
                readinessProbe: probe,
                volumeMounts: [{ name: 'storage', mountPath: mount }],
              },
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'storage' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: 'netapp-block-standard',
              resources: { requests: { storage: '10Gi' } },
            },
          },
        ],
      },
    },
  ];
}

/** What Patroni keeps in the cluster's own objects: who led last, and how far that was. */
export function patroniState(
  plan: PidpPlan,
  cluster: ClusterPlan,
  leader: string,
  optime: number,
  timeline: number,
): Manifest[] {
  const metadata = (suffix: string, annotations: Record<string, string>) => ({
    name: `${cluster.name}-${suffix}`,
    namespace: plan.namespace,
    labels: { ...cluster.labels },
    annotations,
  });
  const config = { ttl: 30, loop_wait: 10, retry_timeout: 10, maximum_lag_on_failover: 1_048_576 };
  return [
    {
      kind: 'ConfigMap',
      metadata: metadata('leader', {
        leader,
        optime: String(optime),
        transitions: String(timeline),
        ttl: '30',
      }),
    },
    {
      kind: 'ConfigMap',
      metadata: metadata('config', { config: JSON.stringify(config), initialize: cluster.systemIdentifier }),
    },
  ];
}
