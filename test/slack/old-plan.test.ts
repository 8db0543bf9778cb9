// In Slack: a click on a plan that is hours old starts nothing; the message is replaced, and the new plan asks below.
import { afterEach, expect, it } from 'vitest';
import { plan } from './fixtures.ts';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

it('is told why, and confirms the new one', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  const asked = await messageWith(world, channel, 'hr:confirm');
  world.core.now += 3 * 3_600_000;
  const ann = world.slack.as('ann');
  const history = () => ann.history(channel);
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  await until(() => JSON.stringify(history()).includes('The plan is 3 hours old. Here is the new one.'));
  await until(() => !JSON.stringify(history().find(({ ts }) => ts === asked.ts)).includes('hr:confirm"'));
  expect(world.of('act_started')).toEqual([]);
  await world.settle({ purpose: 'plan', result: { ok: true, plan } });
  const again = await messageWith(world, channel, 'hr:confirm');
  expect(again.ts).not.toBe(asked.ts);
  await ann.click(channel, again.ts, { action_id: 'hr:confirm' });
  await until(() => world.of('act_started')[0]);
});
