/** A namespace in trouble: an application on a Patroni cluster whose member 1 crashes, beside a healthy look-alike. */

export const TRACEBACK = [
  'Traceback (most recent call last):',
  '  File "/usr/local/bin/patroni", line 5, in <module>',
  '    from patroni.__main__ import main',
  '  File "/usr/lib/python3/patroni/config.py", line 6, in <module>',
  '    import yaml',
  "ModuleNotFoundError: No module named 'yaml'",
];

const crash = TRACEBACK.map((line) => `echo '${line.replaceAll("'", `'"'"'`)}'`).join('; ');

const deployment = (name: string, container: string, more = '', annotations = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: prod${more} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} }, annotations: { ${annotations} } }
    spec:
      nodeName: node-a
      containers:
        - ${container}
---`;

const patroni = (name: string, run: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: prod }
spec:
  serviceName: ${name}
  replicas: 2
  podManagementPolicy: Parallel
  selector: { matchLabels: { cluster-name: ${name} } }
  template:
    metadata:
      labels: { cluster-name: ${name} }
      annotations: { handrail.test/run.postgresql: ${JSON.stringify(run)} }
    spec:
      nodeName: node-a
      containers: [{ name: postgresql, image: "registry.example.org/${name}:2.0.1-12.4" }, { name: metrics, image: metrics }]
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: prod }
spec: { ports: [{ name: postgresql, port: 5432 }], selector: { cluster-name: ${name}, role: master } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}-replicas, namespace: prod }
spec: { ports: [{ name: postgresql, port: 5432 }], selector: { cluster-name: ${name}, role: replica } }
---`;

const nodeUrl = Buffer.from('postgres://web:hunter22@prod-patroni:5432/web?sslmode=require').toString(
  'base64',
);

export const WORLD = `
apiVersion: v1
kind: Secret
metadata: { name: web-api-db, namespace: prod }
data: { url: ${nodeUrl} }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: reports, namespace: prod }
data: { DB_HOST: prod-patroni.prod.svc.cluster.local, DB_NAME: reports }
---
${deployment(
  'web-api',
  '{ name: web, image: "registry.example.org/web-api:1.4", env: [{ name: DATABASE_URL, valueFrom: { secretKeyRef: { name: web-api-db, key: url } } }] }',
  ', annotations: { meta.helm.sh/release-name: web }',
  `handrail.test/ready: "false", handrail.test/run: "echo listening; echo 'login jane.doe@example.org password=Tr0ub4dor'; exec sleep 3600"`,
)}
${deployment('reports', '{ name: reports, image: reports, envFrom: [{ configMapRef: { name: reports } }] }')}
${deployment('metabase', '{ name: metabase, image: "metabase/metabase:v0.48", env: [{ name: MB_DB_HOST, value: prod-patroni }, { name: MB_DB_DBNAME, value: metabase }] }')}
${deployment('legacy', '{ name: legacy, image: legacy, env: [{ name: PGHOST, value: alias }] }')}
${deployment('tenant', '{ name: tenant, image: tenant, env: [{ name: DB_HOST, value: pg.shared }] }')}
${deployment('utility', '{ name: utility, image: utility }').replace('replicas: 1', 'replicas: 0')}
${patroni('prod-patroni', `case {ordinal} in 1) ${crash}; exit 1;; esac; exec sleep 3600`)}
${patroni('crunchy', 'exec sleep 3600')}
apiVersion: v1
kind: Service
metadata: { name: alias, namespace: prod }
spec: { type: ExternalName, externalName: db.example.org }
---
apiVersion: v1
kind: Service
metadata: { name: web-api, namespace: prod }
spec: { ports: [{ port: 80 }], selector: { app: web-api } }
---
apiVersion: v1
kind: Service
metadata: { name: pg, namespace: shared }
spec: { ports: [{ port: 5432 }], selector: { app: pg } }
`;
