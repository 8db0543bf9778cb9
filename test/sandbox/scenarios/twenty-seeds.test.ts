// Twenty worlds of pidp-patroni, each worked through by the scripted responder: no table of answers could pass.
import { describe, expect, it, vi } from 'vitest';
import { isFaultlessSeed, isLookAlikeSeed, planOf } from '../../../sandbox/scenarios/pidp/plan.ts';
import { over } from '../../support/bells.ts';
import { testServer } from '../../support/database.ts';
import { played, ZONE } from './played.ts';
import { expectFacts } from './report-facts.ts';

// Two worlds at a time: each is a cluster, a Slack and a bot.
vi.setConfig({ maxConcurrency: 2 });

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

/** Over another queue one of each kind is enough. */
const PLAYED = over === 'postgres' ? SEEDS : [0, 3, 7];
const NAME = over === 'postgres' ? '' : `, in three worlds over ${over}`;

describe(`the scripted responder${NAME}`, () => {
  it('meets worlds in which the look-alike is right, and worlds without a fault', async () => {
    expect(SEEDS.filter(isLookAlikeSeed).map((seed) => planOf(seed).used.style)).toEqual([
      'crunchy',
      'crunchy',
    ]);
    expect(SEEDS.filter(isFaultlessSeed).map((seed) => planOf(seed).variant)).toEqual([
      'no fault',
      'no fault',
    ]);
    expect([PLAYED.some(isLookAlikeSeed), PLAYED.some(isFaultlessSeed)]).toEqual([true, true]);
    // What pods say their server is.
    expect((await testServer()).version).toMatch(/^18\./);
  });

  it.concurrent.each(PLAYED)('plays seed %i to its end, and the report says what is true', async (seed) => {
    const { report, plan, failedEnds, utilitySetTo, dumps, log } = await played({ seed });
    expect(failedEnds).toEqual([]);
    expectFacts(report, plan, ZONE);
    expect(utilitySetTo).toEqual(plan.variant === 'fault' ? [1, 0] : []);
    expect(dumps.size).toBe(plan.variant === 'fault' ? 1 : 0);
    expect(log.split('\n').filter((line) => /"level":(50|60)|nobody listened/.test(line))).toEqual([]);
  });
});
