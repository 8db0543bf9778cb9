// Slack's events in any order: taken off before it was put on, deleted before it was read; nobody is named for a deletion.
import { afterEach, expect, it } from 'vitest';
import { timeline } from '../../src/incidents/timeline.ts';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});
const shownTexts = () =>
  timeline(world.core.events)
    .filter(({ source, show }) => source?.ts !== undefined && show !== 'hide')
    .map(({ text }) => text);

it('a pushpin that is off again when its event arrives adds nothing', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const ts = ann.say(channel, 'a slip');
  await world.slack.settled();
  world.slack.faults.reorder(true);
  ann.react(channel, ts, 'pushpin');
  ann.unreact(channel, ts, 'pushpin');
  await world.slack.settled();
  world.slack.faults.reorder(false);
  const other = ann.say(channel, 'meant');
  ann.react(channel, other, 'pushpin');
  await until(() => shownTexts().length > 0);
  expect(shownTexts()).toEqual(['meant']);
});

it('a pushpin that is taken off while its message is read is hidden again', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const ts = ann.say(channel, 'a slip');
  world.slack.faults.slow('conversations.history', 300);
  ann.react(channel, ts, 'pushpin');
  await until(() => world.slack.log.calls.some(({ method }) => method === 'reactions.get'));
  ann.unreact(channel, ts, 'pushpin');
  await until(() => world.of('note_added').length === 1);
  await until(() => world.of('entry_corrected').some(({ body }) => body.hidden === true));
  expect(shownTexts()).toEqual([]);
});

it('a message that is deleted before it is read says so, and names nobody', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const ts = ann.say(channel, 'oops');
  world.slack.faults.slow('reactions.get', 300);
  world.slack.as('ben').join(channel);
  world.slack.as('ben').react(channel, ts, 'pushpin');
  ann.delete(channel, ts);
  await until(() => world.of('entry_corrected').length > 0);
  await world.slack.settled();
  expect(world.of('note_added').map(({ body }) => body.text)).toEqual([
    '(a message that was deleted before it could be read)',
  ]);
  expect(world.of('entry_corrected').map(({ body, by }) => [body.why, by.name])).toEqual([
    ['deleted in Slack', 'Slack'],
  ]);
});

it('a deletion is nobody’s, with and without replies', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const alone = ann.say(channel, 'alone');
  const answered = ann.say(channel, 'answered');
  ann.say(channel, 'yes', { thread_ts: answered });
  for (const ts of [alone, answered]) ann.react(channel, ts, 'pushpin');
  await until(() => world.of('note_added').length === 2);
  for (const ts of [alone, answered]) ann.delete(channel, ts);
  await until(() => world.of('entry_corrected').length === 2);
  await world.connection.catchUp();
  expect(world.of('entry_corrected').map(({ body, by }) => [body.why, by.name])).toEqual([
    ['deleted in Slack', 'Slack'],
    ['deleted in Slack', 'Slack'],
  ]);
});

it('a message that cannot be read just now is kept with its link', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const ts = ann.say(channel, 'words');
  world.slack.faults.error('conversations.history', 'internal_error', 1);
  ann.react(channel, ts, 'pushpin');
  await until(() => world.of('note_added').length === 1);
  expect(world.of('note_added')[0]?.body).toMatchObject({
    text: '(a message whose words could not be read)',
    source: { link: expect.stringContaining(`/p${ts.replace('.', '')}`) },
  });
  expect(world.of('entry_corrected')).toEqual([]);
});
