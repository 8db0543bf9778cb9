/** Reading and changing actions on a real API server and a real Patroni (the lab), beside the commands they replace. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Action, Call, ChangingAction, ReadingAction } from '../src/actions/action.ts';
import { actions } from '../src/actions/index.ts';
import { type Lab, openLab } from '../test/support/lab/lab.ts';
import { PASSWORDS, SCOPE } from '../test/support/lab/world/patroni.ts';
import { look, programOf } from '../test/support/real-programs.ts';
import { startServer } from './database.ts';
import type { Bench } from './result.ts';
import { median, metAtLeast, ms, ratio, spread, times } from './statistics.ts';
import { handrailAt } from './terminal-home.ts';

const ROUNDS = 15;
const DUMPS = 5;
/** About 160 MB as text, which pg_dump compresses. */
const ROWS = 600_000;
const execute = promisify(execFile);

export const aboutActions: Bench = {
  name: 'actions',
  title: 'Actions beside the commands they replace',
  async run(folder) {
    for (const need of ['lab', 'kubectl', 'pgClient'] as const) {
      const seen = look(need);
      if (!seen.available)
        return { tables: [], notes: [`Not measured: it needs ${need} (${seen.reason}).`], data: {} };
    }
    const server = await startServer(folder);
    const lab = await openLab();
    try {
      const checks = await check(lab, folder, await server.fresh());
      const dumps = await dump(lab);
      return {
        tables: [...checks.tables, ...dumps.tables],
        notes: [...checks.notes, ...dumps.notes],
        data: { ...checks.data, ...dumps.data },
      };
    } finally {
      await lab.close();
      await server.stop();
    }
  },
};

const named = <A extends Action>(name: string) => {
  const found = actions.find((one) => one.name === name);
  if (!found) throw new Error(`there is no action ${name}`);
  return found as unknown as A;
};

function callOf(lab: Lab, action: Action, params: Record<string, unknown>, limitMs = 60_000): Call {
  return {
    params: action.params.parse(params),
    namespace: lab.namespace,
    operation: randomUUID(),
    incident: 1,
    signal: AbortSignal.timeout(limitMs),
    now: () => new Date(),
    reach: {
      kubernetes: async () => lab.config,
      catalog: { systems: [] },
      podAddress: () => undefined,
      secret: () => undefined,
      manifest: async () => undefined,
    },
    progress: () => undefined,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** What a person types, one after the other, each straight from this machine; and the same from inside a pod. */
function commands(lab: Lab, folder: string) {
  const config = join(folder, 'patronictl.yaml');
  const labels = { 'cluster-name': SCOPE, app: 'patroni' };
  writeFileSync(
    config,
    JSON.stringify({
      scope: SCOPE,
      kubernetes: {
        context: lab.config.getCurrentContext(),
        namespace: lab.namespace,
        scope_label: 'cluster-name',
        labels,
        use_endpoints: true,
      },
    }),
  );
  const env = { PATH: process.env.PATH ?? '', HOME: folder, KUBECONFIG: lab.kubeconfig };
  const sql = 'select pg_is_in_recovery(), pg_current_wal_lsn()';
  const psql = ['-h', lab.addressOf(`${SCOPE}-0`), '-U', 'postgres', '-Atc', 'select pg_is_in_recovery()'];
  const pods = () => lab.kubectl('get', 'pods', '-l', `cluster-name=${SCOPE}`);
  return {
    async straight() {
      await pods();
      await execute('patronictl', ['-c', config, 'list'], { env });
      await execute(programOf('pgClient', 'psql'), psql, { env: { ...env, PGPASSWORD: PASSWORDS.postgres } });
    },
    async inPod() {
      const leader = await lab.untilLed(60);
      await pods();
      await lab.kubectl('exec', leader, '--', 'patronictl', 'list');
      await lab.kubectl('exec', leader, '--', 'psql', '-U', 'postgres', '-h', '127.0.0.1', '-Atc', sql);
    },
  };
}

async function check(lab: Lab, folder: string, databaseUrl: string) {
  const read = async (name: string, params: Record<string, unknown>) => {
    const action = named<ReadingAction<unknown>>(name);
    return await action.run(callOf(lab, action, params));
  };
  // The runbook's steps where all is well, in its order.
  const inTheBot = async () => {
    await read('k8s.trace-database', { workload: 'web-api' });
    await read('patroni.cluster', { service: 'prod-patroni-master' });
  };
  const byHand = commands(lab, folder);
  const terminal = handrailAt(folder, { databaseUrl, kubeconfig: lab.kubeconfig });
  const atTheTerminal = () =>
    terminal('runbook', 'run', 'check-patroni', '--namespace', lab.namespace, '--param', 'workload=web-api');
  const ways = {
    bot: inTheBot,
    straight: () => byHand.straight(),
    inPod: () => byHand.inPod(),
    terminal: atTheTerminal,
  };
  for (const way of Object.values(ways)) await way();
  const took = { bot: [], straight: [], inPod: [], terminal: [] } as Record<keyof typeof ways, number[]>;
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, way] of Object.entries(ways)) took[name as keyof typeof ways].push(await timed(way));
  const frozen = await whileOneHangs(lab, () => read('patroni.cluster', { service: 'prod-patroni-master' }));
  const faster = ratio(took.bot, took.straight);
  const typed = ratio(took.terminal, took.straight);
  const typedInPod = ratio(took.terminal, took.inPod);
  return {
    tables: [
      {
        head: ['is the database well?', 'ms, min / median / max', 'beside the commands, straight', 'aim'],
        rows: [
          [
            '`kubectl get pods`, `patronictl list`, `psql`, one after the other',
            spread(took.straight),
            '1',
            '',
          ],
          [
            'the same by `kubectl exec` in the leader’s pod',
            spread(took.inPod),
            times(1 / ratio(took.inPod, took.straight)),
            '',
          ],
          [
            'the steps of `check-patroni` in the bot',
            spread(took.bot),
            `${times(faster)} faster`,
            `at least 15 x faster: ${metAtLeast(faster, 15)}`,
          ],
          [
            '`handrail runbook run check-patroni` at a terminal, from nothing',
            spread(took.terminal),
            `${times(typed)} faster; ${times(typedInPod)} beside those in the pod`,
            `at least 1.5 x faster: ${metAtLeast(typed, 1.5)}`,
          ],
          ['`patroni.cluster` while one member’s Patroni hangs', ms(frozen), '', ''],
        ],
      },
    ],
    notes: [
      `${ROUNDS} rounds in turns after one of each that is not counted. The lab: real API server, three real Patroni members in pods. Most of the commands' time is the start of their programs, which a bot that runs already does not have.`,
      'The check does more than the commands: it follows the workload’s setting to the Service and its pods, and asks every member’s Patroni.',
    ],
    data: {
      straightMs: median(took.straight),
      inPodMs: median(took.inPod),
      botMs: median(took.bot),
      terminalMs: median(took.terminal),
      faster,
      typed,
      frozenMs: frozen,
    },
  };
}

