/** Another process of an installation for tests that kill one: it takes up what was left, and decides as a person would. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import pg from 'pg';
import { pino } from 'pino';
import { actions, register } from '../../src/actions/index.ts';
import { assemble, type Handrail } from '../../src/assemble.ts';
import { terminalPerson } from '../../src/cli/terminal-person.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import { readRunbookFolder } from '../../src/config/runbook-folder.ts';
import type { What } from '../../src/incidents/commands.ts';
import type { Incident, TryState } from '../../src/incidents/state.ts';
import { lastTry } from '../../src/incidents/state.ts';
import { type Loop, startLoop } from '../../src/perform/loop.ts';
import type { Bells } from '../../src/queue/bells.ts';
import { loadLibrary } from '../../src/runbooks/library.ts';
import { bellsForLoop } from '../support/bells.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { inProject, type TerminalWorld } from '../support/terminal-world.ts';

const folder = await readRunbookFolder(inProject('runbooks'));
const library = loadLibrary(folder.files, register, '2026-11-21').runbooks;

/** Its worker loop hears only what went through the queue of the test's vitest project. */
export class Rescue {
  readonly handrail: Handrail;
  readonly pool: pg.Pool;
  readonly #bells: Bells;
  #loop: Loop | undefined;
  #ids = 0;

  static async open(url: string, world: TerminalWorld, kubeconfig: string): Promise<Rescue> {
    const pool = new pg.Pool({ connectionString: url, max: 5 });
    // Also of one that is just closing when the test's database is dropped.
    pool.on('connect', (client) => client.on('error', () => undefined));
    pool.on('error', () => undefined);
    const bells = await bellsForLoop({ pool, url }, pino({ level: 'silent' }));
    return new Rescue(pool, bells, world, kubeconfig);
  }

  private constructor(pool: pg.Pool, bells: Bells, world: TerminalWorld, kubeconfig: string) {
    const { config } = parseHandrailYaml(
      readFileSync(join(world.folder, 'handrail.yaml'), 'utf8'),
      'handrail.yaml',
    );
    if (!config) throw new Error('the test configuration is wrong');
    this.pool = pool;
    this.#bells = bells;
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
    await this.#bells.close();
    await this.pool.end();
  }
}

function waitingIn(state: Incident): 'ended' | { run: number; step: string; one: TryState } | undefined {
  const run = [...state.runs.values()].find((candidate) => !candidate.ended);
  if (!run) return state.runs.size > 0 ? 'ended' : undefined;
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  return run.current && one ? { run: run.run, step: run.current, one } : undefined;
}
