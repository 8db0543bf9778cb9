/** The applications, played: what they keep open, whether they are let in, what their logs say, and how they come back. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Pod } from '../../cluster/api/wire.ts';
import type { OwnServer } from '../../cluster/databases/own-server.ts';
import type { Behaviour } from '../../cluster/pods/behaviour.ts';
import type { StandInCluster } from '../../cluster/server.ts';
import { Crowd, type Holder } from './crowd.ts';
import { applicationOf, holderOf, outsideHolder, STALE, staleHolders } from './holders.ts';
import type { PreviousRollout } from './past.ts';
import type { SurgePlan } from './plan.ts';

/** ms after a session has ended in which others may still end. */
const TOGETHER_MS = 50;
const PATIENCE_MS = 60_000;

export class Applications {
  /** The database's container runs. */
  databaseRuns = true;
  /** The uid of its pod; another one is another start. */
  private databasePod = '';
  private wasRestarted = false;
  private readonly plan: SurgePlan;
  private readonly server: OwnServer;
  private readonly crowd: Crowd;
  /** Those that are not let in, with PostgreSQL's words. */
  private readonly refused = new Map<string, string>();
  private cluster: StandInCluster | undefined;
  /** Uids of the pods that leak: some of those that ran when the scenario began. */
  private leaking: readonly string[] = [];
  private seen = '';
  private work: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(plan: SurgePlan, server: OwnServer) {
    this.plan = plan;
    this.server = server;
    this.crowd = new Crowd(server, () => this.soon());
  }

  /** In the past: from now on nobody is let in. */
  isFull(): void {
    for (const { name } of this.plan.applications) this.refused.set(name, '');
  }

  behaviourOf(name: string): Behaviour {
    const own = this.plan.applications.find((one) => one.name === name);
    const isUp = !this.refused.has(name);
    return {
      is: 'running',
      ready: isUp || !own?.probed,
      log: [`info: ${name} has started`],
      probe:
        'Get "http://pod:8000/health": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    };
  }

  isRefused(name: string): boolean {
    return this.refused.has(name);
  }

  /** How many connections the pods that run now and earlier ones hold under this role. */
  held(role: string): number {
    return this.crowd.ids((holder) => holder.role === role).length;
  }

  /** Opens every connection of the beginning. Gives the ids of those that nothing may end, and of the earlier rollout's. */
  async begin(cluster: StandInCluster, previous: PreviousRollout) {
    this.cluster = cluster;
    const pods = this.pods();
    this.leaking = pods.flatMap(({ metadata: { uid, labels } }) =>
      this.plan.variant === 'current' && labels?.['app'] === this.plan.leaker ? [uid] : [],
    );
    this.seen = keyOf(pods);
    this.databasePod = keyOf(this.databasePods());
    await this.mustFill(outsideHolder(this.plan));
    for (const pod of pods) await this.mustFill(this.holderOf(pod));
    for (const stale of staleHolders(this.plan, previous)) await this.mustFill(stale);
    const [first] = pods;
    if (this.plan.variant !== 'no fault' && first) {
      const words = await this.crowd.crush(this.holderOf(first), this.plan.reserved);
      for (const pod of pods) this.log(pod, words);
      await this.crushIsOver();
    }
    await this.ask();
    const isStale = ({ pod }: Holder) => pod === STALE;
    const leaks = ({ pod }: Holder) => pod !== undefined && this.leaking.includes(pod);
    return {
      present: this.crowd.ids((holder) => !isStale(holder) && !leaks(holder)),
      stale: this.crowd.ids(isStale),
    };
  }

  /** Called after every change in the cluster: pods that are gone let go, new ones connect. */
  follow(cluster: StandInCluster): void {
    this.cluster = cluster;
    const now = keyOf(this.pods());
    const database = keyOf(this.databasePods());
    if (now === this.seen && database === this.databasePod) return;
    if (database !== this.databasePod) this.wasRestarted = true;
    this.seen = now;
    this.databasePod = database;
    this.databaseRuns = database !== '';
    this.soon();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.timer) await pause(TOGETHER_MS);
    await this.work;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.work.catch(() => undefined);
    await this.crowd.close();
  }

