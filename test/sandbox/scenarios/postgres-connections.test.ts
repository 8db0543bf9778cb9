// Nights of postgres-connections, each worked through by the scripted responder on a real PostgreSQL that is really full.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { isSetSeen, postgresConnections } from '../../../sandbox/scenarios/postgres-connections.ts';
import { planOf, type SurgePlan, siteOf } from '../../../sandbox/scenarios/surge/plan.ts';
import type { SurgeWorld } from '../../../sandbox/scenarios/surge/world.ts';
import type { Event, EventOf } from '../../../src/incidents/events.ts';
import { testServer } from '../../support/database.ts';
import { read } from '../../support/markdown.ts';
import { changesOf, outlineOf } from '../../support/report-outline.ts';
import { inProject } from '../../support/terminal-world.ts';
import { eventsIn, ZONE } from './played.ts';
import { expectSecondReport } from './second-report.ts';

// Two worlds at a time: each is a cluster, a PostgreSQL, a Slack and a bot.
vi.setConfig({ maxConcurrency: 2, testTimeout: 300_000 });

interface Night {
  readonly plan: SurgePlan;
  readonly report: string;
  readonly events: readonly Event[];
  readonly failedEnds: readonly string[];
  /** The ReplicaSet before the present one. */
  readonly set: string;
  readonly log: string;
}

async function night(seed: number): Promise<Night> {
  const home = mkdtempSync(join(tmpdir(), 'handrail-surge-'));
  const said: string[] = [];
  let sandbox: Sandbox<SurgePlan> | undefined;
  try {
    const open = await openSandbox({
      scenario: postgresConnections,
      seed,
      profile: 'default',
      port: 0,
      home,
      zone: ZONE,
      stepMs: 40,
      rateLimits: 'off',
      server: await testServer(),
      say: (line) => said.push(line),
    });
    sandbox = open;
    const { plan, slack, world } = open;
    const report = await postgresConnections.play({
      plan,
      slack,
      say: (line) => said.push(line),
      repair: async () => undefined,
      patienceMs: 120_000,
      zone: ZONE,
      whole: seed === 1,
    });
    await slack.settled();
    const failedEnds: string[] = [];
    for (const end of postgresConnections.ends) {
      const why = await end.fails({ world, report, left: [] });
      if (why) failedEnds.push(`${end.says}: ${why}`);
    }
    return {
      plan,
      report,
      failedEnds,
      events: await eventsIn(open.databaseUrl),
      set: (world as SurgeWorld).previous.set,
      log: readFileSync(open.logFile, 'utf8'),
    };
  } catch (error) {
    const log = sandbox ? readFileSync(sandbox.logFile, 'utf8').split('\n').slice(-15).join('\n') : '';
    throw new Error(
      `seed ${seed}: ${(error as Error).message}\nIt had done:\n${said.join('\n')}\nThe bot's log:\n${log}`,
      { cause: error },
    );
  } finally {
    await sandbox?.close();
    rmSync(home, { recursive: true, force: true });
  }
}

type Check = EventOf<'check_done'>;

const isCheck = (event: Event): event is Check => event.type === 'check_done';

/** What the last check of this step said. */
function checked(events: readonly Event[], step: string): Check['body'] | undefined {
  return events.filter(isCheck).findLast(({ body }) => body.step === step)?.body;
}

function changes(events: readonly Event[]): string[] {
  return events.flatMap((event) => (event.type === 'act_done' ? [event.body.step] : []));
}

const SEEDS = [0, 3, 4, 6, 7];

describe('the scripted responder in postgres-connections', () => {
  it('meets an earlier rollout that leaked, the present one that does, and a world without a fault', () => {
    const plans = [1, ...SEEDS].map(planOf);
    expect(new Set(plans.map(({ variant }) => variant))).toEqual(
      new Set(['previous', 'current', 'no fault']),
    );
    expect(new Set(plans.map(({ remains }) => remains)).size).toBe(2);
    expect(new Set(plans.map(({ database }) => database.kind)).size).toBe(2);
    expect(new Set(plans.map(({ watcher }) => watcher)).size).toBe(2);
    expect(new Set(plans.map(isSetSeen)).size).toBe(2);
    expect(new Set(plans.map(({ leaker }) => leaker)).size).toBeGreaterThan(3);
    expect(new Set(plans.map(({ leaked }) => leaked)).size).toBe(plans.length);
    expect(new Set(plans.map(({ limit }) => limit)).size).toBeGreaterThan(2);
    for (const seed of [1, ...SEEDS]) expect(planOf(seed)).toEqual(planOf(seed));
  });

  it.concurrent('plays the night of seed 1: 80 of 100 are of nobody, and exactly those are ended', async () => {
    const { report, events, failedEnds, set } = await night(1);
    expect(failedEnds).toEqual([]);
    expect(read(report).problems).toEqual([]);
    expect(checked(events, 'logs')?.says).toContain('takes no more connections');
    expect(changes(events)).toEqual(['free_orphans']);
    const done = events.find((event) => event.type === 'act_done');
    expect(done?.body).toMatchObject({ out: { ended: 80, left: 0, still_ending: 0 } });
    // A psql that has just ended may still be counted.
    for (const words of [
      /HTTP 524 from the CDN on site; bot does not take commands/,
      /FATAL: {2}sorry, too many clients already/,
      /9[89] of 100 connections used, 0 free for services/,
      new RegExp(
        `80 of 9[89] connections were left by pods of the previous ReplicaSet ${set} of site: with the limit of 100`,
      ),
      /End 80 connections that nobody owns/,
      /(18|19) of 100 connections used, (79|78) free for services/,
      /alert at 32 connections of site and at 90 in all/,
      /All 2 ready/,
      /Why its pods did not end their connections when they stopped is not known/,
    ])
      expect(words.test(report), `the report says ${words.source}`).toBe(true);
    expectSecondReport(events);
    const file = inProject('docs/examples/postgres-connections-pir.md');
    if (process.env.HANDRAIL_WRITE_EXAMPLES === '1') writeFileSync(file, report);
    const example = readFileSync(file, 'utf8');
    expect(outlineOf(report)).toEqual(outlineOf(example));
    expect(changesOf(report)).toEqual(changesOf(example));
  });

  it.concurrent.each(SEEDS)('plays seed %i to its end, and the report says what is true', async (seed) => {
    const { plan, report, events, failedEnds, log } = await night(seed);
    expect(failedEnds).toEqual([]);
    expect(read(report).problems).toEqual([]);
    const { variant, leaked, leaker } = postgresConnections.facts(plan);
    const wanted: Record<SurgePlan['variant'], readonly string[]> = {
      previous: ['free_orphans'],
      current: ['pause_source', 'pause_source'],
      'no fault': [],
    };
    expect(changes(events)).toEqual(wanted[variant]);
    if (variant === 'previous')
      expect(report).toMatch(new RegExp(`\\| End ${leaked} connections that nobody owns`));
    if (variant === 'current') expect(report).toContain(`Scale ${leaker} to zero`);
    if (variant === 'no fault') expect(checked(events, 'count')?.verdict).toBe('ok');
    else expect(checked(events, 'pods')?.says).toContain('All ');
    expect(report).toContain(`HTTP 524 from the CDN on ${siteOf(plan).name}`);
    expect(log.split('\n').filter((line) => /"level":(50|60)|nobody listened/.test(line))).toEqual([]);
  });
});
