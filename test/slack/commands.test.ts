// Commands and modals one by one: what is told, what is refused, what is stored.

import { afterEach, describe, expect, it } from 'vitest';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const heard = (who: string): string => JSON.stringify(world.slack.as(who).ephemerals());
const last = (who: string): string => JSON.stringify(world.slack.as(who).ephemerals().at(-1) ?? '');

describe('/incident', () => {
  it('alone shows what this person may do, and the incidents they can see', async () => {
    world = await startWorld();
    await declare(world);
    await world.slack.as('cat').slash('random', '/incident', '');
    await until(() => heard('cat').includes('Open incidents'));
    expect(last('cat')).toContain('INC-1');
    expect(last('cat')).toContain('/incident run');
    expect(last('cat')).not.toContain('/incident resolve');
    await world.slack.as('ann').slash('random', '/incident', 'help');
    await until(() => heard('ann').includes('/incident resolve'));
  });

  it('with a misspelt word names the nearest one', async () => {
    world = await startWorld();
    await world.slack.as('ann').slash('random', '/incident', 'stat');
    await until(() => heard('ann').includes('Did you mean'));
    expect(last('ann')).toMatch(/There is no `\/incident stat`. Did you mean `\/incident (start|status)`/);
    expect(world.commands).toEqual([]);
  });

  it('in another channel offers the open incidents, and does there what was typed', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const ann = world.slack.as('ann');
    await ann.slash('random', '/incident', 'note 1:23 it was the network');
    const asked = await until(() =>
      ann.ephemerals('random').find((one) => JSON.stringify(one).includes('hr:pick')),
    );
    await ann.click('random', asked.ts, { action_id: 'hr:pick:0' });
    const note = await until(() => world.of('note_added')[0]);
    expect(note.body.text).toBe('it was the network');
    await until(() => ann.history(channel).some((one) => String(one.text).includes('it was the network')));
  });

  it('does not tell others of a private incident, nor lets a forged button reach it', async () => {
    world = await startWorld();
    const ann = world.slack.as('ann');
    await ann.slash('random', '/incident', 'start a leak');
    await ann.fill(undefined, { options: ['private'] });
    await ann.submitView();
    const channel = await until(() => world.of('channel_opened')[0]?.body.channel);
    await until(() => world.of('message_posted').some((event) => event.body.what === 'card'));
    expect(world.slack.state.channels.get(channel)?.kind).toBe('private');
    for (const place of ['random', 'incidents'])
      expect(JSON.stringify(ann.history(place))).not.toContain('INC-1');
    await world.slack.as('cat').slash('random', '/incident', 'list');
    await until(() => heard('cat').includes('No incident is open'));
    await ann.slash('random', '/incident', 'list');
    await until(() => heard('ann').includes('a leak'));
  });

  it('understands status, severity and role, and says what it understood', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const ann = world.slack.as('ann');
    await ann.slash(channel, '/incident', 'status cause found 5 minutes ago');
    expect((await until(() => world.of('status_changed')[0])).body).toEqual({
      to: 'cause found',
      at: expect.any(Number),
    });
    expect(last('ann')).toContain('Status: *cause found* at about');
    await ann.slash(channel, '/incident', 'status cause found soon');
    expect(last('ann')).toContain('is no time');
    await ann.slash(channel, '/incident', 'severity sev1 everybody is affected');
    expect(world.of('severity_changed')[0]?.body).toMatchObject({
      to: 'SEV1',
      reason: 'everybody is affected',
    });
    await ann.slash(channel, '/incident', 'role scribe @cat');
    expect(world.of('role_set')[0]?.body).toMatchObject({ role: 'scribe', person: { name: 'cat' } });
    await ann.slash(channel, '/incident', 'role scribe');
    expect(last('ann')).toContain('Write the role and the person');
    await ann.slash(channel, '/incident', 'close');
    expect(last('ann')).toContain('Resolve it first');
    await ann.slash(channel, '/incident', 'timeline');
    await until(() => last('ann').includes('Timeline of INC-1'));
    expect(last('ann')).toContain('Severity SEV2 → SEV1');
  });

  it('refuses a time that has not been yet, in words, and notes nothing', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await world.slack.as('ann').slash(channel, '/incident', `note ${tomorrow} 10:00 x`);
    expect(last('ann')).toContain('has not been yet');
    expect(world.of('note_added')).toEqual([]);
  });

  it('the same delivery twice is one note', async () => {
    world = await startWorld();
    const channel = await declare(world);
    world.slack.faults.duplicateDeliveries(true);
    await world.slack.as('ann').slash(channel, '/incident', 'note once');
    await until(() => world.commands.filter((command) => command.what.do === 'note').length === 2);
    expect(world.of('note_added')).toHaveLength(1);
  });

  it('acknowledges after the door and opens a modal before it', async () => {
    let free: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    world = await startWorld({
      door: {
        openIncidents: async () => [],
        asker: async () =>
          held.then(() => ({ person: { id: 'slack:U', name: 'x' }, levels: [], groups: [] })),
        look: () => new Promise(() => {}),
        events: () => new Promise(() => {}),
      },
    });
    const ann = world.slack.as('ann');
    expect(await ann.slash('random', '/incident', 'start')).toMatchObject({ ok: true });
    expect(ann.currentView()?.callback_id).toBe('hr-declare');
    free();
  });
});

