// kill -9 at every boundary of a real change on the real API server, and a worker frozen between its last check and the
// call (design/reliability.md, row 2): the target sees one change at most, and the record says what is not known.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actions, register } from '../../src/actions/index.ts';
import { assemble, type Handrail } from '../../src/assemble.ts';
import { terminalPerson } from '../../src/cli/terminal-person.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import { readRunbookFolder } from '../../src/config/runbook-folder.ts';
import type { What } from '../../src/incidents/commands.ts';
import type { Incident, TryState } from '../../src/incidents/state.ts';
import { lastTry } from '../../src/incidents/state.ts';
import { type Loop, startLoop } from '../../src/perform/loop.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { loadLibrary } from '../../src/runbooks/library.ts';
import { brokenAt } from '../../src/store/read.ts';
import { type Clients, clientsOf, workloadSpec } from '../control-plane/cluster.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane/control-plane.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { describeWith } from '../support/requirements.ts';
import { inProject, type TerminalWorld, terminalWorld } from '../support/terminal-world.ts';

const PRELOAD = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  inProject('test/support/io-boundaries.ts'),
];
const RUN = inProject('test/support/terminal-run.ts');

/** Another process of the same installation, in this one: it takes up what the killed one left, as a person it decides. */
class Rescue {
  readonly handrail: Handrail;
  readonly pool: pg.Pool;
  readonly #bells = bellsHere();
  #loop: Loop | undefined;
  #ids = 0;

  constructor(url: string, world: TerminalWorld, kubeconfig: string) {
    const { config } = parseHandrailYaml(
      readFileSync(join(world.folder, 'handrail.yaml'), 'utf8'),
      'handrail.yaml',
    );
    if (!config) throw new Error('the test configuration is wrong');
    this.pool = new pg.Pool({ connectionString: url, max: 5 });
    this.pool.on('error', () => undefined);
    const kube = new KubeConfig();
    kube.loadFromFile(kubeconfig);
    this.handrail = assemble({
      pool: this.pool,
      bells: this.#bells,
      config: { handrail: config, catalog: { systems: [] }, secret: () => undefined },
      actions,
      runbooks: () => library,
      kubernetes: async () => kube,
      log: pino({ level: 'silent' }),
      times: { leaseMs: 1500, pollMs: 100 },
    });
  }

  /** From here on it takes work. */
  start(): this {
    this.#loop = startLoop(this.handrail.worker, this.#bells, { sweepMs: 100, concurrency: 4 });
    return this;
  }

  async incidents(): Promise<number[]> {
    const { rows } = await this.pool.query<{ incident: number }>(
      'select distinct incident from incident_events',
    );
    return rows.map(({ incident }) => incident);
  }

  send(incident: number, what: What) {
    const by = this.handrail.asker(terminalPerson(), undefined);
    return this.handrail.send({ id: `rescue:${++this.#ids}`, incident, by, now: Date.now(), what });
  }

  /** Decides as a careful person would until every run has ended. */
  async finish(incident: number): Promise<void> {
    let last = '';
    await waitUntil(
      `INC-${incident} is finished`,
      async () => {
        const waiting = await this.handrail.store.look(incident, (state) => waitingIn(state));
        const events = await this.handrail.store.events(incident);
        last = events.map((event) => `${event.version} ${event.type}`).join('\n');
        if (!waiting) return undefined;
        if (waiting === 'ended') return true;
        const { run, step, one } = waiting;
        const at = { run, step, try: one.try };
        if (one.phase === 'planned' && one.planned)
          await this.send(incident, { do: 'confirm', at, hash: one.planned.hash });
        if (one.phase === 'decide') {
          const retry =
            one.planFailed !== undefined ||
            one.outcome?.outcome === 'failed' ||
            one.found?.happened === 'not made';
          await this.send(incident, retry ? { do: 'try again', at } : { do: 'check again', at });
        }
        return undefined;
      },
      { seconds: 40, describe: () => last },
    );
  }

  async close(): Promise<void> {
    await this.#loop?.stop(5000);
    await this.pool.end();
  }
}

function waitingIn(state: Incident): 'ended' | { run: number; step: string; one: TryState } | undefined {
  const run = [...state.runs.values()].find((candidate) => !candidate.ended);
  if (!run) return state.runs.size > 0 ? 'ended' : undefined;
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  return run.current && one ? { run: run.run, step: run.current, one } : undefined;
}

const folder = await readRunbookFolder(inProject('runbooks'));
const library = loadLibrary(folder.files, register, '2026-11-21').runbooks;

