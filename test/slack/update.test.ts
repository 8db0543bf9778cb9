// `/incident update`: to the channel for updates and into the incident's own; private incidents say nothing without a yes.
import { afterEach, expect, it } from 'vitest';
import type { DoorConfig } from '../../src/slack/door.ts';
import { promisedMinutes } from '../../src/slack/listeners/update.ts';
import { declare, messageWith, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const config = (more: Partial<DoorConfig> = {}): DoorConfig => ({
  zone: 'UTC',
  incidentsChannel: 'incidents',
  updatesChannel: 'service-status',
  namespace: 'default',
  invite: { users: [], usergroups: [] },
  ...more,
});
const start = (more: Partial<DoorConfig> = {}): Promise<World> =>
  startWorld({
    slack: { channels: ['incidents', 'random', 'service-status'] },
    door: { config: config(more) },
  });
const shown = (channel: string): string => JSON.stringify(world.slack.as('ann').history(channel));
const told = (who = 'ann'): string => JSON.stringify(world.slack.as(who).ephemerals().at(-1) ?? {});
const drawn = () => world.published.filter(({ effect }) => effect.kind === 'update').length;
const bot = { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] };

async function declarePrivate(): Promise<string> {
  const ann = world.slack.as('ann');
  await ann.slash('random', '/incident', 'start payroll leaks');
  await ann.fill(undefined, { severity: 'SEV1', noticed: 'salaries are shown', options: ['private'] });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  const channel = await until(() => world.of('channel_opened')[0]?.body.channel);
  await until(() => world.published.some(({ effect }) => effect.kind === 'card'));
  await ann.closeView().catch(() => undefined);
  return channel;
}

it('the button of the card opens the form with what is known; it goes to both channels, once for two deliveries', async () => {
  world = await start();
  world.slack.faults.duplicateDeliveries(true);
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  const card = await messageWith(world, channel, 'hr:open-update');
  await ann.click(channel, card.ts, { action_id: 'hr:open-update' });
  const view = JSON.stringify(ann.currentView());
  expect(view).toContain('web-api times out. SEV2, investigating');
  expect(view).toContain('It goes to #service-status');
  expect(view).not.toContain('Type yes');
  await ann.fill(undefined, { text: 'We restore the <dump> & wait.', next: '30' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => drawn() === 1, 'it is posted');
  expect(world.of('update_posted')).toHaveLength(1);
  const next = world.of('update_posted')[0]?.body.next ?? 0;
  expect(Math.abs(next - (Date.now() + 30 * 60_000))).toBeLessThan(60_000);
  const outside = world.slack
    .as('ann')
    .history('service-status')
    .filter((one) => /INC-1/.test(String(one.text)));
  expect(outside).toHaveLength(1);
  expect(JSON.stringify(outside)).toContain('We restore the &lt;dump&gt; &amp; wait.');
  expect(JSON.stringify(outside)).toContain('Next update');
  expect(shown(channel)).toContain('Everybody else reads it here');
  await until(() => shown(channel).includes('*Next update* promised for'), 'the card says so');
  // The same effect a second time finds what it posted.
  await world.publish({ kind: 'update', version: world.of('update_posted')[0]?.version ?? 0 }, 2);
  expect(shown('service-status').match(/We restore/g)).toHaveLength(
    shown('service-status').match(/:mega:/g)?.length ?? 0,
  );
  expect(shown('service-status').match(/:mega:/g)).toHaveLength(1);
});

it('takes the words behind the command, with the promise that they make', async () => {
  world = await start();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'update @ben restores it. Next update in 20 minutes');
  await until(() => shown('service-status').includes('@ben restores it'));
  expect(told()).toContain('The next one is promised for');
  const { next = 0 } = world.of('update_posted')[0]?.body ?? {};
  expect(Math.round((next - world.core.now) / 60_000)).toBe(20);
  expect(promisedMinutes('more next in 2 hours.')).toBe(120);
  expect(promisedMinutes('The next one in line is ben')).toBeUndefined();
  expect(promisedMinutes('in 20 minutes it is over, we hope')).toBeUndefined();
});

