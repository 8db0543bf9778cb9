// In Slack: the group is told that somebody went alone and says what it thinks; a closed incident has no buttons left.
import { afterEach, expect, it } from 'vitest';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const text = (message: unknown): string => JSON.stringify(message);

async function goneAlone(): Promise<string> {
  world = await startWorld({ level: 'two-person' });
  Object.assign(world.core.knows, { otherApprovers: () => 0 });
  const channel = await declare(world);
  await upToPlan(world, channel);
  const ann = world.slack.as('ann');
  const asked = await messageWith(world, channel, 'hr:ask-approval');
  await ann.click(channel, asked.ts, { action_id: 'hr:ask-approval' });
  const alone = await messageWith(world, channel, 'hr:open-alone');
  await ann.click(channel, alone.ts, { action_id: 'hr:open-alone' });
  await ann.fill(undefined, { reason: 'users cannot log in' });
  await ann.submitView();
  return channel;
}

it('who could have approved is called, and agrees with one click', async () => {
  const channel = await goneAlone();
  const told = await messageWith(world, channel, 'hr:alone-agree');
  const benId = world.slack.people.find(({ name }) => name === 'ben')?.id;
  expect(text(told)).toContain(`<@${benId}>`);
  expect(text(told)).toContain('users cannot log in');
  await world.slack.as('ann').click(channel, told.ts, { action_id: 'hr:alone-agree' });
  await until(() => text(world.slack.as('ann').thread(channel, told.ts)).includes('You went alone here'));
  await world.slack.as('ben').click(channel, told.ts, { action_id: 'hr:alone-agree' });
  await until(() => world.of('loose_end_settled')[0]);
  await until(() => text(world.slack.as('ann').history(channel)).includes('has seen it and agrees.'));
  await until(() => {
    const now = world.slack
      .as('ann')
      .history(channel)
      .find(({ ts }) => ts === told.ts);
    return !text(now).includes('hr:alone-agree');
  });
});

it('who does not agree says why', async () => {
  const channel = await goneAlone();
  const told = await messageWith(world, channel, 'hr:open-alone-disagree');
  const ben = world.slack.as('ben');
  await ben.click(channel, told.ts, { action_id: 'hr:open-alone-disagree' });
  await ben.fill(undefined, { reason: 'the replica was behind' });
  expect(await ben.submitView()).toMatchObject({ ok: true });
  await until(() => text(ben.history(channel)).includes('does not agree: the replica was behind'));
  expect(world.of('follow_up_added')[0]?.body.text).toContain('the replica was behind');
});

it('a plan that waits loses its buttons at the close, and has them again after reopening', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  const asked = await messageWith(world, channel, 'hr:confirm');
  const ann = world.slack.as('ann');
  const there = () => text(ann.history(channel).filter(({ ts }) => ts === asked.ts));
  await ann.slash(channel, '/incident', 'resolve');
  await ann.submitView().catch(() => undefined);
  await until(() => world.of('resolved')[0]);
  await ann.slash(channel, '/incident', 'close');
  await until(() => world.of('closed')[0]);
  await until(() => there().includes('·  the incident is closed'));
  expect(text(ann.history(channel))).not.toContain('hr:confirm"');
  await ann.slash(channel, '/incident', 'reopen still 500');
  await until(() => world.of('reopened')[0]);
  const again = await messageWith(world, channel, 'hr:confirm');
  expect(again.ts).not.toBe(asked.ts);
  await until(() => there().includes('Goes on below'));
  await ann.click(channel, again.ts, { action_id: 'hr:confirm' });
  await until(() => world.of('act_started')[0]);
});