describeWith(['controlPlane'], 'a change on the real API server', () => {
  let plane: ControlPlane;
  let clients: Clients;

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: true, scheduler: true });
    await plane.addKubelet({ name: 'node-a' });
    clients = clientsOf(plane.kubeconfig);
  }, 120_000);
  afterAll(() => plane?.stop());

  async function utility(name: string): Promise<void> {
    const body = { metadata: { name }, spec: workloadSpec({ name, replicas: 0 }) };
    await clients.apps.createNamespacedDeployment({ namespace: 'default', body });
  }

  async function seen(name: string): Promise<{ replicas: number; generation: number; operation: string }> {
    const { spec, metadata } = await clients.apps.readNamespacedDeployment({ namespace: 'default', name });
    return {
      replicas: spec?.replicas ?? 0,
      generation: metadata?.generation ?? 0,
      operation: metadata?.annotations?.['handrail.dev/operation'] ?? '',
    };
  }

  async function withDatabase<T>(work: (url: string, world: TerminalWorld) => Promise<T>): Promise<T> {
    const database = await freshDatabase(migrated);
    const world = terminalWorld({ databaseUrl: database.url, kubeconfig: plane.kubeconfig });
    try {
      return await work(database.url, world);
    } finally {
      world.remove();
      await database.drop();
    }
  }

  async function boundariesOf(name: string): Promise<string[]> {
    await utility(name);
    return withDatabase(async (_url, world) => {
      const trace = join(world.folder, 'trace');
      const { ended } = world.start([...PRELOAD, RUN], { RUN_DEPLOYMENT: name, TRACE_FILE: trace });
      const { code, err } = await ended;
      expect(code, err).toBe(0);
      return readFileSync(trace, 'utf8').trim().split('\n');
    });
  }

  async function killedAt(number: number): Promise<{ signal: NodeJS.Signals | null; incidents: number }> {
    const name = `killed-${number}`;
    await utility(name);
    const before = await seen(name);
    return withDatabase(async (url, world) => {
      const first = world.start([...PRELOAD, RUN], { RUN_DEPLOYMENT: name, KILL_AT: String(number) });
      const { signal } = await first.ended;
      const afterKill = await seen(name);
      expect(afterKill.generation - before.generation).toBeLessThanOrEqual(1);
      const rescue = new Rescue(url, world, plane.kubeconfig).start();
      try {
        const incidents = await rescue.incidents();
        const started: number[] = [];
        for (const incident of incidents) {
          const runs = await rescue.handrail.store.look(incident, (state) => state.runs.size);
          if (runs) started.push(incident);
        }
        for (const incident of started) await rescue.finish(incident);
        const end = await seen(name);
        if (started.length > 0) {
          expect(end.replicas, `killed at ${number}`).toBe(1);
          expect(end.generation - before.generation, `killed at ${number}: one change`).toBe(1);
          for (const incident of started) {
            const events = await rescue.handrail.store.events(incident);
            expect(await brokenAt(rescue.pool, incident)).toBeUndefined();
            expect(
              events.filter((event) => event.type === 'act_done' && event.body.outcome === 'made').length +
                events.filter((event) => event.type === 'act_found' && event.body.happened === 'made').length,
            ).toBe(1);
            const ends = events.filter((event) => event.type === 'loose_end_opened');
            expect(ends.length).toBeGreaterThanOrEqual(1);
            if (
              afterKill.generation > before.generation &&
              !events.some((event) => event.type === 'act_done' && event.body.outcome === 'made')
            ) {
              // The call had been made and nobody had heard of it: the record says so.
              expect(events.some((event) => event.type === 'attempt_lost')).toBe(true);
            }
          }
        } else expect(end.generation).toBe(before.generation);
        return { signal, incidents: incidents.length };
      } finally {
        await rescue.close();
      }
    });
  }

  it('makes one change at most whatever boundary a kill -9 hits', { timeout: 900_000 }, async () => {
    const trace = await boundariesOf('counted');
    const first = trace.findIndex((line) => line.includes('sql write sent'));
    expect(first).toBeGreaterThan(0);
    expect(trace.some((line) => line.includes('http PATCH'))).toBe(true);
    const numbers = trace.map((_, index) => index + 1).slice(first);
    let killed = 0;
    const next = async (): Promise<void> => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
        const { signal } = await killedAt(number);
        if (signal === 'SIGKILL') killed++;
      }
    };
    await Promise.all([next(), next()]);
    // A run of fewer boundaries than the counted one ends before its kill; most must have been hit.
    expect(killed).toBeGreaterThan((trace.length - first) * 0.8);
  });

  it('frozen between the last check and the call: a person tries again, it wakes, one change', {
    timeout: 180_000,
  }, async () => {
    const name = 'frozen';
    await utility(name);
    const before = await seen(name);
    await withDatabase(async (url, world) => {
      const { child, ended } = world.start([...PRELOAD, RUN], { RUN_DEPLOYMENT: name, FREEZE_AT: 'patch' });
      const rescue = new Rescue(url, world, plane.kubeconfig);
      try {
        await waitUntil('the worker is frozen at the call', async () => {
          const { rows } = await rescue.pool.query(
            `select from attempts where purpose = 'act' and state = 'calling'`,
          );
          if (rows.length === 0) return undefined;
          return readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.startsWith('T') || undefined;
        });
        expect((await seen(name)).generation).toBe(before.generation);
        const [incident] = await rescue.incidents();
        if (incident === undefined) throw new Error('there is no incident');
        rescue.start();
        await rescue.finish(incident);
        const made = await seen(name);
        expect(made.generation - before.generation).toBe(1);
        process.kill(child.pid as number, 'SIGCONT');
        const late = await waitUntil('the late outcome is recorded', async () =>
          (await rescue.handrail.store.events(incident)).find((event) => event.type === 'outcome_late'),
        );
        expect(late.type === 'outcome_late' && late.body.says).toContain('changed nothing');
        await ended;
        expect(await seen(name)).toEqual(made);
        const events = await rescue.handrail.store.events(incident);
        expect(events.filter((event) => event.type === 'attempt_lost').length).toBe(1);
        expect(events.filter((event) => event.type === 'act_started').length).toBe(2);
      } finally {
        child.kill('SIGKILL');
        await ended;
        await rescue.close();
      }
    });
  });
});
