// Real systems with an incident in them: a control plane with controllers, PostgreSQL 15 in a StatefulSet's pod, a bad
// image half rolled out. Patroni's REST API is played by a small server for each member (real Patroni comes later).
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leader, listed, replica, type StandIn, startStandIn } from '../actions/patroni/stand-in.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane/control-plane.ts';
import { freePorts } from '../support/control-plane/ports.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import {
  APPLICATION,
  BROKEN_IMAGE,
  LOOK_ALIKE,
  MEMBER_ADDRESSES,
  NAMESPACE,
  patroni,
  UTILITY,
} from './manifests.ts';
import { accountIn, kubeconfigOf, rightsManifest } from './rights.ts';
import { type Kubectl, kubectlIn, psql } from './strangers.ts';

export interface RealCluster {
  readonly plane: ControlPlane;
  /** Of the bot's own account, with what `handrail rbac` prints. */
  readonly kubeconfig: string;
  /** The name of that account for the API server. */
  readonly user: string;
  /** As the administrator. */
  readonly kubectl: Kubectl;
  stop(): Promise<void>;
}

export interface ClusterInTrouble extends RealCluster {
  readonly server: PostgresServer;
  /** What the platform person does by hand, with kubectl: the image from before, and the crashing pod again. */
  repair(commands: readonly string[]): Promise<void>;
}

/** A cluster with the utility deployment and the bot's account. About 8 s. Needs `controlPlane` and `kubectl`. */
export async function startCluster(): Promise<RealCluster> {
  const plane = await startControlPlane({ controllers: true, scheduler: true, audit: true });
  try {
    for (const name of ['node-a', 'node-b']) await plane.addKubelet({ name });
    const kubectl = kubectlIn(plane.kubeconfig, NAMESPACE, join(plane.dir, 'kubectl'));
    await kubectl('create', 'namespace', NAMESPACE);
    // Pods are refused until the controllers have made the account and its token.
    await waitUntil('the namespace has its service account', () =>
      kubectl('get', 'serviceaccount', 'default', '-o', 'jsonpath={.secrets[0].name}').catch(() => ''),
    );
    const rights = await rightsManifest();
    await kubectl.apply(`${rights}---${UTILITY}`);
    const account = accountIn(rights);
    const kubeconfig = await kubeconfigOf(plane, account.namespace, account.name);
    const user = `system:serviceaccount:${account.namespace}:${account.name}`;
    return { plane, kubeconfig, user, kubectl, stop: () => plane.stop() };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

/** Needs `postgres` and `pgClient` beside what `startCluster` needs. */
export async function startClusterInTrouble(): Promise<ClusterInTrouble> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const [cluster, server] = await Promise.all([
      startCluster().then((one) => {
        closers.push(() => one.stop());
        return one;
      }),
      startPostgres().then((one) => {
        closers.push(() => one.stop());
        return one;
      }),
    ]);
    await fill(server);
    const folder = mkdtempSync(join(tmpdir(), 'handrail-members-'));
    closers.push(async () => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o777);
    symlinkSync(server.volume, join(folder, 'volume-0'));
    symlinkSync(server.socket, join(folder, 'run-0'));

    const [restPort = 0] = await freePorts(1);
    const members = await startMembers(server, restPort, closers);
    const { kubectl } = cluster;
    await kubectl.apply([patroni({ folder, restPort, server }), LOOK_ALIKE, APPLICATION].join('---'));
    await kubectl('rollout', 'status', 'statefulset/prod-patroni', '--timeout=60s');
    await kubectl('set', 'image', 'statefulset/prod-patroni', `postgresql=${BROKEN_IMAGE}`);
    await waitUntil('the new image crash-loops', async () =>
      (await waitingReason(kubectl, 'prod-patroni-2')).includes('CrashLoopBackOff'),
    );
    await members.lost();
    await kubectl('wait', 'pod/crunchy-db-0', '--for=condition=Ready', '--timeout=60s');
    await waitUntil('web-api runs', async () => {
      const phases = await kubectl(
        'get',
        'pods',
        '-l',
        'app=web-api',
        '-o',
        'jsonpath={.items[*].status.phase}',
      );
      return phases === 'Running Running';
    });
    return {
      ...cluster,
      server,
      async repair(commands) {
        // `kubectl -n …` as the bot printed it, word for word; the last one needs patronictl, which is not here.
        for (const command of commands) await kubectl(...wordsOf(command));
        await members.back();
        await kubectl('annotate', 'pods', '-l', 'app=web-api', '--overwrite', 'handrail.test/ready=true');
        await kubectl('wait', 'deployment/web-api', '--for=condition=Available', '--timeout=60s');
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Empty also while the pod is not there yet. */
const waitingReason = (kubectl: Kubectl, pod: string): Promise<string> =>
  kubectl(
    'get',
    'pod',
    pod,
    '--ignore-not-found',
    '-o',
    'jsonpath={.status.containerStatuses[*].state.waiting.reason}',
  );

/** The words of a command line with single quotes, without `kubectl` itself. */
function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map((found) => found[1] ?? found[2] ?? '');
  return words.slice(1);
}

async function fill(server: PostgresServer): Promise<void> {
  await server.run('postgres', 'create database app');
  await server.run(
    'app',
    'create table orders (id int primary key, what text not null)',
    'insert into orders select n, md5(n::text) from generate_series(1, 20000) n',
    'create table people (id int primary key, name text, mail text)',
    "insert into people select n, 'Somebody ' || n, 'person' || n || '@example.org' from generate_series(1, 500) n",
    'create view names as select name from people',
    'analyze',
  );
}

/** What Patroni would say: the leader's facts are those of the real server. */
async function startMembers(server: PostgresServer, port: number, closers: (() => Promise<unknown>)[]) {
  const facts = await psql(
    server,
    'app',
    "select system_identifier, (pg_current_wal_lsn() - '0/0')::bigint from pg_control_system()",
  );
  const [database_system_identifier = '', position = '0'] = facts.split('|');
  const at = Number(position);
  const names = ['prod-patroni-0', 'prod-patroni-1', 'prod-patroni-2'] as const;
  const begin = async (index: number): Promise<StandIn> => {
    const one = await startStandIn(names[index] ?? '', MEMBER_ADDRESSES[index] ?? '', port);
    const more = { database_system_identifier };
    one.state.patroni = index === 0 ? leader(at, 1, more) : replica(at, at, 1, more);
    return one;
  };
  const living = [await begin(0), await begin(1)];
  closers.push(async () => void (await Promise.all(living.map((one) => one.stop()))));
  const list = (count: number) => {
    const members = names
      .slice(0, count)
      .map((name, index) => listed(name, index === 0 ? 'leader' : 'replica'));
    for (const one of living) one.state.cluster = { members };
  };
  list(3);
  return {
    /** A member that does not come back is not listed after its time to live. */
    lost: async () => list(2),
    async back() {
      living.push(await begin(2));
      list(3);
    },
  };
}
