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

const saidTo = (who: string, channel: string) => {
  const told = world?.slack.as(who).ephemerals(channel) as { text: string; thread_ts?: string }[] | undefined;
  return told?.findLast(({ text }) => text.startsWith('Not done: '));
};

it('of somebody without the right stands at the bottom of the channel for them, with what to do', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  const cat = world.slack.as('cat');
  cat.join(channel);
  const asked = await messageWith(world, channel, 'hr:confirm');
  await cat.click(channel, asked.ts, { action_id: 'hr:confirm' });
  const told = await until(() => saidTo('cat', channel));
  expect(told.text).toContain('You may not start this change');
  expect(told.text).toContain('Ask somebody who has it.');
  expect(told.thread_ts).toBeUndefined();
  // What lies only in an ephemeral message is gone at a reload.
  await until(() => JSON.stringify(cat.thread(channel, asked.ts)).includes('You may not start this change'));
});

it('of an old button says which one to use instead', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  const ann = world.slack.as('ann');
  const asked = await messageWith(world, channel, 'hr:confirm');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  await until(() => world?.of('act_started')[0]);
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' }, { stale: asked });
  const told = await until(() => saidTo('ann', channel));
  expect(told.text).toBe('Not done: Already confirmed by ann. Nothing more is needed here.');
});

it('comes by the answer of the click when Slack takes no message for this person', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  const cat = world.slack.as('cat');
  cat.join(channel);
  const asked = await messageWith(world, channel, 'hr:confirm');
  world.slack.faults.error('chat.postEphemeral', 'user_not_in_channel');
  await cat.click(channel, asked.ts, { action_id: 'hr:confirm' });
  const told = await until(() => saidTo('cat', channel));
  expect(told.text).toContain('You may not start this change');
});
