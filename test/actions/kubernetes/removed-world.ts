/** Pods on a node that runs, and on one that is gone; a Deployment with a volume, others, and a ConfigMap. */

export const pod = (name: string, node: string, more = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: default }
spec: { nodeName: ${node}, terminationGracePeriodSeconds: 1, ${more} containers: [{ name: main, image: main }] }
`;

export const holder = `
apiVersion: v1
kind: Pod
metadata: { name: here, namespace: default }
spec:
  nodeName: node-a
  terminationGracePeriodSeconds: 0
  securityContext: { runAsUser: 999, fsGroup: 1000 }
  containers: [{ name: pg, image: "postgres:13", volumeMounts: [{ name: data, mountPath: /var/lib/pg }] }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: pgdata } }]
`;

export const POSTGRES = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: postgres
  namespace: default
  labels: { app: postgres }
  annotations:
    argocd.argoproj.io/tracking-id: "shop:apps/Deployment:default/postgres"
    kubectl.kubernetes.io/last-applied-configuration: "{}"
spec:
  replicas: 1
  strategy: { type: Recreate }
  selector: { matchLabels: { app: postgres } }
  template:
    metadata: { labels: { app: postgres } }
    spec:
      containers:
        - name: postgres
          image: postgres:13
          env: [{ name: PGDATA, value: /var/lib/pg }, { name: PGPASSWORD, valueFrom: { secretKeyRef: { name: pg, key: pw } } }]
          volumeMounts: [{ name: data, mountPath: /var/lib/pg }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: pgdata } }]
`;

export const WORLD = `${pod('lone', 'node-gone')}---${pod('stuck', 'node-gone')}---${pod('here', 'node-a')}---${POSTGRES}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: secretive, namespace: default }
spec:
  selector: { matchLabels: { app: secretive } }
  template:
    metadata: { labels: { app: secretive } }
    spec: { containers: [{ name: main, image: main, env: [{ name: URL, value: "postgres://web:hunter22@db/web" }] }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: default }
spec:
  replicas: 2
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: main, image: main }] }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: default }
data: { mode: fast, other: kept }
`;
