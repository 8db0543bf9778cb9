// What is posted when Slack answers late, twice, with 429, or not at all; and where a permission is missing.

import { afterEach, describe, expect, it } from 'vitest';
import { neededScopes } from '../../src/slack/scopes.ts';
import { ana } from '../support/pure-door.ts';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const declareOnly = async (): Promise<void> => {
  await world.core.declare({ ...ana, person: { id: `slack:${world.slack.as('ann').user.id}`, name: 'ann' } });
};
const channels = () => [...world.slack.state.channels.values()].filter((one) => one.name.startsWith('inc-'));

describe('opening the channel', () => {
  it('twice: one channel, one card, one line in the incidents channel', async () => {
    world = await startWorld({ draining: false });
    await declareOnly();
    // The answer is lost after Slack has made the channel: nobody knows that it exists.
    world.slack.faults.dropNext('conversations.create', 1, 'after');
    expect(await world.publish({ kind: 'open channel' }, 1)).toMatchObject({
      later: expect.any(Number),
      says: expect.stringContaining('open the channel'),
    });
    expect(channels()).toHaveLength(1);
    expect(await world.publish({ kind: 'open channel' }, 2)).toEqual({ done: true });
    expect(channels()).toHaveLength(1);
    expect(await world.publish({ kind: 'open channel' }, 3)).toEqual({ done: true });
    const ann = world.slack.as('ann');
    const cards = ann
      .history('inc-1-web-api-answers-500')
      .filter((one) => JSON.stringify(one).includes('hr:open-run'));
    expect(cards).toHaveLength(1);
    expect(ann.history('incidents').filter((one) => String(one.text).includes('INC-1'))).toHaveLength(1);
    expect(world.of('channel_opened')).toHaveLength(1);
  });

  it('takes another name when the first one is taken by somebody', async () => {
    world = await startWorld({ draining: false });
    await declareOnly();
    world.slack.as('cat').createChannel('inc-1-web-api-answers-500');
    expect(await world.publish({ kind: 'open channel' }, 1)).toEqual({ done: true });
    expect(world.of('channel_opened')[0]?.body.name).toBe('inc-1-web-api-answers-500-2');
  });

  it('a person who cannot be invited is named, and the others are there', async () => {
    world = await startWorld({
      draining: false,
      door: { config: { zone: 'UTC', namespace: 'default', invite: { users: ['UNOBODY'], usergroups: [] } } },
    });
    await declareOnly();
    expect(await world.publish({ kind: 'open channel' }, 1)).toEqual({ done: true });
    expect(world.of('slack_failed').map((event) => event.body.says)).toEqual([
      'Not invited: UNOBODY (user_not_found).',
    ]);
    expect(channels()[0]?.members.has(world.slack.as('ann').user.id)).toBe(true);
  });
});

