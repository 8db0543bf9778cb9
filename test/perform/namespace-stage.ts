// A database, a stand-in cluster with one Deployment, and Handrails over both: for tests of what compares namespaces.
import { KubeConfig } from '@kubernetes/client-node';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type StandInCluster, startStandInCluster } from '../../sandbox/cluster/server.ts';
import { assemble, type Handrail } from '../../src/assemble.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import type { What } from '../../src/incidents/commands.ts';
import type { Bodies, EventType } from '../../src/incidents/events.ts';
import type { Incident } from '../../src/incidents/state.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { ask, MERGE } from '../contract/asking.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const BINDINGS = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings';

const web = {
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    },
  },
};

export function useNamespace() {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let pool: pg.Pool;
  let cluster: StandInCluster;
  let ids = 0;
  const configOf = (kubeconfig: string): KubeConfig => {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    return config;
  };
  const admin = () => configOf(cluster.kubeconfig);
  /** How each Handrail of this stage comes to its cluster; a test may put something else here. */
  const way: { kubernetes: () => Promise<KubeConfig> } = { kubernetes: async () => admin() };

  beforeAll(async () => {
    database = await freshDatabase(migrated);
    pool = new pg.Pool({ connectionString: database.url, max: 6 });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    cluster = await startStandInCluster();
    expect(await ask(admin(), 'POST', DEPLOYMENTS, web)).toMatchObject({ code: 201 });
  });
  afterAll(async () => {
    await cluster?.close();
    await pool?.end();
    await database?.drop();
  });
  beforeEach(async () => {
    await pool.query(
      'truncate commands, incident_events, attempts, effects, lookups, comparisons, snapshots, snapshot_keys',
    );
    way.kubernetes = async () => admin();
  });

  return {
    way,
    get pool() {
      return pool;
    },
    /** Who may do nothing at all in the cluster. */
    stranger: () => configOf(cluster.kubeconfigFor('nobody')),
    /** `ago`: its clock is behind by so many ms. */
    handrail(ago = 0): Handrail {
      const text =
        'zone: UTC\npeople: { ana: { name: Ana, slack: U0000000ANA } }\naccess: { everywhere: { operate: [ana] } }\nsystems: [{ id: web, title: Web, namespace: default }]\n';
      const { config, problems } = parseHandrailYaml(text, 'handrail.yaml');
      if (!config) throw new Error(JSON.stringify(problems));
      return assemble({
        pool,
        bells: bellsHere(),
        config: { handrail: config, catalog: { systems: config.systems }, secret: () => undefined },
        actions: [],
        runbooks: () => new Map(),
        kubernetes: () => way.kubernetes(),
        log: pino({ level: 'silent' }),
        now: () => new Date(Date.now() - ago),
      });
    },
    async send(handrail: Handrail, incident: number | undefined, what: What): Promise<number> {
      const answer = await handrail.send({
        id: `n${++ids}`,
        ...(incident === undefined ? {} : { incident }),
        by: handrail.asker({ id: 'slack:U0000000ANA' }, undefined),
        now: Date.now(),
        what,
      });
      if (!answer.ok) throw new Error(JSON.stringify(answer));
      return answer.incident;
    },
    /** `since`: ms. */
    declare(handrail: Handrail, since = Date.now() - 1000, namespace = 'default'): Promise<number> {
      const body = {
        title: 'x',
        severity: 'SEV2',
        namespace,
        noticed: '',
        since,
        zone: 'UTC',
        private: false,
        drill: false,
        quiet: false,
        invited: [],
      } as const;
      return this.send(handrail, undefined, { do: 'declare', body: { ...body, invited: [] } });
    },
    async events<T extends EventType>(handrail: Handrail, incident: number, type: T): Promise<Bodies[T][]> {
      const events = await handrail.store.events(incident);
      return events.flatMap((event) => (event.type === type ? [event.body as Bodies[T]] : []));
    },
    async state(handrail: Handrail, incident: number): Promise<Incident> {
      const found = await handrail.store.look(incident, (one) => one);
      if (!found) throw new Error(`there is no INC-${incident}`);
      return found;
    },
    /** By hand, as with kubectl. */
    async scale(replicas: number): Promise<void> {
      const path = `${DEPLOYMENTS}/web?fieldManager=kubectl-edit`;
      expect(await ask(admin(), 'PATCH', path, { spec: { replicas } }, MERGE)).toMatchObject({ code: 200 });
    },
    async bind(name: string): Promise<void> {
      const api = 'rbac.authorization.k8s.io';
      const body = {
        metadata: { name },
        roleRef: { apiGroup: api, kind: 'ClusterRole', name: 'admin' },
        subjects: [{ apiGroup: api, kind: 'User', name: 'dora@example.org' }],
      };
      const said = await ask(admin(), 'POST', `${BINDINGS}?fieldManager=kubectl-create`, body);
      expect(said).toMatchObject({ code: 201 });
    },
    async unbind(name: string): Promise<void> {
      await ask(admin(), 'DELETE', `${BINDINGS}/${name}`);
    },
  };
}
