/** The world of `postgres-connections` for a seed: names, the limit, who leaked how many, and how settings are written. */
import { WRITTEN, type Written } from '../database-setting.ts';
import { randomOf } from '../random.ts';
import type { WorldPlan } from '../scenario.ts';

export interface ApplicationPlan {
  /** Of its Deployment and of its role. */
  readonly name: string;
  readonly pods: number;
  /** Connections that each of its pods keeps open. */
  readonly pool: number;
  /** The name that it gives to its connections: its library's, or that of its pod. */
  readonly calls: 'its library' | 'its pod';
  readonly library: string;
  /** It has a readiness probe, which asks the database. */
  readonly probed: boolean;
  readonly written: Written;
}

export interface SurgePlan extends WorldPlan {
  readonly scenario: 'postgres-connections';
  /**
   * `previous`: connections that an earlier rollout has left fill the server; `current`: those of the present one do;
   * `no fault`: there is room.
   */
  readonly variant: 'previous' | 'current' | 'no fault';
  /** The Service and the Deployment or StatefulSet of the database. */
  readonly database: { readonly name: string; readonly kind: 'Deployment' | 'StatefulSet' };
  /** max_connections, and how many of them are kept for superusers. */
  readonly limit: number;
  readonly reserved: number;
  /** The first one is what people outside use. */
  readonly applications: readonly ApplicationPlan[];
  /** Name of the application that leaked. */
  readonly leaker: string;
  /** How many connections too many: of the previous rollout, or of the present one. */
  readonly leaked: number;
  /** What is still listed of the previous rollout's pods. */
  readonly remains: 'nothing' | 'evicted pods';
  /** Connections of a host outside the cluster. */
  readonly outside: number;
  /** Of handrail.yaml; undefined: whoever psql in the pod is. */
  readonly watcher?: string;
  /** The second number of all addresses of pods: `127.<network>.x.y`. */
  readonly network: number;
}

/** In every ten seeds, the one in which the present rollout leaks. */
export const isCurrentSeed = (seed: number): boolean => seed % 10 === 4;
/** In every ten seeds, the one in which nothing is wrong. */
export const isFaultlessSeed = (seed: number): boolean => seed % 10 === 7;

/** Seed 1 has the numbers of the incident that this is made after: 100 clients at most. */
export function planOf(seed: number): SurgePlan {
  const random = randomOf(seed);
  const plain = seed === 1;
  const variant = isFaultlessSeed(seed) ? 'no fault' : isCurrentSeed(seed) ? 'current' : 'previous';
  const limit = plain ? 100 : random.pick([40, 50, 60, 80, 100]);
  const names = plain
    ? ['site', 'bot', 'dashboards']
    : [
        random.pick(['site', 'portal', 'storefront', 'wiki']),
        random.pick(['bot', 'worker', 'mailer', 'sync']),
        random.pick(['dashboards', 'metrics', 'forms', 'reports']),
      ];
  const pods = [2, 1, 1];
  const pools = plain ? [4, 5, 3] : [random.int(2, 4), random.int(2, 5), random.int(1, 3)];
  const libraries = ['django', 'asyncpg', 'node-postgres'];
  const written = plain ? (['url', 'secret', 'env'] as const) : random.shuffled(WRITTEN).slice(0, 3);
  const applications = names.map(
    (name, i): ApplicationPlan => ({
      name,
      pods: pods[i] ?? 1,
      pool: pools[i] ?? 1,
      calls: plain ? (i === 0 ? 'its pod' : 'its library') : random.pick(['its library', 'its pod']),
      library: libraries[i] ?? 'libpq',
      // A bot answers nobody over HTTP.
      probed: i !== 1,
      written: written[i] ?? 'env',
    }),
  );
  const leaker = plain ? 'site' : random.pick(names);
  const outside = plain ? 1 : random.int(0, 2);
  const reserved = 3;
  const wanted = applications.reduce((sum, one) => sum + one.pods * one.pool, outside);
  return {
    scenario: 'postgres-connections',
    seed,
    namespace: plain ? 'community-prod' : `${random.pick(['community', 'guild', 'forum'])}-${random.hex(4)}`,
    variant,
    database: {
      name: plain ? 'postgres' : random.pick(['postgres', 'db', 'postgresql', 'main-db']),
      kind: plain || random.once(2) ? 'Deployment' : 'StatefulSet',
    },
    limit,
    reserved,
    applications,
    leaker,
    leaked: variant === 'no fault' ? 0 : limit - reserved - wanted,
    remains: plain || random.once(2) ? 'nothing' : 'evicted pods',
    outside,
    ...(plain || random.once(2) ? { watcher: 'watcher' } : {}),
    network: 64 + random.int(0, 40),
  };
}

/** The application that people outside use. */
export function siteOf(plan: SurgePlan): ApplicationPlan {
  const [site] = plan.applications;
  if (!site) throw new Error('a world without applications');
  return site;
}
