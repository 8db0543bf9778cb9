// How the night of the connections begins in the lab: one PostgreSQL on an attached volume, and those who are connected.
import type { V1Pod } from '@kubernetes/client-node';
import type { Client } from 'pg';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { type Lab, openLab } from '../../support/lab/lab.ts';
import { connectFromOutside } from '../../support/lab/outside.ts';
import { DRIVER, type Provider, startProvider } from '../../support/lab/provider.ts';
import {
  addCommunityImages,
  CLAIM,
  CLAIM_SIZE,
  CLIENTS,
  clientObjects,
  databaseObjects,
  PASSWORDS,
  ROLES_AND_DATABASES,
  TABLES,
  TOOLS,
} from '../../support/lab/world/community.ts';
import { PATIENCE } from '../patience.ts';
import { NAMESPACE } from './configuration.ts';

/** A session as PostgreSQL knows it, and who it is. */
export interface Session {
  /** `4711 since 2020-12-11T13:24:00.123456Z` */
  readonly id: string;
  readonly user: string;
  readonly application: string;
  readonly address: string;
}

export interface Night {
  readonly lab: Lab;
  readonly provider: Provider;
  /** The session of a machine outside the cluster. */
  readonly outside: Client;
  /** psql inside the database's pod, by kubectl, as its superuser. */
  psql(statement: string, database?: string): Promise<string>;
  /** Every client but the one that asks. */
  sessions(): Promise<Session[]>;
  /** Pods of `site` that run, the oldest first. */
  pods(): Promise<V1Pod[]>;
  close(): Promise<void>;
}

const EVERYBODY = `select pid || ' since ' || to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  usename, application_name, coalesce(host(client_addr), '') from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid() and usename is not null order by 1`;

export async function beginNight(grants: string): Promise<Night> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const lab = await openLab({ world: 'empty', namespace: NAMESPACE, audit: true });
    closers.push(() => lab.close());
    addCommunityImages(lab.images);
    const provider = await startProvider(lab.config);
    closers.push(() => provider.stop());
    await lab.addVolume(CLAIM, CLAIM_SIZE, DRIVER);
    await lab.apply(databaseObjects());
    await lab.untilReady('app=postgres', 1, PATIENCE);

    const inDatabase = (...args: readonly string[]) =>
      lab.kubectl('exec', 'deployment/postgres', '--', 'psql', '-U', 'postgres', '-XAtq', ...args);
    const psql: Night['psql'] = (statement, database = 'postgres') =>
      inDatabase('-c', statement, '-d', database);
    for (const statement of ROLES_AND_DATABASES) await psql(statement);
    await psql(TABLES, 'bot');
    // As a person pipes what was printed into psql.
    for (const statement of grants.split('\n').filter((line) => line.startsWith('GRANT')))
      await psql(statement);

    await lab.core.createNamespace({ body: { metadata: { name: TOOLS } } });
    await waitUntil('the other namespace has its service account', async () => {
      const { items } = await lab.core.listNamespacedServiceAccount({ namespace: TOOLS });
      return items.some(({ secrets = [] }) => secrets.length > 0);
    });
    for (const one of CLIENTS(NAMESPACE)) await lab.apply(clientObjects(one, `postgres.${NAMESPACE}`));
    await lab.untilReady('app=site', 2, PATIENCE);
    await lab.untilReady('app=bot', 1, PATIENCE);
    await lab.kubectl('rollout', 'status', 'deployment/dashboards', '-n', TOOLS, `--timeout=${PATIENCE}s`);
    const [pod] = await lab.untilReady('app=postgres', 1, PATIENCE);
    const outside = await connectFromOutside(lab, {
      host: pod?.status?.podIP ?? '',
      user: 'site',
      password: PASSWORDS.site,
      database: 'site',
      application_name: 'nightly export',
    });
    closers.push(() => outside.end().catch(() => undefined));
    return {
      lab,
      provider,
      outside,
      psql,
      async sessions() {
        const text = await psql(EVERYBODY);
        return text.split('\n').map((line) => {
          const [id = '', user = '', application = '', address = ''] = line.split('|');
          return { id, user, application, address };
        });
      },
      async pods() {
        const { items } = await lab.core.listNamespacedPod({
          namespace: NAMESPACE,
          labelSelector: 'app=site',
        });
        const alive = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
        return alive.toSorted(
          (a, b) => Number(a.metadata?.creationTimestamp ?? 0) - Number(b.metadata?.creationTimestamp ?? 0),
        );
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
