/** Deployments and StatefulSets whose templates are changed: one that rolls out, one paused, one OnDelete. */

const deployment = (name: string, more: string, annotations = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: default, annotations: { ${annotations} } }
spec:
  replicas: 1
  ${more}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      nodeName: node-a
      terminationGracePeriodSeconds: 0
      containers:
        - name: ${name}
          image: ${name}:1
          env: [{ name: MODE, value: fast }]
          readinessProbe: { tcpSocket: { port: 80 } }
`;

export const WORLD = `${deployment('web', '', 'meta.helm.sh/release-name: shop')}---${deployment('held', 'paused: true')}---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: manual, namespace: default }
spec:
  replicas: 0
  serviceName: manual
  updateStrategy: { type: OnDelete }
  selector: { matchLabels: { app: manual } }
  template:
    metadata: { labels: { app: manual } }
    spec: { containers: [{ name: main, image: main }] }
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: { name: web, namespace: default }
spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
`;

export const DB = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: default }
spec:
  replicas: 1
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { nodeName: node-a, terminationGracePeriodSeconds: 0, containers: [{ name: db, image: "db:1" }] }
`;
