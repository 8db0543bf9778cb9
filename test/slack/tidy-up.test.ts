// The tidy-up in Slack: the close says what is still there, two people keep personal data, the rest is kept in one press,
// something is moved, added, and said to be gone by two; then it is closed, and when the time is over people are asked.
import { afterEach, expect, it } from 'vitest';
import type { What } from '../../src/incidents/commands.ts';
import { bot } from '../support/pure-door.ts';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let channel: string;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const text = (value: unknown): string => JSON.stringify(value);
const shown = (): string => text(world.slack.as('ann').history(channel));
const told = (who: string): string => text(world.slack.as(who).ephemerals(channel).at(-1));
const settled = (state: string) => world.of('loose_end_settled').filter(({ body }) => body.state === state);

/** The step was made and leaves the disk larger, which is personal data here. */
async function withSomethingLeft(): Promise<void> {
  world = await startWorld();
  channel = await declare(world);
  await upToPlan(world, channel);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  const asked = await messageWith(world, channel, 'hr:confirm');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  await until(() => world.of('act_started')[0]);
  await world.settle({ purpose: 'act', result: { ok: true, out: {} } });
  await world.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 3 } } });
}

async function add(fields: Record<string, string>): Promise<string> {
  const ann = world.slack.as('ann');
  const before = world.of('loose_end_opened').length;
  await ann.slash(channel, '/incident', 'left add');
  await until(() => ann.currentView()?.callback_id === 'hr-add-left');
  await ann.fill(undefined, fields);
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await ann.closeView().catch(() => undefined);
  await until(() => world.of('loose_end_opened').length > before);
  return world.of('loose_end_opened').at(-1)?.body.id ?? '';
}

async function resolved(): Promise<void> {
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'resolve');
  await ann.submitView();
  await until(() => world.of('resolved')[0]);
}

/** The button of this thing in the newest list. */
async function press(who: string, verb: string, looseEnd: string): Promise<void> {
  const found = await until(() => {
    const messages = world.slack.as('ann').history(channel) as unknown as {
      ts: string;
      blocks?: { elements?: { action_id?: string; value?: string }[] }[];
    }[];
    for (const { ts, blocks = [] } of messages.toReversed())
      for (const { elements = [] } of blocks)
        for (const { action_id = '', value = '' } of elements)
          if (action_id.startsWith(`hr:${verb}:`) && value.includes(`"${looseEnd}"`))
            return { ts, action_id };
    return undefined;
  }, `a button ${verb} of ${looseEnd}`);
  await world.slack.as(who).click(channel, found.ts, { action_id: found.action_id });
}

async function form(who: string, callback: string, fields: Record<string, string>): Promise<void> {
  const person = world.slack.as(who);
  await until(() => person.currentView()?.callback_id === callback, `the form ${callback}`);
  await person.fill(undefined, fields);
  expect(await person.submitView()).toMatchObject({ ok: true });
}

it('by two people, up to the close, and the question when the time is over', async () => {
  await withSomethingLeft();
  const ann = world.slack.as('ann');
  world.slack.as('ben').join(channel);
  const dump = await add({ title: 'a dump with names', object: 'laptop', sensitivity: 'personal-data' });
  const pod = await add({ title: 'a debug pod', object: 'prod/pod/debug' });
  const ticketed = await add({ title: 'a raised limit', object: 'prod/quota/q' });
  await resolved();

  // The close says what is still there, to the one who asked, with the way to keep the rest.
  await ann.slash(channel, '/incident', 'close');
  await until(() => told('ann').includes('cannot be closed yet'));
  expect(told('ann')).toContain('a dump with names');
  expect(told('ann')).toContain('hr:open-keep-rest');
  expect(world.of('closed')).toEqual([]);
  await until(() => shown().includes('INC-1 cannot be closed yet'));

  // Moved to a ticket: only to an address.
  await press('ann', 'open-move', ticketed);
  await until(() => ann.currentView()?.callback_id === 'hr-move');
  await ann.fill(undefined, { link: 'OPS-123' });
  expect(text(await ann.submitView())).toContain('Give the address of the ticket');
  await ann.fill(undefined, { link: 'https://tracker.example.org/123' });
  await ann.submitView();
  await until(() => world.of('loose_end_moved')[0]);
  await until(() => shown().includes('followed elsewhere'));

  // Two people say that the pod is gone; one person twice is one person.
  await press('ann', 'open-gone', pod);
  await form('ann', 'hr-gone', { says: 'deleted with kubectl' });
  await ann.closeView().catch(() => undefined);
  await until(() => world.of('loose_end_gone_said')[0]);
  await press('ann', 'open-gone', pod);
  await until(() => ann.currentView()?.callback_id === 'hr-gone');
  await ann.fill(undefined, { says: 'really' });
  expect(text(await ann.submitView())).toContain('You have said so already');
  await ann.closeView().catch(() => undefined);
  await until(() => shown().includes('It is gone: I looked too'));
  await press('ben', 'open-gone', pod);
  await form('ben', 'hr-gone', { says: 'the list of pods has it no more' });
  await until(() => settled('gone').some(({ body }) => body.id === pod));

  // Personal data: ann wants to keep it, ben agrees; ann alone cannot.
  await press('ann', 'open-keep', dump);
  await form('ann', 'hr-keep', { reason: 'for the review', until: 'tomorrow 10:00', owner: ann.user.id });
  expect(text(ann.currentView())).toContain('Somebody else who may approve has to agree');
  await ann.closeView().catch(() => undefined);
  await until(() => shown().includes('wants to keep *a dump with names*'));
  const benId = world.slack.people.find(({ name }) => name === 'ben')?.id;
  const question = () =>
    text(ann.history(channel).find((one) => text(one).includes(`wait:keep:${dump}`)) ?? '');
  expect(question()).toContain(`<@${benId}>`);
  await press('ann', 'agree-keep', dump);
  await until(() => told('ann').includes('somebody else has to agree'));
  expect(settled('accepted')).toEqual([]);
  await press('ben', 'agree-keep', dump);
  await until(() => settled('accepted').some(({ body }) => body.id === dump));
  expect(settled('accepted')[0]?.body.second).toMatchObject({ name: 'ben' });
  await until(() => shown().includes('agrees that *a dump with names* is kept'));
  await until(() => question() === '""');

  // The disk is personal data in this runbook as well: it is looked at and gone.
  await press('ann', 'left-check-one', 'L1.grow.1.0');
  await until(() => world.core.attempts.some(({ purpose }) => purpose === 'probe'));
  await world.settle({ purpose: 'probe', result: { ok: true, gone: true } });
  await until(() => shown().includes('Nothing keeps INC-1 from being closed'));

  await ann.slash(channel, '/incident', 'close');
  await until(() => world.of('closed')[0]);

  // The time is over: its owner is called, with a new list that has the ways out; nothing is undone by itself.
  const deadline = world.core.writes
    .flatMap(({ lookups }) => lookups.put)
    .find(({ kind, key }) => kind === 'deadline' && key.endsWith('.owner'));
  if (!deadline) throw new Error('nobody is to be asked');
  await world.core.send(bot, deadline.value as What);
  const asked = await until(() =>
    ann.history(channel).find((one) => text(one).includes('The time until which this was kept is over.')),
  );
  expect(text(asked)).toContain(`<@${ann.user.id}>`);
  expect(text(asked)).toContain('a dump with names');
  const list = await until(async () => {
    const newest = await messageWith(world, channel, 'hr:open-keep:0');
    return Number(newest.ts) > Number(asked.ts) && newest;
  }, 'a newer list');
  expect(text(list)).not.toContain('hr:left-undo');
  expect(world.of('act_started')).toHaveLength(1);
});

