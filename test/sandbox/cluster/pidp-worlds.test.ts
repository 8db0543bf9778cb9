import { describe, expect, it } from 'vitest';
import { isFaultlessSeed, isLookAlikeSeed } from '../../../sandbox/scenarios/pidp/plan.ts';
import { pidpPatroni } from '../../../sandbox/scenarios/pidp-patroni.ts';
import { worldFor } from '../../../sandbox/scenarios/scenario.ts';
import { traceDatabase } from '../../../src/actions/kubernetes/trace-database.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { look, openWorld } from './calls.ts';
import { parsedParams } from './parsed.ts';

interface Traced {
  found: boolean;
  certain: boolean;
  database?: string;
  service: { name: string; matching: number; ready: number };
  shared_with: string[];
  unused: string[];
  statefulset?: string;
}

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

describe('the worlds of pidp-patroni', () => {
  it('are the same for the same seed, and differ between seeds', () => {
    for (const seed of SEEDS) expect(worldFor(pidpPatroni, seed)).toEqual(worldFor(pidpPatroni, seed));
    const plans = SEEDS.map((seed) => worldFor(pidpPatroni, seed));
    expect(new Set(plans.map((plan) => plan.written)).size).toBeGreaterThan(4);
    expect(new Set(plans.map((plan) => plan.used.leader)).size).toBe(3);
    expect(new Set(plans.map((plan) => plan.used.style)).size).toBe(2);
    expect(
      plans.some((plan) => plan.used.members.some((member) => !member.crashed) && plan.variant === 'fault'),
    ).toBe(true);
    const lookAlike = plans.filter((plan) => isLookAlikeSeed(plan.seed));
    expect(lookAlike.map((plan) => [plan.used.style, plan.variant])).toEqual([
      ['crunchy', 'fault'],
      ['crunchy', 'fault'],
    ]);
    expect(plans.filter((plan) => plan.variant === 'no fault').map((plan) => plan.seed)).toEqual(
      SEEDS.filter(isFaultlessSeed),
    );
  });

  it.each(SEEDS)(
    'seed %i: the setting leads to the right database, and the repair heals it',
    async (seed) => {
      const plan = worldFor(pidpPatroni, seed);
      const facts = pidpPatroni.facts(plan);
      const world = await openWorld(plan);
      try {
        const traced = await look<Traced>(
          world,
          traceDatabase,
          parsedParams(traceDatabase, { workload: plan.api }),
        );
        expect(traced).toMatchObject({
          found: true,
          certain: true,
          database: facts.database,
          service: { name: facts.service },
          statefulset: facts.statefulset,
          shared_with: facts.sharedWith,
        });
        expect(traced.unused).toContain(facts.unusedService);
        expect(traced.unused).not.toContain(facts.service);
        expect(traced.service.ready).toBe(facts.fault ? 0 : 1);

        const ready = () => world.cluster.store.get('Deployment', plan.namespace, plan.api)?.['status'];
        expect((ready() as { readyReplicas?: number }).readyReplicas ?? 0).toBe(facts.fault ? 0 : 3);
        await pidpPatroni.platformPerson.repair(world);
        await waitUntil(
          'the API is ready',
          () => (ready() as { readyReplicas?: number }).readyReplicas === 3,
          { seconds: 20, describe: () => JSON.stringify(ready()) },
        );
        expect(world.patroni.get(plan.used.name)?.leader).toBe(facts.ahead);
      } finally {
        await world.close();
      }
    },
  );
});
