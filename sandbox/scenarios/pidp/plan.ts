/** The world of `pidp-patroni` for a seed: names, which database is used and how that is written, who crashed, who is ahead. */
import { WRITTEN, type Written } from '../database-setting.ts';
import { type Random, randomOf } from '../random.ts';
import type { WorldPlan } from '../scenario.ts';

export interface MemberPlan {
  readonly name: string;
  /** How much WAL it has, in bytes. */
  readonly position: number;
  readonly crashed: boolean;
}

export interface ClusterPlan {
  /** Patroni as teams run it themselves, or as an operator sets it up. */
  readonly style: 'patroni' | 'crunchy';
  readonly name: string;
  readonly service: string;
  readonly container: string;
  readonly mount: string;
  readonly data: string;
  readonly members: readonly MemberPlan[];
  /** The member that leads or led last. */
  readonly leader: number;
  readonly timeline: number;
  readonly systemIdentifier: string;
  /** Labels of all its pods. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface PidpPlan extends WorldPlan {
  readonly scenario: 'pidp-patroni';
  /** `fault`: the used database is down. `no fault`: everything is well. */
  readonly variant: 'fault' | 'no fault';
  readonly tools: string;
  readonly api: string;
  readonly reports: string;
  readonly utility: string;
  readonly database: string;
  readonly role: string;
  readonly written: Written;
  /** The host as it is written. */
  readonly host: string;
  readonly used: ClusterPlan;
  readonly unused: ClusterPlan;
  readonly images: {
    readonly present: string;
    readonly working: string;
    readonly empty: string;
    readonly api: string;
  };
  /** The last leader's pod still carries the label that the Service selects. */
  readonly roleLabelKept: boolean;
}

/** In every ten seeds, the one in which the database that looks like the wrong one is the used one. */
export const isLookAlikeSeed = (seed: number): boolean => seed % 10 === 3;
/** In every ten seeds, the one in which nothing is wrong. */
export const isFaultlessSeed = (seed: number): boolean => seed % 10 === 7;

/** Seed 1 has the names that the documentation uses. */
export function planOf(seed: number): PidpPlan {
  const random = randomOf(seed);
  const plain = seed === 1;
  const license = plain ? 'd8a8f9' : random.hex(6);
  const namespace = `${license}-prod`;
  const tools = `${license}-tools`;
  const variant = isFaultlessSeed(seed) ? 'no fault' : 'fault';
  const patroniName = plain
    ? 'prod-patroni'
    : random.pick(['prod-patroni', 'patroni', 'app-patroni', 'pg-ha', 'patroni-main', 'data-patroni']);
  const crunchyName = plain
    ? 'crunchy-db'
    : random.pick(['crunchy-db', 'crunchy-postgres', 'hippo', 'postgres-v2', 'crunchydb', 'database']);
  const patroni = (isUsed: boolean) =>
    clusterOf('patroni', patroniName, isUsed && variant === 'fault', random, plain);
  const crunchy = (isUsed: boolean) =>
    clusterOf('crunchy', crunchyName, isUsed && variant === 'fault', random, plain);
  const crunchyIsUsed = isLookAlikeSeed(seed) || (!plain && !isFaultlessSeed(seed) && random.once(4));
  const [used, unused] = crunchyIsUsed ? [crunchy(true), patroni(false)] : [patroni(true), crunchy(false)];
  const hosts = [
    used.service,
    `${used.service}.${namespace}`,
    `${used.service}.${namespace}.svc`,
    `${used.service}.${namespace}.svc.cluster.local`,
  ];
  const registry = 'image-registry.openshift-image-registry.svc:5000';
  return {
    scenario: 'pidp-patroni',
    seed,
    variant,
    namespace,
    tools,
    api: plain
      ? 'web-api'
      : random.pick(['web-api', 'orders-api', 'portal-api', 'intake', 'registry-api', 'forms-backend']),
    reports: plain ? 'metabase' : random.pick(['metabase', 'reports', 'dashboards']),
    utility: plain ? 'utility' : random.pick(['utility', 'toolbox', 'debug-tools']),
    database: plain ? 'app' : random.pick(['app', 'portal', 'registry', 'appdb', 'intake']),
    role: plain ? 'app' : random.pick(['app', 'service', 'api']),
    written: plain ? 'secret' : random.pick(WRITTEN),
    host: plain ? used.service : random.pick(hosts),
    used,
    unused,
    images: {
      present: `${registry}/${tools}/patroni-postgres:18-stable`,
      working: 'artifacts.example.org/platform/patroni-postgres:2.0.1-18-latest',
      empty: `${registry}/${tools}/patroni-postgres:2.0.1-18`,
      api: `${registry}/${tools}/api:${random.int(100, 480)}`,
    },
    roleLabelKept: plain || !random.once(4),
  };
}

function clusterOf(
  style: ClusterPlan['style'],
  name: string,
  broken: boolean,
  random: Random,
  plain: boolean,
): ClusterPlan {
  const count = 3;
  const leader = plain ? 2 : random.int(0, count - 1);
  const newest = random.int(40, 900) * 16_777_216 + random.int(1, 16_000_000);
  // The last leader has what nobody else has: more than Patroni would ever overlook.
  const behind = () => random.int(12, 160) * 1_048_576 + random.int(0, 1_000_000);
  const survivor =
    broken && !plain && random.once(3) ? random.pick([0, 1, 2].filter((one) => one !== leader)) : undefined;
  const members = Array.from({ length: count }, (_, i) => ({
    name: `${name}-${i}`,
    position: i === leader || !broken ? newest : newest - behind(),
    crashed: broken && i !== survivor,
  }));
  const common = {
    style,
    name,
    members,
    leader,
    timeline: random.int(3, 40),
    systemIdentifier: `7${Array.from({ length: 18 }, () => random.int(0, 9)).join('')}`,
  };
  return style === 'patroni'
    ? {
        ...common,
        service: name,
        container: 'postgresql',
        mount: '/home/postgres/pgdata',
        data: '/home/postgres/pgdata/pgroot/data',
        labels: { app: name, 'cluster-name': name },
      }
    : {
        ...common,
        service: `${name}-primary`,
        container: 'database',
        mount: '/pgdata',
        data: '/pgdata/pg18',
        labels: {
          'postgres-operator.crunchydata.com/cluster': name,
          'postgres-operator.crunchydata.com/data': 'postgres',
        },
      };
}

/** The label by which Patroni tells the leader. */
export function roleLabelOf(style: ClusterPlan['style']): string {
  return style === 'patroni' ? 'role' : 'postgres-operator.crunchydata.com/role';
}
