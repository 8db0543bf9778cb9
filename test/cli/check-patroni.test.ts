// `handrail runbook run check-patroni` as a process, without Slack, against the stand-in cluster of the sandbox.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PidpWorld } from '../../sandbox/scenarios/pidp/world.ts';
import { pidpPatroni } from '../../sandbox/scenarios/pidp-patroni.ts';
import { worldFor } from '../../sandbox/scenarios/scenario.ts';
import { openWorld } from '../sandbox/cluster/calls.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { inProject, type TerminalWorld, terminalWorld } from '../support/terminal-world.ts';

const HANDRAIL = ['--disable-warning=ExperimentalWarning', inProject('src/cli/main.ts')];

describe('check-patroni at a terminal', () => {
  const plan = worldFor(pidpPatroni, 1);
  const facts = pidpPatroni.facts(plan);
  let world: PidpWorld;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let terminal: TerminalWorld;

  beforeAll(async () => {
    [world, database] = await Promise.all([openWorld(plan), freshDatabase(migrated)]);
    terminal = terminalWorld({ databaseUrl: database.url, level: 'observe' });
    const kubeconfig = join(terminal.folder, 'kubeconfig');
    writeFileSync(kubeconfig, world.cluster.kubeconfig, { mode: 0o600 });
    terminal.env.KUBECONFIG = kubeconfig;
  });
  afterAll(async () => {
    terminal?.remove();
    await world?.close();
    await database?.drop();
  });

  const handrail = (...args: string[]) => terminal.start([...HANDRAIL, ...args]).ended;
  const which = ['-p', `workload=${plan.api}`, '-n', plan.namespace];

  it('says which database the workload uses and which member crashes, and ends with 1', async () => {
    const { code, out, err } = await handrail('runbook', 'run', 'check-patroni', ...which);
    expect(code, `${out}\n${err}`).toBe(1);
    expect(out).toContain(plan.used.name);
    for (const member of facts.crashed) expect(out).toContain(member);
    expect(out).toContain('  BAD: ');
    expect(out).toContain('Next could be: handrail runbook run ');
    expect(out).not.toContain('\x1b');
    expect(out).not.toMatch(/\n\s+at /);
  });

  it('--json prints one JSON line for each event and nothing else', async () => {
    const { code, out } = await handrail('runbook', 'run', 'check-patroni', ...which, '--json');
    expect(code).toBe(1);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { version: number; type: string });
    expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]?.type).toBe('incident_declared');
    expect(events.at(-1)?.type).toBe('run_ended');
    expect(events.filter(({ type }) => type === 'check_done').length).toBeGreaterThan(1);
  });

  it('what is missing or wrong is told with the remedy, and ends with 2', async () => {
    const { code, out, err } = await handrail('runbook', 'run', 'check-patroni', '-n', plan.namespace);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('--param workload=…: ');
    expect((await handrail('runbook', 'run', 'check-patroni', '-p', 'workload=Not A Name')).code).toBe(2);
  });
});
