// The namespace of the second reported incident: one PostgreSQL in a Deployment, and those who keep connections to it.
import type { Image, Images } from '../images.ts';
import { claimOf, type LabObject } from './objects.ts';

export const LIMIT = 100;
/** Of the limit, PostgreSQL's own default. */
export const RESERVED = 3;
export const CLAIM = 'postgres-data';
export const CLAIM_SIZE = '1Gi';
/** Connections that each pod of these keeps open. */
export const POOLS = { site: 8, bot: 5, dashboards: 3 } as const;
/** Rows of `infractions`, which must be there at the end. */
export const ROWS = 5000;
/** Another namespace of the same cluster: its dashboards ask this database too. */
export const TOOLS = 'tools';

export const PASSWORDS = {
  site: 'lab-site',
  bot: 'lab-bot',
  dashboards: 'lab-dash',
  watcher: 'lab-watch',
} as const;

const DATABASE_IMAGE = 'registry.example.org/db/postgres:15';
export const siteImage = (build: number) => `registry.example.org/community/site:${build}`;
const BOT_IMAGE = 'registry.example.org/community/bot:7';
const DASHBOARDS_IMAGE = 'registry.example.org/tools/dashboards:9';

const MOUNT = '/var/lib/postgresql/data';

/** As the usual image: the data below the volume, and SIGTERM ends every session (its STOPSIGNAL is SIGINT). */
const START = `#!/bin/sh
D=${MOUNT}/pgdata
if [ ! -s $D/PG_VERSION ]; then
  initdb -D $D -U postgres -A trust --no-sync >/dev/null || exit 1
  echo 'host all all 0.0.0.0/0 scram-sha-256' >>$D/pg_hba.conf
fi
postgres -D $D -k /var/run/postgresql -h 0.0.0.0 -c fsync=off -c shared_buffers=16MB -c timezone=UTC "$@" &
P=$!
trap 'kill -INT $P' TERM
wait $P
wait $P
`;

const database: Image = {
  command: ['/usr/local/bin/start-database'],
  user: 'postgres',
  home: '/var/lib/postgresql',
  files: { '/usr/local/bin/start-database': START },
};

/**
 * Keeps a pool of connections open and opens what is missing of it. A request to /lose/<n> takes n more and never gives
 * them back. It asks the database nothing else, so that its connections are idle. Ready while its pool is full.
 */
const APPLICATION = `#!/usr/bin/python3
import http.server, os, select, sys, threading, time, psycopg2
name, wanted = os.environ["APPLICATION"], int(os.environ["POOL"])
pool, lost, turn = [], [], threading.Lock()

def opened():
    connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=10, application_name=name)
    connection.autocommit = True
    return connection

def lives(connection):
    # The server says nothing to an idle client, except that it is over.
    return not select.select([connection.fileno()], [], [], 0)[0]

def keep():
    said = ""
    while True:
        try:
            with turn:
                for all in (pool, lost):
                    for one in [one for one in all if not lives(one)]:
                        all.remove(one); one.close()
                while len(pool) < wanted: pool.append(opened())
            if said != "ok": print("%s has its %d connections" % (name, wanted), flush=True)
            said = "ok"
        except psycopg2.Error as problem:
            if said != "no": print("psycopg2.OperationalError: %s" % str(problem).strip(), file=sys.stderr, flush=True)
            said = "no"
        time.sleep(1)

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        code = 200
        if self.path.startswith("/lose/"):
            with turn:
                for _ in range(int(self.path.split("/")[2])): lost.append(opened())
        elif len(pool) < wanted: code = 500
        body = b"%d + %d\\n" % (len(pool), len(lost))
        self.send_response(code); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def log_message(self, *ignored): pass

threading.Thread(target=keep, daemon=True).start()
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
`;

const application: Image = {
  command: ['/usr/bin/python3', '/srv/app/app.py'],
  user: 'www-data',
  home: '/srv/app',
  files: { '/srv/app/app.py': APPLICATION },
};

/** Over those that a lab has. */
export function addCommunityImages(images: Images): void {
  images.set(DATABASE_IMAGE, database);
  for (const name of [siteImage(41), siteImage(42), BOT_IMAGE, DASHBOARDS_IMAGE])
    images.set(name, application);
}

/** As its own manifest says it; applied again by who rebuilds it. */
export function databaseObjects(): LabObject[] {
  const labels = { app: 'postgres' };
  const claim = claimOf(CLAIM, CLAIM_SIZE);
  return [
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'postgres', labels },
      spec: { selector: labels, ports: [{ name: 'postgres', port: 5432 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'postgres', labels },
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 30,
            containers: [
              {
                name: 'postgres',
                image: DATABASE_IMAGE,
                args: ['-c', `max_connections=${LIMIT}`],
                ports: [{ name: 'postgres', containerPort: 5432 }],
                readinessProbe: {
                  exec: { command: ['pg_isready', '-U', 'postgres'] },
                  periodSeconds: 5,
                  timeoutSeconds: 5,
                },
                volumeMounts: [{ name: 'data', mountPath: MOUNT }],
              },
            ],
            volumes: [{ name: 'data', persistentVolumeClaim: { claimName: CLAIM } }],
          },
        },
      },
    },
  ];
}

export interface ClientWish {
  readonly name: keyof typeof POOLS;
  readonly namespace: string;
  readonly replicas: number;
  readonly image: string;
}

/** A Deployment that rolls as most do: the new pod must be ready before an old one goes. */
export function clientObjects({ name, namespace, replicas, image }: ClientWish, host: string): LabObject[] {
  const labels = { app: name };
  const database = name === 'dashboards' ? 'site' : name;
  const url = `postgresql://${name}:${PASSWORDS[name]}@${host}:5432/${database}`;
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${name}-database`, namespace },
      stringData: { DATABASE_URL: url },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels },
      spec: {
        replicas,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name,
                image,
                ports: [{ name: 'http', containerPort: 8000 }],
                envFrom: [{ secretRef: { name: `${name}-database` } }],
                env: [
                  { name: 'APPLICATION', value: name },
                  { name: 'POOL', value: String(POOLS[name]) },
                ],
                readinessProbe: {
                  httpGet: { path: '/health', port: 'http' },
                  periodSeconds: 1,
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

/** Who uses the database, as the night begins. */
export const CLIENTS: (namespace: string) => readonly ClientWish[] = (namespace) => [
  { name: 'site', namespace, replicas: 2, image: siteImage(41) },
  { name: 'bot', namespace, replicas: 1, image: BOT_IMAGE },
  { name: 'dashboards', namespace: TOOLS, replicas: 1, image: DASHBOARDS_IMAGE },
];

/** For the database `postgres`, then for `bot` and `site`. */
export const ROLES_AND_DATABASES = [
  ...(['site', 'bot', 'dashboards'] as const).map(
    (name) => `create role ${name} login password '${PASSWORDS[name]}'`,
  ),
  `create role watcher login password '${PASSWORDS.watcher}'`,
  'create database site owner site',
  'create database bot owner bot',
];
export const TABLES = `set role bot; create table infractions (id int primary key, what text not null);
insert into infractions select n, md5(n::text) from generate_series(1, ${ROWS}) n`;
