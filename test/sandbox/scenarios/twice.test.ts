// Every delivery of Slack made twice: the same night as with single ones, and every change once.
import { expect, it } from 'vitest';
import { played, ZONE } from './played.ts';
import { countsOf, endOf } from './record.ts';
import { expectFacts } from './report-facts.ts';

const SEED = 1;

it('puts nothing on the record twice, and changes nothing twice, when every delivery is made twice', async () => {
  const once = await played({ seed: SEED });
  const twice = await played({
    seed: SEED,
    prepare: ({ slack }) => slack.faults.duplicateDeliveries(true),
  });
  expect(countsOf(twice.events)).toEqual(countsOf(once.events));
  expect(endOf(twice.events)).toEqual(endOf(once.events));
  for (const night of [once, twice]) {
    expectFacts(night.report, night.plan, ZONE);
    expect(night.failedEnds).toEqual([]);
    expect(night.utilitySetTo).toEqual([1, 0]);
    expect(night.dumps.size).toBe(1);
    expect(night.events.map(({ version }) => version)).toEqual(night.events.map((_, index) => index + 1));
  }
}, 180_000);
