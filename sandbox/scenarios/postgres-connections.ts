/** Scenario `postgres-connections`: one PostgreSQL is full of connections that an earlier rollout has left behind. */
import type { Catalog } from '../../src/catalog/catalog.ts';
import { resourceOf } from '../cluster/api/resources.ts';
import type { Workload } from '../cluster/api/wire.ts';
import { playPostgresConnections } from '../responder/postgres-connections.ts';
import type { EndCheck, Ending, Scenario } from './scenario.ts';
import { planOf, type SurgePlan, siteOf } from './surge/plan.ts';
import { openSurge, ROWS, type SurgeWorld } from './surge/world.ts';

export interface SurgeFacts {
  readonly variant: SurgePlan['variant'];
  readonly service: string;
  readonly limit: number;
  readonly leaker: string;
  /** Connections that nobody needs. */
  readonly leaked: number;
  /** All connections when the scenario begins. */
  readonly used: number;
}

export function factsOf(plan: SurgePlan): SurgeFacts {
  const { variant, limit, leaker, leaked, database, outside } = plan;
  const wanted = plan.applications.reduce((sum, one) => sum + one.pods * one.pool, outside);
  return { variant, service: database.name, limit, leaker, leaked, used: wanted + leaked };
}

export function catalogOf(plan: SurgePlan): Catalog {
  const { namespace, database, applications, watcher } = plan;
  const names = applications.map(({ name }) => name);
  return {
    systems: [
      {
        id: siteOf(plan).name,
        title: names.join(', '),
        namespace,
        project: 'Example Community',
        environment: `${namespace} (stand-in cluster)`,
        workloads: names,
        databases: [
          {
            name: database.name,
            kind: 'postgres',
            service: database.name,
            ...(database.kind === 'StatefulSet' ? { statefulset: database.name } : {}),
            ...(watcher ? { user: watcher } : {}),
            databases: names,
            backups: [],
            personalData: true,
          },
        ],
        docs: [
          {
            title: 'Services on one page',
            url: `https://git.example.org/example/${siteOf(plan).name}/blob/main/docs/services.md`,
          },
        ],
        dependencies: ['CDN in front of the site', 'Provider of nodes and volumes'],
        contacts: [
          { name: 'Platform services', what: 'Nodes and volumes of the cluster', channel: 'platform-help' },
        ],
        runbooks: ['check-workload', 'postgres-connection-surge'],
      },
    ],
  };
}

const played = ({ world }: Ending<SurgePlan>) => world as SurgeWorld;

const ends: readonly EndCheck<SurgePlan>[] = [
  {
    says: 'the report names who held the connections, how many, and the limit; and nobody where there was room',
    fails(ending) {
      const { report } = ending;
      const { plan } = ending.world;
      const { variant, leaker, leaked, limit } = factsOf(plan);
      const cause = causeIn(report);
      const wanted: Record<SurgePlan['variant'], readonly string[]> = {
        previous: [
          `${leaked} of `,
          `limit of ${limit}`,
          isSetSeen(plan) ? played(ending).previous.set : leaker,
        ],
        current: [`limit of ${limit}`, `deployment ${leaker}`],
        'no fault': [],
      };
      const missing = wanted[variant].find((words) => !cause.includes(words));
      if (missing !== undefined) return `its cause does not say “${missing}”`;
      const invented = variant === 'no fault' && /belong to nobody|previous/i.test(report);
      return invented ? 'it names connections of nobody where there were none' : undefined;
    },
  },
  {
    says: 'exactly the connections of nobody were ended: the others are the same sessions as before',
    async fails(ending) {
      const { server, atFirst } = played(ending);
      const rows = await server.query<{ id: string }>('postgres', IDS);
      const now = new Set(rows.map(({ id }) => id));
      const lost = atFirst.present.filter((id) => !now.has(id));
      if (lost.length > 0) return `${lost.length} of those who still run were ended: ${lost.join(', ')}`;
      const there = atFirst.stale.filter((id) => now.has(id));
      return there.length > 0 ? `${there.length} of nobody are still there` : undefined;
    },
  },
  {
    says: 'there is room again',
    async fails(ending) {
      const { server, plan } = played(ending);
      const used = (await server.query('postgres', IDS)).length;
      return used < 0.8 * plan.limit ? undefined : `${used} of ${plan.limit} are used`;
    },
  },
  {
    says: 'every application answers again, with as many pods as before',
    async fails(ending) {
      const { applications, cluster, plan } = played(ending);
      await applications.settled();
      for (const { name, pods } of plan.applications) {
        const found = cluster.store.get<Workload>(resourceOf('Deployment'), plan.namespace, name);
        if (found?.spec.replicas !== pods) return `${name} is at ${found?.spec.replicas}, not ${pods}`;
        if (applications.isRefused(name)) return `${name} is not let in`;
        if (Number(found.status['readyReplicas'] ?? 0) !== pods) return `not all pods of ${name} are ready`;
      }
      return undefined;
    },
  },
  {
    says: 'no row is lost',
    async fails(ending) {
      const { server, plan } = played(ending);
      for (const { name } of plan.applications) {
        const [row] = await server.query<{ n: number }>(name, 'select count(*)::int as n from entry');
        if (row?.n !== ROWS) return `${name} has ${row?.n} rows, not ${ROWS}`;
      }
      return undefined;
    },
  },
  {
    says: 'nothing is left behind',
    fails: ({ report }) =>
      /Nothing left behind/.test(sectionOf(report, 'Left behind')) ? undefined : 'the report lists something',
  },
];

/** Whether anything that is still there names the ReplicaSet: its pods, or their connections. */
export function isSetSeen(plan: SurgePlan): boolean {
  const leaker = plan.applications.find(({ name }) => name === plan.leaker);
  return plan.remains === 'evicted pods' || leaker?.calls === 'its pod';
}

const IDS = `select pid || ' since ' || to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as id
  from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;

/** What a report in any of its forms says of the cause. */
export function causeIn(report: string): string {
  const headings = ['Cause', '🌱 Blameless root cause', 'Takeaways'];
  return headings.map((heading) => sectionOf(report, heading)).find((text) => text !== '') ?? '';
}

/** The text of a section of the report. */
function sectionOf(report: string, heading: string): string {
  const from = report.indexOf(`\n## ${heading}\n`);
  if (from < 0) return '';
  const to = report.indexOf('\n## ', from + 4);
  return report.slice(from, to < 0 ? undefined : to);
}

export const postgresConnections = {
  name: 'postgres-connections',
  title: 'A site and a bot are down: PostgreSQL is full of connections that nobody owns any more',
  plan: planOf,
  open: openSurge,
  facts: factsOf,
  catalog: catalogOf,
  people: () => [],
  play: playPostgresConnections,
  ends,
} satisfies Scenario<SurgePlan, SurgeFacts>;
