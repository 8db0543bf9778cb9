// The namespace of the first reported incident: an application on Patroni, a database beside it that nothing uses.
import type { Image, Images } from '../images.ts';
import type { LabObject } from './objects.ts';
import {
  BROKEN_IMAGE,
  FIRST_IMAGE,
  GOOD_IMAGE,
  PASSWORDS,
  patroniImage,
  patroniObjects,
  withoutYaml,
} from './patroni.ts';

export const WEB_API_IMAGE = 'registry.example.org/pidp/web-api:41';
const CRUNCHY_IMAGE = 'registry.example.org/db/crunchy-postgres:15';
export const UTILITY_IMAGE = 'registry.example.org/db/utility:7';

/** One session kept open, as a pool does; ready only while the database answers. */
const WEB_API = `#!/usr/bin/python3
import http.server, os, sys, threading, psycopg2
held, turn = [], threading.Lock()

def ask():
    with turn:
        try:
            if not held:
                held.append(psycopg2.connect(host=os.environ["DB_HOST"], port=os.environ["DB_PORT"],
                    dbname=os.environ["DB_NAME"], user=os.environ["DB_USER"], password=os.environ["DB_PASSWORD"],
                    connect_timeout=3, application_name="web-api"))
                held[0].autocommit = True
            with held[0].cursor() as cursor:
                cursor.execute("select count(*), pg_is_in_recovery() from orders")
                count, replica = cursor.fetchone()
                if replica: raise psycopg2.OperationalError("the database is read-only")
                return count
        except psycopg2.Error:
            while held: held.pop().close()
            raise

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health/live": return self.say(200, "alive")
        try: self.say(200, "%d orders" % ask())
        except psycopg2.Error as problem: self.say(500, str(problem).strip())
    def say(self, code, text):
        body = (text + "\\n").encode()
        self.send_response(code); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
        if code != 200: print("GET %s %d %s" % (self.path, code, text), file=sys.stderr, flush=True)
    def log_message(self, *ignored): pass

print("web-api listens on 8080", flush=True)
http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
`;

const webApi: Image = {
  command: ['/usr/bin/python3', '/srv/web-api/app.py'],
  user: 'www-data',
  home: '/srv/web-api',
  files: { '/srv/web-api/app.py': WEB_API },
};

const crunchy: Image = {
  command: ['/usr/local/bin/start-database'],
  user: 'postgres',
  home: '/pgdata',
  files: {
    '/usr/local/bin/start-database': `#!/bin/sh
set -e
D=/pgdata/data
[ -s $D/PG_VERSION ] || initdb -D $D -U postgres -A trust --no-sync >/dev/null
echo 'host all all 198.18.0.0/15 trust' >>$D/pg_hba.conf
exec postgres -D $D -k /var/run/postgresql -h 0.0.0.0 -c fsync=off -c shared_buffers=16MB
`,
  },
};

/** Tools and a shell, nothing that runs. */
const utility: Image = { command: ['/bin/sleep', 'infinity'], user: 'postgres', home: '/var/lib/postgresql' };

export function pidpImages(): Images {
  return new Map([
    [FIRST_IMAGE, patroniImage],
    [GOOD_IMAGE, patroniImage],
    [BROKEN_IMAGE, withoutYaml],
    [WEB_API_IMAGE, webApi],
    [CRUNCHY_IMAGE, crunchy],
    [UTILITY_IMAGE, utility],
  ]);
}

const fromSecret = (key: string) => ({ valueFrom: { secretKeyRef: { name: 'prod-patroni', key } } });
const labelled = (app: string) => ({ selector: { matchLabels: { app } }, metadata: { labels: { app } } });

export function pidpObjects(pods: string, image = FIRST_IMAGE): LabObject[] {
  return [...patroniObjects(pods, image), ...application(), ...lookAlike(), ...tools()];
}

function application(): LabObject[] {
  const { selector, metadata } = labelled('web-api');
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web-api-config' },
      data: { DB_HOST: 'prod-patroni-master', DB_PORT: '5432', LOG_LEVEL: 'info' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web-api' },
      spec: { selector: { app: 'web-api' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web-api', labels: { app: 'web-api' } },
      spec: {
        replicas: 2,
        selector,
        template: {
          metadata,
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: 'web-api',
                image: WEB_API_IMAGE,
                ports: [{ name: 'http', containerPort: 8080 }],
                envFrom: [{ configMapRef: { name: 'web-api-config' } }],
                env: [
                  { name: 'DB_NAME', ...fromSecret('app-db-name') },
                  { name: 'DB_USER', ...fromSecret('app-db-username') },
                  { name: 'DB_PASSWORD', ...fromSecret('app-db-password') },
                ],
                readinessProbe: {
                  httpGet: { path: '/health/ready', port: 'http' },
                  periodSeconds: 2,
                  timeoutSeconds: 5,
                },
                livenessProbe: {
                  httpGet: { path: '/health/live', port: 'http' },
                  initialDelaySeconds: 10,
                  timeoutSeconds: 5,
                },
              },
            ],
          },
        },
      },
    },
  ];
}

/** Healthy, named and labelled like a database, and used by nothing. */
function lookAlike(): LabObject[] {
  const { selector, metadata } = labelled('crunchy');
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'crunchy-db-primary' },
      spec: { selector: { app: 'crunchy' }, ports: [{ name: 'postgresql', port: 5432 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'crunchy-db', labels: { app: 'crunchy' } },
      spec: {
        replicas: 1,
        serviceName: 'crunchy-db',
        selector,
        template: {
          metadata,
          spec: {
            terminationGracePeriodSeconds: 2,
            containers: [
              {
                name: 'database',
                image: CRUNCHY_IMAGE,
                ports: [{ name: 'postgresql', containerPort: 5432 }],
                readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 2 },
              },
            ],
          },
        },
      },
    },
  ];
}

/** A shell near the database, at 0 until somebody needs it. */
function tools(): LabObject[] {
  const { selector, metadata } = labelled('utility');
  const containers = [{ name: 'utility', image: UTILITY_IMAGE }];
  const spec = { terminationGracePeriodSeconds: 1, containers };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'utility' },
      spec: { replicas: 0, selector, template: { metadata, spec } },
    },
  ];
}

/** What the application's database holds, for the leader's database `postgres` and then for `app`. */
export const ROLES_AND_DATABASE = [
  `create role app login password '${PASSWORDS.app}'`,
  'create database app owner app',
];
export const TABLES = [
  'set role app',
  'create table orders (id int primary key, what text not null, made timestamptz not null default now())',
  'insert into orders select n, md5(n::text) from generate_series(1, 20000) n',
  'create table people (id int primary key, name text, mail text)',
  "insert into people select n, 'Somebody ' || n, 'person' || n || '@example.org' from generate_series(1, 500) n",
  'create view names as select name from people',
  'analyze',
];