describe('a post', () => {
  it('waits as long as Slack asks', async () => {
    world = await startWorld({ draining: false });
    await declareOnly();
    await world.publish({ kind: 'open channel' }, 1);
    await world.core.send(ana, { do: 'set severity', severity: 'SEV1' });
    const { version } = world.of('severity_changed')[0] ?? { version: 0 };
    world.slack.faults.rateLimit('chat.postMessage', 7);
    expect(await world.publish({ kind: 'tell', version }, 1)).toMatchObject({ later: 7000 });
    expect(await world.publish({ kind: 'tell', version }, 2)).toEqual({ done: true });
  });

  it('whose answer was lost is found, not repeated', async () => {
    world = await startWorld({ draining: false });
    await declareOnly();
    await world.publish({ kind: 'open channel' }, 1);
    await world.core.send(ana, { do: 'set severity', severity: 'SEV1' });
    const { version } = world.of('severity_changed')[0] ?? { version: 0 };
    world.slack.faults.dropNext('chat.postMessage', 1, 'after');
    expect(await world.publish({ kind: 'tell', version }, 1)).toMatchObject({ later: 1000 });
    expect(await world.publish({ kind: 'tell', version }, 2)).toEqual({ done: true });
    const lines = world.slack
      .as('ann')
      .history('inc-1-web-api-answers-500')
      .filter((one) => String(one.text).includes('changed the severity'));
    expect(lines).toHaveLength(1);
    expect(world.of('message_posted').filter((event) => event.body.what === `tell:${version}`)).toHaveLength(
      1,
    );
  });

  it('in a channel that was archived is given up once, in words', async () => {
    world = await startWorld({ draining: false });
    await declareOnly();
    await world.publish({ kind: 'open channel' }, 1);
    await world.core.send(ana, { do: 'set severity', severity: 'SEV1' });
    const { version } = world.of('severity_changed')[0] ?? { version: 0 };
    world.slack.as('ann').archive('inc-1-web-api-answers-500');
    expect(await world.publish({ kind: 'tell', version }, 1)).toEqual({ done: true });
    expect(await world.publish({ kind: 'tell', version }, 1)).toEqual({ done: true });
    expect(world.of('slack_failed').map((event) => event.body.says)).toEqual(['The channel is archived.']);
    const failed = world.of('slack_failed')[0];
    expect(await world.publish({ kind: 'tell', version: failed?.version ?? 0 }, 1)).toEqual({ done: true });
    expect(world.of('slack_failed')).toHaveLength(1);
  });

  it('a card that somebody deleted comes back, pinned', async () => {
    world = await startWorld({ draining: false });
    await declareOnly();
    await world.publish({ kind: 'open channel' }, 1);
    const first = world.of('message_posted').find((event) => event.body.what === 'card')?.body.ts ?? '';
    channels()[0]?.messages.delete(first);
    await world.core.send(ana, { do: 'set severity', severity: 'SEV1' });
    expect(await world.publish({ kind: 'card' }, 1)).toEqual({ done: true });
    const cards = world.of('message_posted').filter((event) => event.body.what === 'card');
    expect(cards).toHaveLength(2);
    expect(channels()[0]?.pins.some((pin) => JSON.stringify(pin).includes(cards[1]?.body.ts ?? '-'))).toBe(
      true,
    );
  });

  it('a report whose upload was not answered is posted once', async () => {
    world = await startWorld({ draining: false });
    await declareOnly();
    await world.publish({ kind: 'open channel' }, 1);
    world.slack.faults.dropNext('files.completeUploadExternal', 1, 'after');
    expect(await world.publish({ kind: 'report', version: 1 }, 1)).toMatchObject({ later: 1000 });
    expect(await world.publish({ kind: 'report', version: 1 }, 2)).toEqual({ done: true });
    const shared = world.slack
      .as('ann')
      .history('inc-1-web-api-answers-500')
      .filter((one) => one.subtype === 'file_share');
    expect(shared).toHaveLength(1);
    expect(world.of('report_posted').map((event) => event.body.file)).toEqual(['inc-1.md']);
  });
});

describe('a missing permission', () => {
  it('is named at the start, and the rest goes on without it', async () => {
    const granted = neededScopes().filter((scope) => scope !== 'pins:write' && scope !== 'bookmarks:write');
    world = await startWorld({ slack: { grantedScopes: granted } });
    expect(world.connection.missingScopes).toEqual([
      'bookmarks:write (for bookmarks.add)',
      'pins:write (for pins.add)',
    ]);
    const channel = await declare(world);
    await until(() => world.of('slack_failed').length === 2);
    expect(
      world
        .of('slack_failed')
        .map((event) => event.body.says)
        .join(),
    ).toContain('The app lacks a permission (pins:write)');
    await messageWith(world, channel, 'hr:open-run');
    await upToPlan(world, channel);
    await messageWith(world, channel, 'hr:confirm');
  });

  it('a workspace that forbids something is told once, and the rest goes on', async () => {
    world = await startWorld({ draining: false });
    await declareOnly();
    world.slack.faults.error('pins.add', 'restricted_action');
    expect(await world.publish({ kind: 'open channel' }, 1)).toEqual({ done: true });
    expect(world.of('slack_failed')).toHaveLength(1);
  });
});