/** Stops a replica's Patroni, which leaves its PostgreSQL running, for as long as `work` takes; its ms. */
async function whileOneHangs(lab: Lab, work: () => Promise<unknown>): Promise<number> {
  const leader = await lab.untilLed(60);
  const replica = [0, 1, 2].map((number) => `${SCOPE}-${number}`).find((member) => member !== leader) ?? '';
  const patroni = (await lab.processesIn(replica)).filter(({ command }) => /patroni/.test(command));
  for (const { pid } of patroni) process.kill(pid, 'SIGSTOP');
  try {
    return await timed(work);
  } finally {
    for (const { pid } of patroni) process.kill(pid, 'SIGCONT');
    await lab.untilHealthy(90);
  }
}

async function dump(lab: Lab) {
  const leader = await lab.untilLed(60);
  await lab.run(leader, 'app', [
    'create table if not exists bench_rows as ' +
      `select n as id, md5(n::text) || md5((n * 7)::text) as what, repeat(md5((n % 1000)::text), 6) as more from generate_series(1, ${ROWS}) n`,
    'analyze bench_rows',
    'checkpoint',
  ]);
  const [size] = await lab.run(leader, 'app', [
    "select pg_total_relation_size('bench_rows') / 1048576.0 as mib",
  ]);
  const action = named<ChangingAction<unknown, { path: string; bytes: number }>>('postgres.dump');
  const bare: number[] = [];
  const ours: number[] = [];
  let bytes = 0;
  for (let round = 0; round <= DUMPS; round += 1) {
    const path = `/home/postgres/pgdata/bench-${round}.dump`;
    const folder = path.slice(0, path.lastIndexOf('/'));
    const at = `${folder}/bare-${round}.dump`;
    const script = `pg_dump -U postgres -h 127.0.0.1 -Fc -f ${at} app`;
    const one = await timed(() => lab.kubectl('exec', leader, '--', 'sh', '-c', script));
    await lab.kubectl('exec', leader, '--', 'rm', '-f', at);
    const call = callOf(lab, action, { pod: leader, database: 'app' }, 600_000);
    const plan = await action.plan(call);
    const made: { path: string; bytes: number }[] = [];
    const two = await timed(async () => {
      const changing = { ...call, plan, stillOurs: async () => true } as Parameters<typeof action.run>[0];
      made.push(await action.run(changing));
    });
    bytes = made[0]?.bytes ?? 0;
    await lab.kubectl('exec', leader, '--', 'rm', '-f', made[0]?.path ?? at);
    if (round === 0) continue;
    bare.push(one);
    ours.push(two);
  }
  const beside = ratio(ours, bare);
  return {
    tables: [
      {
        head: ['a dump on the member’s volume', 'ms, min / median / max', 'speed beside bare pg_dump', 'aim'],
        rows: [
          ['`kubectl exec -- pg_dump -Fc -f …`', spread(bare), '1', ''],
          [
            '`postgres.dump`: mode 0600, progress, size and hash while writing, rename at the end',
            spread(ours),
            times(beside),
            `at least 0.95 x: ${metAtLeast(beside, 0.95)}`,
          ],
        ],
      },
    ],
    notes: [
      `${DUMPS} of each in turns, ${Math.round(Number(size?.['mib'] ?? 0))} MiB of table, ${Math.round(bytes / 1_048_576)} MiB of archive, same compression.`,
    ],
    data: { bareDumpMs: median(bare), dumpMs: median(ours), dumpSpeed: beside },
  };
}
