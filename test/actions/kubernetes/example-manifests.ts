/** What the examples of `k8s.apply` put into a cluster: one object of each kind. */

const workload = (kind: string, name: string) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name} }
spec:
  replicas: 0
  ${kind === 'StatefulSet' ? `serviceName: ${name}` : ''}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: main }] }
---`;

const others = (name: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ port: 80, protocol: TCP }], selector: { app: ${name} } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { mode: slow }
---`;

/** One object of each kind that `k8s.apply` knows. */
export const allKinds = (name: string) =>
  `${workload('Deployment', name)}${workload('StatefulSet', name)}${others(name)}`;

export const EXAMPLE_MANIFESTS: Readonly<Record<string, string>> = {
  'examples.yaml': allKinds('applied'),
};
