/** One object of each kind that the small reading actions look at. */

export const pod = (name: string, image: string, owner: string) => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: default
  labels: { app: web }
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-abc, uid: "${owner}", controller: true }]
spec: { nodeName: node-a, containers: [{ name: web, image: "${image}" }] }`;

export const WORLD = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 2
  paused: true
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: registry.example.org/web:1.5
          readinessProbe: { tcpSocket: { port: 80 } }
          env: [{ name: MODE, value: fast }, { name: URL, valueFrom: { secretKeyRef: { name: login, key: url } } }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: default }
spec:
  serviceName: db
  updateStrategy: { type: RollingUpdate, rollingUpdate: { partition: 2 } }
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: postgresql, image: db }, { name: metrics, image: metrics }] }
---
apiVersion: v1
kind: Pod
metadata: { name: db-0, namespace: default, labels: { app: db, role: primary } }
spec:
  nodeName: node-a
  containers: [{ name: main, image: main, volumeMounts: [{ name: data, mountPath: /tmp }] }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
---
apiVersion: v1
kind: Pod
metadata: { name: stranded, namespace: default }
spec: { nodeName: node-gone, containers: [{ name: main, image: main }] }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: default }
spec: { accessModes: [ReadWriteOnce], volumeName: volume-1, resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: forgotten, namespace: default }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Mi } } }
---
apiVersion: v1
kind: Service
metadata: { name: kept, namespace: default }
spec: { ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: kept, namespace: default }
subsets:
  - addresses: [{ ip: 10.1.2.3, targetRef: { kind: Pod, name: db-0 } }]
    notReadyAddresses: [{ ip: 10.1.2.4 }]
    ports: [{ port: 5432 }]
---
apiVersion: v1
kind: Service
metadata: { name: old, namespace: default }
spec: { ports: [{ port: 5432 }], selector: { app: db, role: master } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { ports: [{ port: 80 }], selector: { app: web } }
---
apiVersion: v1
kind: Service
metadata: { name: alias, namespace: default }
spec: { type: ExternalName, externalName: db.example.org }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: puller, namespace: default }
imagePullSecrets: [{ name: registry }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: given, namespace: default, annotations: { handrail.dev/expires: "2026-01-01T00:00:00Z" } }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: jane }]
`;
