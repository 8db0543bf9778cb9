// A Patroni cluster of three members in a namespace, as OpenShift templates lay it out: Patroni's state is in ConfigMaps.
import type { Image } from '../images.ts';
import { claimOf, type LabObject } from './objects.ts';

export const SCOPE = 'prod-patroni';
export const MEMBERS = [`${SCOPE}-0`, `${SCOPE}-1`, `${SCOPE}-2`] as const;
/** Where the members' volume is in the pod; a dump goes here, beside `pgroot`. */
export const VOLUME_MOUNT = '/home/postgres/pgdata';
export const VOLUME_SIZE = '1Gi';

export const GOOD_IMAGE = 'registry.example.org/db/patroni-postgres:2.0.1-12.4-latest';
/** The image of before; one of the members may not be able to start it: see `BROKEN_IMAGE`. */
export const FIRST_IMAGE = 'registry.example.org/tools/patroni:v10-stable';
/** Its Python has no yaml. */
export const BROKEN_IMAGE = 'registry.example.org/tools/patroni:broken';
/** No registry has it. */
export const MISSING_IMAGE = 'registry.example.org/tools/patroni:v12-latest';

export const PASSWORDS = { postgres: 'lab-super', replicator: 'lab-replication', app: 'lab-app' } as const;

/** Seconds: short, so that a lab's members notice things soon; 20 is the least that Patroni takes as `ttl`. */
const TIMES = { ttl: 20, loop_wait: 2, retry_timeout: 5 };

/** What the image runs: its configuration from the pod's environment, then Patroni as the container's first process. */
const START = `#!/bin/sh
umask 077
cat >/home/postgres/patroni.yml <<YML
scope: $PATRONI_SCOPE
name: $PATRONI_NAME
kubernetes:
  namespace: $PATRONI_KUBERNETES_NAMESPACE
  labels: {app: patroni}
  scope_label: cluster-name
  use_endpoints: false
restapi:
  listen: 0.0.0.0:8008
  connect_address: $POD_IP:8008
  authentication: {username: patroni, password: lab-rest}
bootstrap:
  dcs:
    ttl: ${TIMES.ttl}
    loop_wait: ${TIMES.loop_wait}
    retry_timeout: ${TIMES.retry_timeout}
    maximum_lag_on_failover: 1048576
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters:
        max_connections: 40
        max_wal_senders: 10
        max_replication_slots: 10
        wal_level: replica
        hot_standby: "on"
        wal_log_hints: "on"
        wal_keep_size: 64MB
        track_commit_timestamp: "on"
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums, no-sync]
postgresql:
  listen: 0.0.0.0:5432
  connect_address: $POD_IP:5432
  data_dir: ${VOLUME_MOUNT}/pgroot/data
  bin_dir: $POSTGRES_BIN
  pgpass: /home/postgres/pgpass
  basebackup: [{checkpoint: fast}]
  authentication:
    superuser: {username: postgres, password: "$PATRONI_SUPERUSER_PASSWORD"}
    replication: {username: replicator, password: "$PATRONI_REPLICATION_PASSWORD"}
    rewind: {username: postgres, password: "$PATRONI_SUPERUSER_PASSWORD"}
  parameters:
    unix_socket_directories: /var/run/postgresql
    shared_buffers: 16MB
    fsync: "off"
    log_timezone: UTC
    timezone: UTC
    log_line_prefix: '%m [%p] %q%u@%d/%a '
  pg_hba:
    - local all all trust
    - host all all 127.0.0.1/32 trust
    - host replication replicator 127.0.0.1/32 trust
    - host replication replicator 198.18.0.0/15 scram-sha-256
    - host all all 198.18.0.0/15 scram-sha-256
YML
exec /usr/bin/patroni /home/postgres/patroni.yml
`;

const modules = '/usr/lib/python3/dist-packages';

export const patroniImage: Image = {
  command: ['/usr/local/bin/start-member'],
  user: 'postgres',
  home: '/home/postgres',
  files: { '/usr/local/bin/start-member': START },
  // So that `patronictl` needs no argument.
  links: { '/home/postgres/.config/patroni/patronictl.yaml': '/home/postgres/patroni.yml' },
};

/** The yaml package is really not in its layers; what tells of its installation is. */
export const withoutYaml: Image = {
  ...patroniImage,
  without: [`${modules}/yaml`, `${modules}/_yaml`],
};

const labels = { app: 'patroni', 'cluster-name': SCOPE };
const fromSecret = (key: string) => ({ valueFrom: { secretKeyRef: { name: SCOPE, key } } });
const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
const verbs = ['create', 'get', 'list', 'patch', 'update', 'watch', 'delete'];

/** `pods`: the first three numbers of the pods' addresses. The claims bind to volumes of the lab. */
export function patroniObjects(pods: string, image: string): LabObject[] {
  const service = (name: string, role?: string): LabObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels },
    spec: {
      ...(role ? { selector: { 'cluster-name': SCOPE, role } } : { clusterIP: 'None', selector: labels }),
      ports: [{ name: 'postgresql', port: 5432 }],
    },
  });
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: SCOPE, labels },
      stringData: {
        'superuser-password': PASSWORDS.postgres,
        'replication-password': PASSWORDS.replicator,
        'app-db-username': 'app',
        'app-db-password': PASSWORDS.app,
        'app-db-name': 'app',
      },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: SCOPE, labels } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: SCOPE, labels },
      rules: [
        { apiGroups: [''], resources: ['configmaps'], verbs },
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'patch', 'update', 'watch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: SCOPE, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: SCOPE },
      subjects: [{ kind: 'ServiceAccount', name: SCOPE }],
    },
    service(SCOPE),
    service(`${SCOPE}-master`, 'master'),
    service(`${SCOPE}-replica`, 'replica'),
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: SCOPE, labels },
      spec: {
        replicas: MEMBERS.length,
        serviceName: SCOPE,
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'OnDelete' },
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels,
            annotations: { 'handrail.test/pod-ip': [11, 12, 13].map((last) => `${pods}.${last}`).join(' ') },
          },
          spec: {
            serviceAccountName: SCOPE,
            terminationGracePeriodSeconds: 30,
            containers: [
              {
                name: 'postgresql',
                image,
                ports: [
                  { name: 'postgresql', containerPort: 5432 },
                  { name: 'patroni', containerPort: 8008 },
                ],
                env: [
                  { name: 'POD_IP', ...field('status.podIP') },
                  { name: 'PATRONI_NAME', ...field('metadata.name') },
                  { name: 'PATRONI_KUBERNETES_NAMESPACE', ...field('metadata.namespace') },
                  { name: 'PATRONI_SCOPE', value: SCOPE },
                  { name: 'PATRONI_SUPERUSER_PASSWORD', ...fromSecret('superuser-password') },
                  { name: 'PATRONI_REPLICATION_PASSWORD', ...fromSecret('replication-password') },
                  { name: 'PGDATA', value: `${VOLUME_MOUNT}/pgroot/data` },
                ],
                readinessProbe: {
                  httpGet: { path: '/readiness', port: 'patroni' },
                  periodSeconds: 2,
                  timeoutSeconds: 5,
                },
                volumeMounts: [{ name: 'pgdata', mountPath: VOLUME_MOUNT }],
              },
            ],
          },
        },
        volumeClaimTemplates: [claimOf('pgdata', VOLUME_SIZE, labels)],
      },
    },
  ];
}
