// kill -9 of the bot in every step of the night: the same facts, every change once, the same end.
import { existsSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { PidpPlan } from '../../../sandbox/scenarios/pidp/plan.ts';
import { randomOf } from '../../../sandbox/scenarios/random.ts';
import type { At, Event, EventOf, EventType } from '../../../src/incidents/events.ts';
import { over } from '../../support/bells.ts';
import { killer } from './killing.ts';
import { type Played, played, ZONE } from './played.ts';
import { endOf } from './record.ts';
import { expectFacts } from './report-facts.ts';

const SEED = 1;
const PATIENCE_MS = 120_000;

const of = <T extends EventType>(events: readonly Event[], type: T) =>
  events.filter((event): event is EventOf<T> & Event => event.type === type);

describe('a bot that is killed', { timeout: 400_000 }, () => {
  let quiet: Played;
  /** ms that each step takes when nothing is killed. */
  const lasts = new Map<string, number>();

  beforeAll(async () => {
    let begun: { step: string; at: number } | undefined;
    const lap = async (step: string) => {
      if (begun) lasts.set(begun.step, performance.now() - begun.at);
      begun = { step, at: performance.now() };
    };
    quiet = await played({ seed: SEED, shortLeases: true, before: lap });
    await lap('');
  });

  function expectSameNight(night: Played): void {
    expect(night.failedEnds).toEqual([]);
    expectFacts(night.report, night.plan, ZONE);
    // What the cluster saw: up once, down once, one dump ever.
    expect(night.utilitySetTo).toEqual([1, 0]);
    expect(night.dumps.size).toBe(1);
    expect(endOf(night.events)).toEqual(endOf(quiet.events));
    expect(night.events.map(({ version }) => version)).toEqual(night.events.map((_, index) => index + 1));
    const made = of(night.events, 'act_done').filter(({ body }) => body.outcome === 'made');
    const found = of(night.events, 'act_found').filter(({ body }) => body.happened === 'made');
    expect(made.length + found.length).toBe(of(quiet.events, 'act_done').length);
    for (const type of ['note_added', 'run_started', 'resolved', 'closed', 'target_confirmed'] as const)
      expect(of(night.events, type), type).toHaveLength(of(quiet.events, type).length);
  }

  it.each(over === 'postgres' ? [1, 2] : [2])(
    'once in every step, at a random moment (%i), leaves the same night behind',
    async (turn) => {
      const random = randomOf(turn);
      const kill = killer();
      const night = await played({
        seed: SEED,
        shortLeases: true,
        patienceMs: PATIENCE_MS,
        before: async (step, sandbox) => {
          await kill.back();
          kill.soon(sandbox, random.int(0, Math.round(lasts.get(step) ?? 100)));
        },
        after: () => kill.back(),
      });
      expect(kill.kills).toBe(lasts.size);
      expectSameNight(night);
    },
  );

  it('exactly in its calls says so, looks, and lets the person decide', async () => {
    const kill = killer();
    const calls: string[] = [];
    const night = await played({
      seed: SEED,
      shortLeases: true,
      patienceMs: PATIENCE_MS,
      prepare: (sandbox) =>
        killInCalls(sandbox, (call) => {
          calls.push(call);
          kill.now(sandbox);
        }),
      after: () => kill.back(),
    });
    expect(calls).toEqual(['before utility 1', 'while dumping', 'after the dump went', 'after utility 0']);
    expect(kill.kills).toBe(4);
    expectSameNight(night);
    const placeOf = ({ run, step, try: turn }: At) => `${run}.${step}.${turn}`;
    const lost = of(night.events, 'attempt_lost').filter(({ body }) => /during the call/.test(body.says));
    const found = of(night.events, 'act_found').map(({ body }) => [placeOf(body), body.happened]);
    // The look for the trace belongs to every call that was lost, and to no other.
    expect(found.map(([place]) => place)).toEqual(lost.map(({ body }) => placeOf(body)));
    // The deletion is over in milliseconds: the kill may come just after its answer.
    expect(found.filter(([place]) => place !== '5.dump.2')).toEqual([
      ['3.scale.1', 'not made'],
      ['5.dump.1', 'made'],
      ['3.scale.3', 'made'],
    ]);
    expect(night.said.filter((line) => /decided: try again/i.test(line))).toHaveLength(1);
    expect(night.report).toContain('not known whether the change was made');
  });
});

/** Calls `kill` once in each of the four changes: before it reaches the cluster, under way, and after it was made. */
function killInCalls({ world, plan }: Sandbox<PidpPlan>, kill: (call: string) => void): void {
  const { store, folder } = world.cluster;
  const done = new Set<string>();
  const once = (call: string): boolean => {
    if (done.has(call)) return false;
    done.add(call);
    kill(call);
    return true;
  };
  const replicasOf = (object: unknown) => (object as { spec?: { replicas?: number } }).spec?.replicas;
  const update = store.update.bind(store);
  store.update = (resource, at, by, change) => {
    const isUtility = resource.kind === 'Deployment' && at.name === plan.utility && by.manager === 'handrail';
    if (isUtility && !by.dryRun && once('before utility 1')) throw new Error('cut off before it arrived');
    return update(resource, at, by, change);
  };
  store.listen(({ object, before, resource }) => {
    if (resource.kind !== 'Deployment' || object.metadata.name !== plan.utility) return;
    if (replicasOf(before) === 1 && replicasOf(object) === 0) once('after utility 0');
  });
  let seen = false;
  const timer = setInterval(() => {
    if (!existsSync(folder)) return clearInterval(timer);
    const files = readdirSync(folder, { recursive: true }) as string[];
    if (files.some((file) => file.includes('.dump'))) once('while dumping');
    const whole = files.some((file) => file.endsWith('.dump'));
    if (seen && !whole && once('after the dump went')) clearInterval(timer);
    seen = whole;
  }, 5);
  timer.unref();
}
