// Replies in threads: pinned live and while nobody listened, with a link that opens the thread.
import { afterEach, expect, it } from 'vitest';
import { messageLink } from '../../src/slack/room.ts';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});
const texts = () => world.of('note_added').map(({ body }) => body.text);

it('a pushpin on a reply keeps that reply, with a link that opens its thread', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const parent = ann.say(channel, 'the question');
  ann.say(channel, 'another answer', { thread_ts: parent });
  const reply = ann.say(channel, 'the answer', { thread_ts: parent });
  ann.say(channel, 'said after it');
  world.slack.as('ben').join(channel);
  world.slack.as('ben').react(channel, reply, 'pushpin');
  await until(() => texts().length === 1);
  const { text, source } = world.of('note_added')[0]?.body ?? {};
  expect(text).toBe('the answer');
  expect(source).toMatchObject({ ts: reply, author: { name: 'ann' } });
  expect(source?.link).toMatch(
    new RegExp(`/archives/${channel}/p\\d+\\?thread_ts=${parent}&cid=${channel}$`),
  );
  // The first message of a thread stands in the channel.
  ann.react(channel, parent, 'pushpin');
  await until(() => texts().length === 2);
  expect(world.of('note_added')[1]?.body.source.link).not.toContain('thread_ts');
  expect(messageLink('https://t.example/', 'C1', '1.2', '1.2')).toBe('https://t.example/archives/C1/p12');
  await ann.messageShortcut(
    'handrail-keep-message',
    channel,
    ann.say(channel, 'by hand', { thread_ts: parent }),
  );
  await until(() => texts().length === 3);
  expect(world.of('note_added')[2]?.body.source.link).toContain(`thread_ts=${parent}`);
});

it('a pushpin that was put on a reply while nobody listened is found again, once', async () => {
  world = await startWorld({ slack: { events: [] } });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const parent = ann.say(channel, 'the question');
  const reply = ann.say(channel, 'the answer', { thread_ts: parent });
  ann.say(channel, 'plain', { thread_ts: parent });
  ann.react(channel, reply, 'pushpin');
  await world.connection.catchUp();
  await world.connection.catchUp();
  expect(texts()).toEqual(['the answer']);
  expect(world.of('note_added')[0]?.body.source.link).toContain(`thread_ts=${parent}`);
  ann.edit(channel, reply, 'the better answer');
  ann.unreact(channel, reply, 'pushpin');
  await world.connection.catchUp();
  await world.connection.catchUp();
  expect(world.of('entry_corrected').map(({ body }) => [body.why, body.text])).toEqual([
    ['pushpin removed', undefined],
    ['edited in Slack', 'the better answer'],
  ]);
});

it('looks through a bounded number of threads', async () => {
  world = await startWorld({ slack: { events: [] } });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  for (let thread = 0; thread < 30; thread++) {
    const parent = ann.say(channel, `thread ${thread}`);
    const reply = ann.say(channel, `answer ${thread}`, { thread_ts: parent });
    if (thread === 29) ann.react(channel, reply, 'pushpin');
  }
  const before = world.slack.log.calls.filter(({ method }) => method === 'conversations.replies').length;
  await world.connection.catchUp();
  const calls =
    world.slack.log.calls.filter(({ method }) => method === 'conversations.replies').length - before;
  expect(calls).toBe(20);
  // Those with the newest replies come first.
  expect(texts()).toEqual(['answer 29']);
});
