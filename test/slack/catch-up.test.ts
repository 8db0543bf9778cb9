// What was missed while the socket was closed: put on, taken off, edited, deleted; nothing twice.

import { afterEach, expect, it } from 'vitest';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

it('fetches pushpins, edits and deletions that happened meanwhile', async () => {
  world = await startWorld({ slack: { events: [] } });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const one = ann.say(channel, 'first');
  const two = ann.say(channel, 'second');
  const three = ann.say(channel, 'third', { thread_ts: one });
  const plain = ann.say(channel, 'nobody pinned this');
  ann.react(channel, one, 'pushpin');
  ann.react(channel, two, 'pushpin');
  await world.connection.catchUp();
  expect(world.of('note_added').map((event) => event.body.text)).toEqual(['second', 'first']);
  await ann.messageShortcut('handrail-keep-message', channel, three);
  await until(() => world.of('note_added').length === 3);

  await world.connection.catchUp();
  expect(world.of('note_added')).toHaveLength(3);
  expect(world.of('entry_corrected')).toEqual([]);

  ann.edit(channel, one, 'first, corrected');
  ann.unreact(channel, two, 'pushpin');
  ann.edit(channel, plain, 'still nobody');
  await world.connection.catchUp();
  await world.connection.catchUp();
  expect(world.of('entry_corrected').map((event) => [event.body.why, event.body.text])).toEqual([
    ['pushpin removed', undefined],
    ['edited in Slack', 'first, corrected'],
  ]);

  ann.delete(channel, three);
  await world.connection.catchUp();
  await world.connection.catchUp();
  expect(world.of('entry_corrected').map((event) => event.body.why)).toEqual([
    'pushpin removed',
    'edited in Slack',
    'deleted in Slack',
  ]);
});

it('what a person took off the timeline stays off, though the pushpin is still on it', async () => {
  world = await startWorld({ slack: { events: [] } });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const one = ann.say(channel, 'a name that is nobody else’s business');
  ann.react(channel, one, 'pushpin');
  await world.connection.catchUp();
  const entry = world.of('note_added')[0]?.body.entry ?? '';
  const by = { person: { id: 'slack:U1', name: 'ann' }, levels: ['observe'], groups: [] } as const;
  const off = { do: 'correct entry', entry, hidden: true, reason: 'not for the report' } as const;
  expect(await world.core.send(by, off)).toMatchObject({ ok: true });
  await world.connection.catchUp();
  await world.connection.catchUp();
  expect(world.of('entry_corrected').map(({ body }) => body.hidden)).toEqual([true]);
});

it('runs by itself when the socket comes back', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  world.slack.faults.dropNext('event', 1);
  const ts = ann.say(channel, 'missed');
  ann.react(channel, ts, 'pushpin');
  await world.slack.settled();
  for (const reason of ['refresh_requested', 'cut'] as const) {
    const opened = () =>
      world.slack.log.calls.filter((call) => call.method === 'apps.connections.open').length;
    const before = opened();
    world.slack.faults.disconnect(reason);
    await until(() => opened() > before, `connected again after ${reason}`);
    await until(() => world.connection.ready && world.slack.connections === 1);
  }
  await until(() => world.of('note_added').length === 1);
  await ann.slash(channel, '/incident', 'note it works again');
  await until(() => world.of('note_added').length === 2);
});