  private soon(): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      // A failure here is the world's own: whoever looks at the applications sees that they do not come back.
      this.work = this.work.then(() => this.catchUp()).catch(() => undefined);
    }, TOGETHER_MS);
  }

  private async catchUp(): Promise<void> {
    if (this.closed) return;
    if (this.wasRestarted) {
      this.wasRestarted = false;
      await this.crowd.end(() => true);
    }
    if (!this.databaseRuns) {
      for (const { name } of this.plan.applications) this.refused.set(name, 'Connection refused');
      this.cluster?.react();
      return;
    }
    const pods = this.pods();
    const present = new Set(pods.map(({ metadata }) => metadata.uid));
    await this.crowd.end(({ pod }) => pod !== undefined && pod !== STALE && !present.has(pod));
    for (const pod of pods) await this.crowd.fill(this.holderOf(pod));
    await this.ask();
  }

  /** Each application tries one more connection, one after the other, as its health check does. */
  private async ask(): Promise<void> {
    for (const { name } of this.plan.applications) {
      const own = this.pods().filter((pod) => pod.metadata.labels?.['app'] === name);
      const [first] = own;
      if (!first) continue;
      const words = await this.crowd.knock(this.holderOf(first));
      const was = this.refused.has(name);
      if (words === undefined) this.refused.delete(name);
      else this.refused.set(name, words);
      if (words !== undefined) for (const pod of own) this.log(pod, words);
      else if (was)
        for (const pod of own) this.say(pod, `info: connected to ${this.plan.database.name} again`);
    }
    this.cluster?.react();
  }

  private holderOf(pod: Pod): Holder {
    return holderOf(this.plan, pod, this.leaking);
  }

  private async mustFill(holder: Holder): Promise<void> {
    const words = await this.crowd.fill(holder);
    if (words !== undefined) throw new Error(`${holder.application} is not let in: ${words}`);
  }

  /** Only those that hold something are connected; until then a superuser might be kept out as well. */
  private async crushIsOver(): Promise<void> {
    const wanted = this.crowd.ids().length + 1;
    const until = performance.now() + PATIENCE_MS;
    while ((await this.clients()) !== wanted) {
      if (performance.now() > until) throw new Error('those that were never let in have not left');
      await pause(20);
    }
  }

  private async clients(): Promise<number | undefined> {
    try {
      const [row] = await this.server.query<{ n: number }>(
        'postgres',
        "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend'",
      );
      return row?.n;
    } catch (error) {
      if ((error as { code?: string }).code !== '53300') throw error;
      return undefined;
    }
  }

  private log(pod: Pod, words: string | undefined): void {
    if (!words) return;
    const { library } = applicationOf(this.plan, pod.metadata.labels?.['app'] ?? '');
    const says: Readonly<Record<string, string>> = {
      django: `django.db.utils.OperationalError: FATAL:  ${words}`,
      asyncpg: `asyncpg.exceptions.TooManyConnectionsError: ${words}`,
    };
    this.say(pod, says[library] ?? `error: ${words}`);
  }

  private say(pod: Pod, line: string): void {
    const { namespace = '', name } = pod.metadata;
    this.cluster?.kubelet.say(namespace, name, pod.spec.containers[0]?.name ?? '', line);
  }

  /** Pods of the applications whose container runs. */
  private pods(): Pod[] {
    const names = new Set(this.plan.applications.map(({ name }) => name));
    return this.runningPods().filter((pod) => names.has(pod.metadata.labels?.['app'] ?? ''));
  }

  private databasePods(): Pod[] {
    return this.runningPods().filter(({ metadata }) => metadata.labels?.['app'] === this.plan.database.name);
  }

  private runningPods(): Pod[] {
    const all = this.cluster?.store.list<Pod>('Pod', this.plan.namespace) ?? [];
    return all.filter(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined &&
        status.containerStatuses?.[0]?.state.running !== undefined,
    );
  }
}

function keyOf(pods: readonly Pod[]): string {
  return pods.map(({ metadata }) => metadata.uid).join(' ');
}
