// What a test asks the lab's Patroni members themselves: over SQL, over their REST API, and what the cluster says of them.
import type { CoreV1Api, KubeConfig, V1Pod } from '@kubernetes/client-node';
import { Client } from 'pg';
import { z } from 'zod';
import { waitUntil } from '../control-plane/waiting.ts';
import { MEMBERS, PASSWORDS, SCOPE } from './world/patroni.ts';

const clusterBody = z.object({
  members: z.array(
    z.object({
      name: z.string(),
      role: z.string(),
      state: z.string(),
      timeline: z.number().optional(),
      lag: z.union([z.number(), z.string()]).optional(),
    }),
  ),
});

export type ListedMember = z.infer<typeof clusterBody>['members'][number];

export interface Members {
  /** The member's address: `<subnet>.11`, `.12`, `.13`. */
  addressOf(member: string): string;
  /** A session as superuser, straight to the member. Its end is the caller's. */
  connect(member: string, database?: string): Promise<Client>;
  /** Statements in one session, the rows of the last. */
  run(member: string, database: string, statements: readonly string[]): Promise<Record<string, unknown>[]>;
  /** GET at the member's REST API. */
  rest(member: string, path: string): Promise<{ status: number; text: string }>;
  /** What the first member that answers says of all; empty when none does. */
  listed(): Promise<readonly ListedMember[]>;
  /** The name of the pod with Patroni's label `role=master`; the member must say so too. */
  untilLed(seconds: number): Promise<string>;
  /** One leader, both others on its timeline and streaming, no lag, all pods ready. */
  untilHealthy(seconds: number): Promise<void>;
  /** Exactly `count` pods of the selector are there, all ready. */
  untilReady(selector: string, count: number, seconds: number): Promise<V1Pod[]>;
}

export function membersOf(from: {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly namespace: string;
  readonly subnet: string;
}): Members {
  const { core, namespace, subnet } = from;
  const addressOf = (member: string) => `${subnet}.${11 + MEMBERS.findIndex((one) => one === member)}`;
  const connect: Members['connect'] = async (member, database = 'postgres') => {
    const client = new Client({
      host: addressOf(member),
      port: 5432,
      user: 'postgres',
      password: PASSWORDS.postgres,
      database,
      connectionTimeoutMillis: 5000,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const run: Members['run'] = async (member, database, statements) => {
    const client = await connect(member, database);
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
      return rows;
    } finally {
      await client.end();
    }
  };
  const rest: Members['rest'] = async (member, path) => {
    const answer = await fetch(`http://${addressOf(member)}:8008${path}`, {
      signal: AbortSignal.timeout(3000),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const listed: Members['listed'] = async () => {
    for (const member of MEMBERS) {
      const answer = await rest(member, '/cluster').catch(() => undefined);
      if (answer?.status === 200) return clusterBody.parse(JSON.parse(answer.text)).members;
    }
    return [];
  };
  const isReady = (pod: V1Pod) =>
    pod.metadata?.deletionTimestamp === undefined &&
    (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
  const ready = async (labelSelector: string, count: number) => {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector });
    return items.length === count && items.every(isReady) ? items : undefined;
  };
  const streaming = async (leader: string) => {
    const rows = await run(leader, 'postgres', ['select state from pg_stat_replication']).catch(() => []);
    return rows.filter(({ state }) => state === 'streaming').length;
  };
  const led = async () => {
    const labelSelector = `cluster-name=${SCOPE},role=master`;
    const { items } = await core.listNamespacedPod({ namespace, labelSelector });
    const name = items.length === 1 ? items[0]?.metadata?.name : undefined;
    if (name === undefined) return undefined;
    const answer = await rest(name, '/leader').catch(() => undefined);
    return answer?.status === 200 ? name : undefined;
  };
  let last: unknown = 'nothing yet';
  const describe = () => `(last seen: ${JSON.stringify(last)})`;
  return {
    addressOf,
    connect,
    run,
    rest,
    listed,
    untilLed: (seconds) => waitUntil('the members have a leader', led, { seconds, describe }),
    async untilHealthy(seconds) {
      const condition = async () => {
        const all = await listed();
        last = all;
        const leader = all.find(({ role }) => role === 'leader');
        const follow = all.filter(
          (one) => one.role === 'replica' && one.lag === 0 && one.timeline === leader?.timeline,
        );
        if (!leader || follow.length !== MEMBERS.length - 1) return false;
        if ((await led()) !== leader.name || (await streaming(leader.name)) !== follow.length) return false;
        return (await ready(`cluster-name=${SCOPE}`, MEMBERS.length)) !== undefined;
      };
      await waitUntil('the members are healthy', condition, { seconds, describe });
    },
    untilReady: (selector, count, seconds) =>
      waitUntil(`${count} pods of ${selector} are ready`, () => ready(selector, count), { seconds }),
  };
}
