// `/incident reopen` asks for the reason in the line itself, and tells everybody what it was.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

const text = (messages: unknown): string => JSON.stringify(messages);

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

it('without a reason is refused with the line to type; with one it is told', async () => {
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'resolve');
  await ann.submitView();
  await until(() => world.of('resolved')[0]);
  await ann.slash(channel, '/incident', 'reopen');
  await until(() => text(ann.ephemerals(channel)).includes('/incident reopen &lt;reason&gt;'));
  expect(world.of('reopened')).toEqual([]);
  await ann.slash(channel, '/incident', 'reopen still 500 & more');
  await until(() => world.of('reopened')[0]);
  expect(world.of('reopened').map(({ body }) => body)).toEqual([{ reason: 'still 500 & more' }]);
  await until(() => text(ann.history(channel)).includes('reopened the incident. still 500 &amp; more'));
});
