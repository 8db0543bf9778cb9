/** A contact is told in Slack: by name or id of its channel, called, found again by the key, refusals in words. */
import { afterEach, expect, it } from 'vitest';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});
const texts = (channel: string) =>
  world.slack
    .as('ann')
    .history(channel)
    .map((one) => String(one.text));

it('posts once, calls a person or a group, and finds it again', async () => {
  world = await startWorld();
  const { messages } = world.connection;
  // It has not been there yet.
  expect(await messages.find('random', 'k-1')).toBeUndefined();
  expect(
    await messages.post({ channel: 'random', text: 'INC-7: a < b', key: 'k-1', mention: 'U0123456' }),
  ).toEqual({
    ok: true,
  });
  expect(await messages.post({ channel: 'random', text: 'again', key: 'k-2', mention: 'S0123456' })).toEqual({
    ok: true,
  });
  expect(texts('random')).toEqual(
    expect.arrayContaining(['<@U0123456> INC-7: a &lt; b', '<!subteam^S0123456> again']),
  );
  expect(await messages.find('random', 'k-1')).toBe(true);
  expect(await messages.find('random', 'k-2')).toBe(true);
  expect(await messages.find('random', 'k-3')).toBe(false);
});

it('says when there is no such channel, or it is closed: nothing was posted', async () => {
  world = await startWorld();
  const { messages } = world.connection;
  const nowhere = await messages.post({ channel: 'nowhere', text: 'x', key: 'k' });
  expect(nowhere).toMatchObject({ ok: false, never: true, says: expect.stringContaining('#nowhere') });
  expect(await messages.find('nowhere', 'k')).toBeUndefined();
  world.slack.as('ann').archive('random');
  expect(await messages.post({ channel: 'random', text: 'x', key: 'k' })).toMatchObject({
    ok: false,
    never: true,
  });
});
