// What the cluster holds in the end-to-end tests: an application on a Patroni cluster, a look-alike that nothing uses.
import type { PostgresServer } from '../support/postgres-server.ts';

export const NAMESPACE = 'shop-prod';
export const GOOD_IMAGE = 'registry.example.org/db/patroni:3.0.2-pg15';
export const BROKEN_IMAGE = 'registry.example.org/db/patroni:3.0.3-pg15';

/** What Patroni printed whose Python has no yaml, word for word; nothing else is in such a log (facts: measured). */
const TRACEBACK = `Traceback (most recent call last):
  File "/usr/lib/python3.11/runpy.py", line 198, in _run_module_as_main
    return _run_code(code, main_globals, None,
  File "/usr/lib/python3.11/runpy.py", line 88, in _run_code
    exec(code, run_globals)
  File "/usr/lib/python3/dist-packages/patroni/__main__.py", line 6, in <module>
    from patroni.daemon import AbstractPatroniDaemon, abstract_main
  File "/usr/lib/python3/dist-packages/patroni/daemon.py", line 16, in <module>
    from .config import Config
  File "/usr/lib/python3/dist-packages/patroni/config.py", line 6, in <module>
    import yaml
ModuleNotFoundError: No module named 'yaml'`;

const annotations = (entries: Record<string, string>): string => JSON.stringify(entries);

/** Where the members' stand-ins listen, one for each ordinal. */
export const MEMBER_ADDRESSES = ['127.0.0.51', '127.0.0.52', '127.0.0.53'] as const;

/**
 * The image decides whether a member starts. Member 0 is where the real PostgreSQL is: its volume and socket are in
 * `folder` under the member's ordinal; nothing is there for the others.
 */
export function patroni(given: { folder: string; restPort: number; server: PostgresServer }): string {
  const { folder, restPort, server } = given;
  const run = `case "$HANDRAIL_TEST_IMAGE" in ${BROKEN_IMAGE}) cat >&2 <<'END'\n${TRACEBACK}\nEND\nexit 1;; esac\nexec sleep 100000`;
  const asAnnotations = annotations({
    'handrail.test/run': run,
    'handrail.test/forward-to': MEMBER_ADDRESSES.join(' '),
    'handrail.test/root': `${folder}/volume-{ordinal}`,
    ...(process.getuid?.() === 0 ? { 'handrail.test/user': server.user } : {}),
    'handrail.test/env-PGHOST': `${folder}/run-{ordinal}`,
    'handrail.test/env-PGPORT': String(server.port),
    'handrail.test/env-PATH': `${server.programs}:${process.env.PATH}`,
  });
  return `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: prod-patroni, labels: { app: patroni, cluster-name: prod-patroni } }
spec:
  replicas: 3
  serviceName: prod-patroni-members
  # A new image goes to the last member only, until somebody lowers this.
  updateStrategy: { type: RollingUpdate, rollingUpdate: { partition: 2 } }
  selector: { matchLabels: { cluster-name: prod-patroni } }
  template:
    metadata:
      labels: { app: patroni, cluster-name: prod-patroni }
      annotations: ${asAnnotations}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: postgresql
          image: ${GOOD_IMAGE}
          ports:
            - { name: postgresql, containerPort: 5432 }
            - { name: patroni, containerPort: ${restPort} }
---
apiVersion: v1
kind: Service
metadata: { name: prod-patroni, labels: { cluster-name: prod-patroni } }
spec:
  selector: { cluster-name: prod-patroni }
  ports: [{ name: postgresql, port: 5432 }]
`;
}

/** Healthy, named and labelled like a database, and used by nothing. */
export const LOOK_ALIKE = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: crunchy-db, labels: { app: crunchy } }
spec:
  replicas: 1
  serviceName: crunchy-db
  selector: { matchLabels: { app: crunchy } }
  template:
    metadata: { labels: { app: crunchy } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - { name: database, image: 'registry.example.org/db/crunchy-postgres:15', ports: [{ containerPort: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: crunchy-db-primary }
spec:
  selector: { app: crunchy }
  ports: [{ name: postgresql, port: 5432 }]
`;

const APP_LOG = `printf '%s\\n' '2024-01-10 GET /items 500 connection to server at "prod-patroni" (10.0.0.9), port 5432 failed: Connection refused'; exec sleep 100000`;

/** Runs, does not restart, and is not ready while its database is not. */
export const APPLICATION = `
apiVersion: v1
kind: Secret
metadata: { name: web-api-database }
stringData: { host: prod-patroni, name: app, password: not-for-the-report }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-api }
spec:
  replicas: 2
  selector: { matchLabels: { app: web-api } }
  template:
    metadata:
      labels: { app: web-api }
      annotations: ${annotations({ 'handrail.test/ready': 'false', 'handrail.test/run': APP_LOG })}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web-api
          image: registry.example.org/shop/web-api:41
          env:
            - { name: DB_HOST, valueFrom: { secretKeyRef: { name: web-api-database, key: host } } }
            - { name: DB_NAME, valueFrom: { secretKeyRef: { name: web-api-database, key: name } } }
            - { name: DB_PORT, value: '5432' }
            - { name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: web-api-database, key: password } } }
`;

/** A shell near the database, at 0 until somebody needs it. */
export const UTILITY = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: utility }
spec:
  replicas: 0
  selector: { matchLabels: { app: utility } }
  template:
    metadata: { labels: { app: utility } }
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{ name: utility, image: 'registry.example.org/db/utility:7' }]
`;
