// Clicks on messages and shortcuts of messages: what they do, what is refused, what is stored.

import { afterEach, describe, expect, it } from 'vitest';
import { plan } from './fixtures.ts';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

describe('a click', () => {
  it('of somebody without the right: the channel is told, nothing is changed', async () => {
    world = await startWorld();
    const channel = await declare(world);
    await upToPlan(world, channel);
    const cat = world.slack.as('cat');
    cat.join(channel);
    const asked = await messageWith(world, channel, 'hr:confirm');
    await cat.click(channel, asked.ts, { action_id: 'hr:confirm' });
    await until(() =>
      JSON.stringify(cat.thread(channel, asked.ts)).includes('You may not start this change'),
    );
    expect(world.of('act_started')).toEqual([]);
    await messageWith(world, channel, 'hr:confirm');
  });

  it('on an old plan replaces its buttons by what happened', async () => {
    world = await startWorld();
    const channel = await declare(world);
    await upToPlan(world, channel);
    const ann = world.slack.as('ann');
    const asked = await messageWith(world, channel, 'hr:confirm');
    await ann.click(channel, asked.ts, { action_id: 'hr:plan-again' });
    await until(() => world.core.attempts.filter((one) => one.purpose === 'plan').length === 2);
    await world.settle({
      purpose: 'plan',
      result: { ok: true, plan: { ...plan, changes: [{ field: 'size', before: '2', after: '3' }] } },
    });
    await until(() =>
      JSON.stringify(ann.history(channel).find((one) => one.ts === asked.ts)).includes('Goes on below'),
    );
    await ann.click(channel, asked.ts, { action_id: 'hr:confirm' }, { stale: asked });
    await until(() =>
      JSON.stringify(ann.history(channel).find((one) => one.ts === asked.ts)).includes('This button is old'),
    );
    expect(JSON.stringify(ann.history(channel).find((one) => one.ts === asked.ts))).not.toContain(
      'hr:confirm',
    );
    expect(world.of('act_started')).toEqual([]);
  });

  it('whose value is not ours is refused and stored nowhere', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const card = await messageWith(world, channel, 'hr:open-note');
    const before = world.commands.length;
    const forged = JSON.parse(
      JSON.stringify(card).replaceAll(/"value":"[^}]*}"/g, '"value":"{\\"incident\\":\\"1; drop\\"}"'),
    );
    await world.slack.as('ann').click(channel, card.ts, { action_id: 'hr:open-note' }, { stale: forged });
    await until(() => world.warnings.some((line) => line.includes('not ours')));
    expect(world.commands).toHaveLength(before);
  });

  it('Skip, End and a lost outcome are decided by people', async () => {
    world = await startWorld();
    const channel = await declare(world);
    await upToPlan(world, channel);
    const ann = world.slack.as('ann');
    await ann.closeView().catch(() => undefined);
    const asked = await messageWith(world, channel, 'hr:confirm');
    await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
    await until(() => world.of('act_started')[0]);
    await world.core.lose('act');
    await world.settle({ purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
    const decide = await messageWith(world, channel, 'hr:check-again');
    expect(JSON.stringify(decide)).toContain('Nobody knows whether the change was made.');
    expect(JSON.stringify(decide)).not.toContain('hr:try-again');
    await ann.click(channel, decide.ts, { action_id: 'hr:open-go-on' });
    await ann.fill(undefined, { reason: 'looked at it by hand' });
    expect(await ann.submitView()).toMatchObject({ ok: true });
    expect(world.of('step_closed').at(-1)?.body).toMatchObject({
      state: 'accepted',
      reason: 'looked at it by hand',
    });
    await until(() => world.of('run_ended')[0]);
  });
});

describe('shortcuts', () => {
  it('put a message on the timeline here, and ask for which incident elsewhere', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const ann = world.slack.as('ann');
    await ann.closeView().catch(() => undefined);
    const ts = ann.say(channel, 'the image is broken');
    await ann.messageShortcut('handrail-keep-message', channel, ts);
    await until(() => JSON.stringify(ann.currentView()?.blocks).includes('on the timeline of INC-1'));
    await ann.closeView();
    const other = ann.say('random', 'users cannot log in');
    await ann.messageShortcut('handrail-keep-message', 'random', other);
    await until(() => ann.currentView()?.callback_id === 'hr-pick-for-message');
    await ann.submitView();
    await until(() => world.of('note_added').length === 2);
    // A pushpin that comes and goes does not take away what a shortcut has put there.
    ann.react(channel, ts, 'pushpin');
    ann.unreact(channel, ts, 'pushpin');
    await world.slack.settled();
    expect(world.of('entry_corrected')).toEqual([]);
  });

  it('declare an incident about a message', async () => {
    world = await startWorld();
    const ann = world.slack.as('ann');
    const ts = ann.say('random', 'nobody can log in');
    await ann.messageShortcut('handrail-declare', 'random', ts);
    await ann.fill(undefined, { title: 'login is down' });
    await ann.submitView();
    expect((await until(() => world.of('incident_declared')[0])).body.noticed).toBe('nobody can log in');
  });
});
