// A form or a button of a private incident that is still on the screen of somebody who was taken out of its channel.
import { afterEach, expect, it } from 'vitest';
import { until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let channel: string;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

async function withPrivate(): Promise<void> {
  world = await startWorld();
  const ann = world.slack.as('ann');
  await ann.slash('random', '/incident', 'start a leak');
  await ann.fill(undefined, { options: ['private'] });
  await ann.submitView();
  channel = await until(() => world.of('channel_opened')[0]?.body.channel);
  await until(() => world.of('message_posted').some((event) => event.body.what === 'card'));
  await ann.closeView().catch(() => undefined);
}

const form = async (typed: string, callback: string): Promise<void> => {
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', typed);
  await until(() => ann.currentView()?.callback_id === callback);
};

it.each([
  ['left add', 'hr-add-left', { title: 'a dump' }],
  ['note', 'hr-note', { text: 'from outside' }],
  ['update', 'hr-update', { text: 'from outside', yes: 'yes' }],
  ['follow-up', 'hr-follow-up', { text: 'from outside' }],
] as const)('the form of /incident %s writes nothing for who is out', async (typed, callback, fields) => {
  await withPrivate();
  await form(typed, callback);
  const ann = world.slack.as('ann');
  const before = world.core.events.length;
  ann.leave(channel);
  await ann.fill(undefined, fields).catch(() => undefined);
  await ann.submitView();
  await until(() => JSON.stringify(ann.currentView()).includes('You cannot see that incident'));
  expect(world.core.events.slice(before).filter(({ by }) => by.id !== 'bot')).toEqual([]);
});

it('who is in goes on working while Slack does not say who is', async () => {
  await withPrivate();
  await form('left add', 'hr-add-left');
  world.slack.faults.error('conversations.members', 'fetch_members_failed', 50);
  const ann = world.slack.as('ann');
  await ann.fill(undefined, { title: 'a dump' });
  await ann.submitView();
  await until(() => world.of('loose_end_opened')[0]);
});

it('a button in the channel itself asks nobody', async () => {
  await withPrivate();
  world.slack.faults.error('conversations.members', 'fetch_members_failed', 50);
  const ann = world.slack.as('ann');
  const card = await until(() =>
    ann.history(channel).find((one) => JSON.stringify(one).includes('hr:open-note')),
  );
  await ann.click(channel, String(card.ts), { action_id: 'hr:open-note' });
  await until(() => ann.currentView()?.callback_id === 'hr-note');
});
