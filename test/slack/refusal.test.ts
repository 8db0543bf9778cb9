// A refused click is always told: to everybody, and when Slack takes no message now, to the person alone.
import { afterEach, expect, it } from 'vitest';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

it('is told to the person alone when the channel takes no message now', async () => {
  world = await startWorld({ level: 'two-person' });
  const { slack } = world;
  const channel = await declare(world);
  await upToPlan(world, channel);
  const ann = slack.as('ann');
  const planned = await messageWith(world, channel, 'hr:ask-approval');
  await ann.click(channel, planned.ts, { action_id: 'hr:ask-approval' });
  const asked = await messageWith(world, channel, 'hr:approve');
  await world.drain();
  slack.faults.rateLimit('chat.postMessage', 5);
  await ann.click(channel, asked.ts, { action_id: 'hr:approve' });
  const told = await until(() => ann.ephemerals(channel).at(-1));
  expect(JSON.stringify(told)).toContain('somebody else must approve it');
});
