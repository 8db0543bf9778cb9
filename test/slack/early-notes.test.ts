// A note from before the first sign is kept, and who wrote it is asked whether the time is right.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let channel: string;
beforeEach(async () => {
  world = await startWorld();
  channel = await declare(world);
  await world.slack.as('ann').closeView();
});
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const since = () => {
  const at = world.of('incident_declared')[0]?.body.since ?? 0;
  return new Date(at).toISOString().slice(11, 16);
};
const asks = () => `This is before the first sign of trouble at ${since()} (UTC); is that right?`;
const last = () => world.slack.as('ann').ephemerals().at(-1)?.text ?? '';

it('by command', async () => {
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'note 30 minutes ago it was slow');
  await until(() => world.of('note_added')[0]);
  expect(last()).toContain('Noted at about');
  expect(last()).toContain(asks());
  await ann.slash(channel, '/incident', 'note it is slow');
  await until(() => world.of('note_added')[1]);
  expect(last()).not.toContain('first sign');
});

it('by its form, which then says so; otherwise it closes', async () => {
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'note');
  await ann.fill(undefined, { text: 'it was slow', at: '30 minutes ago' });
  await ann.submitView();
  await until(() => world.of('note_added')[0]);
  expect(JSON.stringify(ann.currentView())).toContain(asks());
  await ann.closeView();
  await ann.slash(channel, '/incident', 'note');
  await ann.fill(undefined, { text: 'it is slow' });
  await ann.submitView();
  expect(ann.currentView()).toBeUndefined();
});

it('by the shortcut of an older message', async () => {
  const ann = world.slack.as('ann');
  const ts = ann.say(channel, 'it is slow');
  const declared = world.of('incident_declared')[0];
  if (!declared) throw new Error('not declared');
  // Declared with a first sign that lies after the message.
  (declared.body as { since: number }).since = Number(ts) * 1000 + 600_000;
  await ann.messageShortcut('handrail-keep-message', channel, ts);
  await until(() => JSON.stringify(ann.currentView()?.blocks).includes('on the timeline of INC-1'));
  expect(JSON.stringify(ann.currentView()?.blocks)).toContain('before the first sign of trouble');
});