it('reminds the lead once when the promised one has not come; the update answers the reminder', async () => {
  world = await start();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'update still down, next in 15 min');
  const promised = await until(() => world.of('update_posted')[0]?.body.next);
  const due = {
    id: 'deadline:1',
    incident: 1,
    by: bot,
    now: promised,
    what: { do: 'remind update', due: promised },
  } as const;
  const { handle } = await import('../../src/incidents/handle.ts');
  await handle(world.core, world.core.knows, due);
  await handle(world.core, world.core.knows, { ...due, id: 'deadline:2' });
  const reminder = await messageWith(world, channel, 'hr:open-update');
  await until(() => shown(channel).includes('An update was promised'));
  const found = ann.history(channel).filter((one) => JSON.stringify(one).includes('An update was promised'));
  expect(found).toHaveLength(1);
  expect(JSON.stringify(found)).toContain(`<@${ann.user.id}>`);
  expect(reminder).toBeDefined();
  const at = String(found[0]?.ts);
  await ann.click(channel, at, { action_id: 'hr:open-update' });
  await ann.fill(undefined, { text: 'it is back' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => !shown(channel).includes('An update was promised'), 'the reminder is answered');
  expect(shown(channel)).toContain('The promised update has come');
});

it('says which setting is missing, and keeps the update', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await world.slack.as('ann').slash(channel, '/incident', 'update we look at it');
  await until(() => shown(channel).includes('we look at it'));
  expect(shown(channel)).toContain('`slack.updates_channel` is not set in handrail.yaml');
  expect(world.of('update_posted')).toHaveLength(1);
  expect(world.of('slack_failed')).toEqual([]);
});

it('says when the channel is not there, names the setting, and keeps the update', async () => {
  world = await start({ updatesChannel: 'nowhere' });
  const channel = await declare(world);
  await world.slack.as('ann').slash(channel, '/incident', 'update we look at it');
  await until(() => shown(channel).includes('it could not be posted in #nowhere'));
  await until(() => world.of('slack_failed').length === 1);
  expect(world.of('slack_failed')[0]?.body.says).toContain('slack.updates_channel');
});

it('finds a private channel for updates that the bot was invited to, and asks for its name once', async () => {
  world = await start({ updatesChannel: 'leads-only' });
  const ann = world.slack.as('ann');
  const secret = ann.createChannel('leads-only', { isPrivate: true });
  ann.invite('leads-only', world.slack.botUserId);
  const channel = await declare(world);
  await ann.slash(channel, '/incident', 'update first');
  await until(() => shown(secret).includes('first'));
  const asked = () => world.slack.log.calls.filter(({ method }) => method === 'users.conversations').length;
  const before = asked();
  await ann.slash(channel, '/incident', 'update second');
  await until(() => shown(secret).includes('second'));
  expect(asked()).toBe(before);
  expect(world.of('slack_failed')).toEqual([]);
});

it('takes an id without looking for anything', async () => {
  const mine = { ...config() };
  world = await startWorld({
    slack: { channels: ['incidents', 'random', 'status'] },
    door: { config: mine },
  });
  const id = [...world.slack.state.channels.values()].find(({ name }) => name === 'status')?.id ?? '';
  Object.assign(mine, { updatesChannel: id, incidentsChannel: undefined });
  const channel = await declare(world);
  const looked = () =>
    world.slack.log.calls.filter(({ method }) => /^(users\.conversations|conversations\.list)$/.test(method));
  await world.slack.as('ann').slash(channel, '/incident', 'update it is back');
  await until(() => shown('status').includes('it is back'));
  expect(looked()).toEqual([]);
});

it('of a private incident stays inside, until somebody types yes; then only the words leave', async () => {
  world = await start();
  const channel = await declarePrivate();
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'update legal was told');
  await until(() => shown(channel).includes('legal was told'));
  expect(told()).toContain('The incident is private');
  expect(shown(channel)).toContain('It stands only here');
  await ann.slash(channel, '/incident', 'update');
  expect(JSON.stringify(ann.currentView())).toContain('Type yes');
  await ann.fill(undefined, { text: 'we are on it', yes: 'no' });
  expect(await ann.submitView()).toMatchObject({
    errors: { yes: expect.stringContaining('Type yes') },
  });
  expect(world.of('update_posted')).toHaveLength(1);
  await ann.fill(undefined, { text: 'we are on it', yes: '' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => shown(channel).includes('we are on it'));
  await world.drain();
  for (const place of ['service-status', 'incidents', 'random'])
    expect(shown(place)).not.toMatch(/legal was told|we are on it|payroll|INC-1/);
  await ann.slash(channel, '/incident', 'update');
  await ann.fill(undefined, { text: 'logins are slow', yes: 'Yes' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => shown('service-status').includes('logins are slow'));
  expect(shown('service-status')).not.toMatch(/payroll|INC-1|inc-1/);
});