describe('a modal', () => {
  it('says under the field what is wrong, and takes the corrected form', async () => {
    world = await startWorld();
    const ann = world.slack.as('ann');
    await ann.slash('random', '/incident', 'start');
    await ann.fill(undefined, { title: 'x', since: 'soon' });
    expect(await ann.submitView()).toMatchObject({
      ok: false,
      errors: { since: expect.stringContaining('This is no time') },
    });
    expect(world.of('incident_declared')).toEqual([]);
    await ann.fill(undefined, { since: '5 minutes ago' });
    expect(await ann.submitView()).toMatchObject({ ok: true });
    expect(world.of('incident_declared')).toHaveLength(1);
  });

  it('a phrase: wrong, then right', async () => {
    world = await startWorld({ level: 'type' });
    const channel = await declare(world);
    await upToPlan(world, channel);
    const ann = world.slack.as('ann');
    const asked = await messageWith(world, channel, 'hr:open-phrase');
    await ann.closeView().catch(() => undefined);
    await ann.click(channel, asked.ts, { action_id: 'hr:open-phrase' });
    await ann.fill(undefined, { phrase: 'dusk' });
    expect(await ann.submitView()).toMatchObject({ ok: false, errors: { phrase: 'Type exactly: disk' } });
    await ann.fill(undefined, { phrase: ' Disk' });
    expect(await ann.submitView()).toMatchObject({ ok: true });
    expect(world.of('act_started')).toHaveLength(1);
  });

  it('Run a runbook lists the broken one with its reason and asks for parameters', async () => {
    world = await startWorld({ door: {} });
    const channel = await declare(world);
    const ann = world.slack.as('ann');
    await ann.closeView().catch(() => undefined);
    await ann.slash(channel, '/incident', 'run');
    expect(JSON.stringify(ann.currentView()?.blocks)).toContain('broken.yaml:3:1 has no steps');
    await ann.fill(undefined, { runbook: 'resize' });
    await until(() => JSON.stringify(ann.currentView()?.blocks).includes('param:resize:name'));
    expect(await ann.submitView()).toMatchObject({ ok: false, error: 'incomplete' });
    await ann.fill(undefined, { 'param:resize:name': 'disk' });
    expect(await ann.submitView()).toMatchObject({ ok: true });
    expect(world.of('run_started')[0]?.body).toMatchObject({ hash: 'abcdef1234', params: { name: 'disk' } });
  });

  it('goes alone when nobody else is left, with a reason that is long enough', async () => {
    world = await startWorld({ level: 'two-person' });
    world.core.knows.otherApprovers satisfies unknown;
    Object.assign(world.core.knows, { otherApprovers: () => 0 });
    const channel = await declare(world);
    await upToPlan(world, channel);
    const ann = world.slack.as('ann');
    await ann.closeView().catch(() => undefined);
    const asked = await messageWith(world, channel, 'hr:ask-approval');
    await ann.click(channel, asked.ts, { action_id: 'hr:ask-approval' });
    const alone = await messageWith(world, channel, 'hr:open-alone');
    await ann.click(channel, alone.ts, { action_id: 'hr:open-alone' });
    await ann.fill(undefined, { reason: 'short' });
    expect(await ann.submitView()).toMatchObject({
      ok: false,
      errors: { reason: expect.stringContaining('10 characters') },
    });
    await ann.fill(undefined, { reason: 'users cannot log in' });
    expect(await ann.submitView()).toMatchObject({ ok: true });
    expect(world.of('approved')[0]?.body).toMatchObject({ alone: true, reason: 'users cannot log in' });
  });
});
