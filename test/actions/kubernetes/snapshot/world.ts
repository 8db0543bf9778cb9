/** One object of each kind that a snapshot keeps, with values that must never be found in one. */

/** Each stands where a value may be a secret: in a variable, an entry, a command, a path, a setting. */
export const PLANTED = {
  variable: 'planted-variable-7f3a',
  entry: 'planted-entry-91cc',
  password: 'planted-password-02be',
  command: 'planted-command-5d18',
  path: 'planted-path-e04f',
  archive: 'planted-archive-33a7',
} as const;

const PATRONI = JSON.stringify({
  ttl: 30,
  loop_wait: 10,
  postgresql: {
    parameters: { max_connections: 100, work_mem: '8MB', archive_command: `push ${PLANTED.archive}` },
  },
});

export const SNAPSHOT_WORLD = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers: [{ name: wait, image: "wait:1" }]
      containers:
        - name: web
          image: registry.example.org/web:1.5
          readinessProbe:
            httpGet: { port: 80, path: /${PLANTED.path} }
            timeoutSeconds: 5
          livenessProbe:
            exec: { command: [check, ${PLANTED.command}] }
          envFrom: [{ configMapRef: { name: settings } }, { prefix: X_, secretRef: { name: login } }]
          env:
            - { name: MODE, value: ${PLANTED.variable} }
            - { name: URL, valueFrom: { secretKeyRef: { name: login, key: url } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: scaled, namespace: default }
spec:
  replicas: 2
  selector: { matchLabels: { app: scaled } }
  template:
    metadata: { labels: { app: scaled } }
    spec: { containers: [{ name: main, image: main }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: default }
spec:
  serviceName: db
  replicas: 1
  updateStrategy: { type: RollingUpdate, rollingUpdate: { partition: 0 } }
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers: [{ name: postgresql, image: db, env: [{ name: PATRONI_SCOPE, value: db }] }]
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: { name: scaled, namespace: default }
spec: { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: scaled } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: default }
data: { LEVEL: ${PLANTED.entry}, ca.crt: "-----BEGIN CERTIFICATE-----\\nMII" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: db-config, namespace: default, annotations: { config: '${PATRONI}' } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: db-leader, namespace: default, annotations: { leader: db-0, optime: "1" } }
---
apiVersion: v1
kind: Secret
metadata: { name: login, namespace: default }
stringData: { url: "postgres://web:${PLANTED.password}@db/web" }
---
apiVersion: v1
kind: Secret
type: kubernetes.io/tls
metadata: { name: site, namespace: default }
stringData: { tls.crt: "-----BEGIN CERTIFICATE-----", tls.key: "x" }
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: default }
spec: { selector: { app: db, role: master }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: puller, namespace: default }
imagePullSecrets: [{ name: registry }]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data-db-0, namespace: default }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: team, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin }
subjects: [{ kind: User, name: li, apiGroup: rbac.authorization.k8s.io }]
`;