it('the rest is kept in one press from the refusal, or in one line; a time that nobody understands is said', async () => {
  world = await startWorld();
  channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  await ann.slash(channel, '/incident', 'left add a debug pod in prod');
  await ann.slash(channel, '/incident', 'left add a raised limit');
  await until(() => world.of('loose_end_opened').length === 2);
  await resolved();
  await ann.slash(channel, '/incident', 'close');
  await until(() => told('ann').includes('hr:open-keep-rest'));
  expect(told('ann')).toContain('Keep all 2');
  const list = await messageWith(world, channel, 'hr:open-keep-rest');
  await ann.click(channel, list.ts, { action_id: 'hr:open-keep-rest' });
  await until(() => ann.currentView()?.callback_id === 'hr-keep-rest');
  expect(text(ann.currentView())).toContain('tomorrow 10:00');
  await ann.fill(undefined, { reason: 'in the morning', until: 'whenever', owner: ann.user.id });
  expect(text(await ann.submitView())).toContain('“whenever” is not understood');
  await ann.fill(undefined, { until: 'in 3 days' });
  await ann.submitView();
  await until(() => settled('accepted').length === 2);
  expect(text(ann.currentView())).toContain('2 are kept until');
  await ann.closeView().catch(() => undefined);
  await ann.slash(channel, '/incident', 'left add one more');
  await until(() => world.of('loose_end_opened').length === 3);
  await ann.slash(channel, '/incident', 'left keep rest it is small');
  await until(() => settled('accepted').length === 3);
  expect(settled('accepted').at(-1)?.body).toMatchObject({ says: 'it is small', owner: { name: 'ann' } });
  await ann.slash(channel, '/incident', 'close');
  await until(() => world.of('closed')[0]);
});

it('a long list has pages, and on one of them is everything', async () => {
  world = await startWorld();
  channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  for (let n = 0; n < 23; n++)
    await world.core.send(
      { person: { id: `slack:${ann.user.id}`, name: 'ann' }, levels: ['observe', 'operate'], groups: [] },
      { do: 'add left', title: `thing ${n}.`, object: 'o' },
    );
  await ann.slash(channel, '/incident', 'left');
  const list = await messageWith(world, channel, 'hr:left-page');
  expect(text(list)).toContain('and 13 more: *Show the others*');
  await ann.click(channel, list.ts, { action_id: 'hr:left-page' });
  await until(() => told('ann').includes('page 2 of 3'));
  const seen = [text(list), told('ann')];
  const page = ann.ephemerals(channel).at(-1) as unknown as { ts: string };
  await ann.click(channel, page.ts, { action_id: 'hr:left-page:1' });
  await until(() => text(ann.ephemerals(channel)).includes('page 3 of 3'));
  seen.push(text(ann.ephemerals(channel)));
  for (let n = 0; n < 23; n++)
    expect(
      seen.some((one) => one.includes(`*thing ${n}.*`)),
      `thing ${n}`,
    ).toBe(true);
  expect(seen.join('')).not.toContain('shortened');
});
