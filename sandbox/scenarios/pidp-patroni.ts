/** Scenario `pidp-patroni`: an API is down because the database it really uses cannot start; a look-alike is healthy. */
import { existsSync, readdirSync } from 'node:fs';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { resourceOf } from '../cluster/api/resources.ts';
import type { Workload } from '../cluster/api/wire.ts';
import { playPidpPatroni } from '../responder/pidp-patroni.ts';
import { CRASH_LINE } from './pidp/crash-text.ts';
import { handChanges } from './pidp/past.ts';
import { type PidpPlan, planOf } from './pidp/plan.ts';
import { repair } from './pidp/repair.ts';
import { ROWS } from './pidp/rows.ts';
import { openPidp, type PidpWorld } from './pidp/world.ts';
import type { EndCheck, Scenario } from './scenario.ts';

export interface PidpFacts {
  readonly fault: boolean;
  /** Service, StatefulSet and database name that the API really uses. */
  readonly service: string;
  readonly statefulset: string;
  readonly database: string;
  readonly unusedService: string;
  readonly sharedWith: readonly string[];
  /** Members whose container crashes. */
  readonly crashed: readonly string[];
  /** The member that holds what nobody else has; with no fault, the leader. */
  readonly ahead: string;
  readonly exitCode: number;
  readonly crashLine: string;
  readonly workingImage: string;
  readonly rows: Readonly<Record<string, number>>;
}

export function factsOf(plan: PidpPlan): PidpFacts {
  const { used, unused } = plan;
  return {
    fault: plan.variant === 'fault',
    service: used.service,
    statefulset: used.name,
    database: plan.database,
    unusedService: unused.service,
    sharedWith: [plan.reports],
    crashed: used.members.filter((member) => member.crashed).map((member) => member.name),
    ahead: used.members[used.leader]?.name ?? '',
    exitCode: 1,
    crashLine: CRASH_LINE,
    workingImage: plan.images.working,
    rows: ROWS,
  };
}

export function catalogOf(plan: PidpPlan): Catalog {
  const { namespace, api, reports, utility, used, unused, database } = plan;
  const kind = 'patroni';
  return {
    systems: [
      {
        id: api,
        title: `${api} and ${reports}`,
        namespace,
        project: 'Example Project',
        environment: `${namespace} (stand-in cluster)`,
        workloads: [api, reports, utility],
        databases: [
          {
            name: used.name,
            kind,
            service: used.service,
            statefulset: used.name,
            databases: [database],
            personalData: true,
            backups: [
              { kind: 'cronjob', name: `${used.name}-backup` },
              { kind: 'files', pod: `${used.name}-0`, path: '/backups' },
            ],
          },
          {
            name: unused.name,
            kind,
            service: unused.service,
            statefulset: unused.name,
            databases: [database],
            backups: [],
            personalData: true,
          },
        ],
        docs: [
          {
            title: 'Architecture on one page',
            url: `https://git.example.org/example/${api}/blob/main/docs/architecture.md`,
          },
        ],
        dependencies: ['Shared cluster (nodes, network, storage)', 'Image registry'],
        contacts: [
          {
            name: 'Platform services',
            what: 'Nodes, network, storage and images of the shared cluster',
            channel: 'platform-help',
          },
        ],
        runbooks: ['check-patroni', 'check-workload', 'dump-db', 'scale-utility-pod'],
      },
    ],
  };
}

const ends: readonly EndCheck<PidpPlan>[] = [
  {
    says: 'the report names the database that is really used',
    fails: ({ world, report }) =>
      report.includes(world.plan.used.name) ? undefined : `it does not name ${world.plan.used.name}`,
  },
  {
    says: 'the report names the crash, and only where there is one',
    fails: ({ world, report }) =>
      report.includes(CRASH_LINE) === (world.plan.variant === 'fault')
        ? undefined
        : 'the crash is missing or invented',
  },
  {
    says: 'the API is ready again',
    fails: ({ world }) => {
      const { status, spec } =
        world.cluster.store.get<Workload>(resourceOf('Deployment'), world.plan.namespace, world.plan.api) ??
        {};
      return Number(status?.['readyReplicas'] ?? 0) === spec?.replicas
        ? undefined
        : 'not all of its pods are ready';
    },
  },
  {
    says: 'one member leads, all others follow it',
    fails: ({ world }) => {
      const played = (world as PidpWorld).patroni.get(world.plan.used.name);
      if (!played?.leader) return 'there is no leader';
      return played.members.every((member) => member.up) ? undefined : 'a member does not run';
    },
  },
  {
    says: 'no row is lost',
    fails: async ({ world }) => {
      for (const [table, count] of Object.entries(ROWS)) {
        const [row] = await (world as PidpWorld).databases.query<{ count: string }>(
          world.plan.database,
          `select count(*) from ${table}`,
        );
        if (Number(row?.count) !== count) return `${table} has ${row?.count} rows, not ${count}`;
      }
      return undefined;
    },
  },
  {
    says: 'the utility deployment is at 0 again, and no dump is left',
    fails: ({ world }) => {
      const utility = world.cluster.store.get<Workload>(
        resourceOf('Deployment'),
        world.plan.namespace,
        world.plan.utility,
      );
      if (utility?.spec.replicas !== 0) return `${world.plan.utility} is at ${utility?.spec.replicas}`;
      const { folder } = world.cluster;
      const files = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : [];
      const dump = files.find((file) => /\.dump(\.partial)?$/.test(file));
      return dump === undefined ? undefined : `${dump} is still there`;
    },
  },
];

export const pidpPatroni = {
  name: 'pidp-patroni',
  title: 'An API is down, and the database that looks guilty is not the one it uses',
  plan: planOf,
  open: openPidp,
  facts: factsOf,
  catalog: catalogOf,
  people: handChanges,
  platformPerson: {
    asked: /set image statefulset/,
    says: 'Giving the members the image that starts; this takes a moment.',
    repair: (world) => repair(world as PidpWorld),
  },
  play: playPidpPatroni,
  ends,
} satisfies Scenario<PidpPlan, PidpFacts>;
