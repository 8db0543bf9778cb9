/** One night of pidp-patroni in the sandbox for a test: played to its end, with what the test compares afterwards. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pg from 'pg';
import { playPidpPatroni } from '../../../sandbox/responder/pidp-patroni.ts';
import type { Script } from '../../../sandbox/responder/script.ts';
import { openSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import type { PidpPlan } from '../../../sandbox/scenarios/pidp/plan.ts';
import { pidpPatroni } from '../../../sandbox/scenarios/pidp-patroni.ts';
import type { PlayedWorld } from '../../../sandbox/scenarios/scenario.ts';
import type { Event } from '../../../src/incidents/events.ts';
import { Store } from '../../../src/store/store.ts';
import { bellsForBot } from '../../support/bells.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { testServer } from '../../support/database.ts';

/** Of the report: a zone that is not the machine's. */
export const ZONE = 'America/Vancouver';

export interface Played {
  readonly plan: PidpPlan;
  readonly report: string;
  /** Everything on record, read by a connection of the test's own. */
  readonly events: readonly Event[];
  /** Every replica count that the utility deployment was set to, seen in the cluster itself. */
  readonly utilitySetTo: readonly number[];
  /** Names of all dumps that were ever on a volume. */
  readonly dumps: ReadonlySet<string>;
  /** How the scenario's own end checks fail, in words. */
  readonly failedEnds: readonly string[];
  readonly log: string;
  /** What the script did, one line each. */
  readonly said: readonly string[];
  /** ms from the first to the last step of the script. */
  readonly ms: number;
}

export interface Wish {
  readonly seed: number;
  /** A bot that was killed is noticed after 2 s. */
  readonly shortLeases?: boolean;
  /** Called when the sandbox is open, before the first step. */
  readonly prepare?: (sandbox: Sandbox<PidpPlan>) => void;
  /** As in the script, with the sandbox. */
  readonly before?: (step: string, sandbox: Sandbox<PidpPlan>) => Promise<void>;
  /** Before the record is read: nothing may still be under way. */
  readonly after?: (sandbox: Sandbox<PidpPlan>, redisUrl: string | undefined) => Promise<void>;
  readonly patienceMs?: number;
  /** With what people add for the report (Script.whole). */
  readonly whole?: boolean;
  /** What the platform person does instead of the scenario's repair. */
  readonly repair?: (world: PlayedWorld<PidpPlan>) => Promise<void>;
}

export async function played(wish: Wish): Promise<Played> {
  const { seed, before, prepare, after, shortLeases = false } = wish;
  const home = mkdtempSync(join(tmpdir(), 'handrail-played-'));
  const server = await testServer();
  const bells = await bellsForBot({ shortLeases });
  const said: string[] = [];
  let sandbox: Sandbox<PidpPlan> | undefined;
  let looking: NodeJS.Timeout | undefined;
  try {
    const open = await openSandbox({
      scenario: pidpPatroni,
      seed,
      profile: 'default',
      port: 0,
      home,
      zone: ZONE,
      stepMs: 40,
      rateLimits: 'off',
      server,
      say: (line) => said.push(line),
      ...bells,
    });
    sandbox = open;
    const { world, plan, slack } = open;
    const utilitySetTo: number[] = [];
    world.cluster.store.listen(({ object, before: old, resource }) => {
      if (resource.kind !== 'Deployment' || object.metadata.name !== plan.utility) return;
      const replicas = (one: unknown) =>
        (one as { spec?: { replicas?: number } } | undefined)?.spec?.replicas;
      if (replicas(object) !== replicas(old)) utilitySetTo.push(replicas(object) ?? 0);
    });
    const dumps = new Set<string>();
    looking = setInterval(() => {
      for (const name of dumpsIn(world.cluster.folder)) dumps.add(name);
    }, 20);
    prepare?.(open);
    const begun = performance.now();
    const script: Script<PidpPlan> = {
      plan,
      slack,
      say: (line) => said.push(line),
      repair: () => (wish.repair ? wish.repair(world) : pidpPatroni.platformPerson.repair(world)),
      patienceMs: wish.patienceMs ?? 60_000,
      zone: ZONE,
      whole: wish.whole === true,
      ...(before ? { before: (step) => before(step, open) } : {}),
    };
    const report = await playPidpPatroni(script);
    const ms = performance.now() - begun;
    await after?.(open, bells.redisUrl);
    // Nobody in the script waits for these.
    await waitUntil(
      'the checks that the resolve asked once more have answered',
      async () => openRepeats(await eventsIn(open.databaseUrl)) === 0,
      { seconds: 60 },
    );
    await slack.settled();
    const failedEnds: string[] = [];
    for (const end of pidpPatroni.ends) {
      const why = await end.fails({ world, report, left: [] });
      if (why) failedEnds.push(`${end.says}: ${why}`);
    }
    return {
      plan,
      report,
      events: await eventsIn(open.databaseUrl),
      utilitySetTo,
      dumps,
      failedEnds,
      log: readFileSync(open.logFile, 'utf8'),
      said,
      ms,
    };
  } catch (error) {
    const log = sandbox ? readFileSync(sandbox.logFile, 'utf8').split('\n').slice(-15).join('\n') : '';
    throw new Error(
      `seed ${seed}: ${(error as Error).message}\nIt had done:\n${said.join('\n')}\nThe bot's log:\n${log}`,
      {
        cause: error,
      },
    );
  } finally {
    clearInterval(looking);
    await sandbox?.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** How many of the checks that a resolve asked once more have no answer yet. */
function openRepeats(events: readonly Event[]): number {
  let open = 0;
  for (const event of events) {
    if (event.type === 'resolved') open += event.body.repeats?.length ?? 0;
    if (event.type === 'check_repeated') open--;
  }
  return open;
}

function dumpsIn(folder: string): string[] {
  try {
    const files = readdirSync(folder, { recursive: true }) as string[];
    return files.filter((file) => file.endsWith('.dump')).map((file) => basename(file));
  } catch {
    // A pod's folder went while it was read.
    return [];
  }
}

/** All events of the only incident. */
export async function eventsIn(url: string): Promise<Event[]> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined);
  try {
    return [...(await new Store(pool, () => undefined).events(1))];
  } finally {
    await pool.end();
  }
}
