// kill -9 at every boundary of a real change on the real API server, and a worker frozen between its last check and the
// call (design/reliability.md, row 2): the target sees one change at most, and the record says what is not known.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { brokenAt } from '../../src/store/read.ts';
import { type Clients, clientsOf, workloadSpec } from '../control-plane/cluster.ts';
import { over } from '../support/bells.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane/control-plane.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { describeWith } from '../support/requirements.ts';
import { inProject, type TerminalWorld, terminalWorld } from '../support/terminal-world.ts';
import { Rescue } from './rescue.ts';

const PRELOAD = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  inProject('test/support/io-boundaries.ts'),
];
const RUN = inProject('test/support/terminal-run.ts');
/** A terminal rings its bells in its own process, whatever the queue. */
const TERMINAL: Record<string, string> = over === 'bells-lost' ? { LOSE_BELLS: '1' } : {};

/** Over another queue every sixth boundary is enough: what is written at each of them is the same. */
const EVERY = over === 'postgres' ? 1 : 6;
const WHICH = EVERY === 1 ? 'whatever boundary' : `whatever boundary (every sixth of them, over ${over})`;

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
      const { ended } = world.start([...PRELOAD, RUN], {
        ...TERMINAL,
        RUN_DEPLOYMENT: name,
        TRACE_FILE: trace,
      });
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
      const counted = join(world.folder, 'counted');
      const first = world.start([...PRELOAD, RUN], {
        ...TERMINAL,
        RUN_DEPLOYMENT: name,
        KILL_AT: String(number),
        COUNT_FILE: counted,
      });
      const { signal, code, err } = await first.ended;
      if (signal !== 'SIGKILL') {
        // It had fewer boundaries than the counted run, as when its sweeps came less often, and ended well before.
        expect(code, err).toBe(0);
        expect(Number(readFileSync(counted, 'utf8'))).toBeLessThan(number);
      }
      const afterKill = await seen(name);
      expect(afterKill.generation - before.generation).toBeLessThanOrEqual(1);
      const rescue = (await Rescue.open(url, world, plane.kubeconfig)).start();
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

  it(`makes one change at most ${WHICH} a kill -9 hits`, { timeout: 900_000 }, async () => {
    const trace = await boundariesOf('counted');
    const first = trace.findIndex((line) => line.includes('sql write sent'));
    expect(first).toBeGreaterThan(0);
    expect(trace.some((line) => line.includes('http PATCH'))).toBe(true);
    const numbers = trace.map((_, index) => index + 1).slice(first);
    const tried = numbers.filter((_, index) => index % EVERY === 0);
    const count = tried.length;
    let killed = 0;
    const next = async (): Promise<void> => {
      for (let number = tried.shift(); number !== undefined; number = tried.shift()) {
        const { signal } = await killedAt(number);
        if (signal === 'SIGKILL') killed++;
      }
    };
    await Promise.all([next(), next()]);
    expect(killed).toBeGreaterThan(count * 0.5);
  });

  it('frozen between the last check and the call: a person tries again, it wakes, one change', {
    timeout: 180_000,
  }, async () => {
    const name = 'frozen';
    await utility(name);
    const before = await seen(name);
    await withDatabase(async (url, world) => {
      const { child, ended } = world.start([...PRELOAD, RUN], {
        ...TERMINAL,
        RUN_DEPLOYMENT: name,
        FREEZE_AT: 'patch',
      });
      const rescue = await Rescue.open(url, world, plane.kubeconfig);
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
