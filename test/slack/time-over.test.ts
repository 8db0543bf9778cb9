// What was left for two hours and is still there when they are over: the channel is told, with the list and its Undo.
import { afterEach, expect, it } from 'vitest';
import { bot } from '../support/pure-door.ts';
import { plan, runbookText } from './fixtures.ts';
import { declare, messageWith, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

it('the channel is told once whose it is, and the list below has the way to take it back', async () => {
  const text = runbookText('click').replace('id: resize', 'id: for-a-while').replace('incident-close', '2h');
  world = await startWorld({ runbook: text });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  await ann.slash(channel, '/incident', 'run for-a-while');
  await ann.fill(undefined, { 'param:for-a-while:name': 'disk' });
  await ann.submitView();
  await until(() => world.core.attempts.some(({ purpose }) => purpose === 'check'));
  await world.settle({
    purpose: 'check',
    result: { ok: true, out: { size: 1 }, kept: { size: 1 }, rawHash: 'a' },
  });
  await until(() => world.core.attempts.some(({ purpose }) => purpose === 'plan'));
  await world.settle({ purpose: 'plan', result: { ok: true, plan } });
  const asked = await messageWith(world, channel, 'hr:confirm');
  expect(JSON.stringify(asked)).toContain('may stay for 2 h');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  await until(() => world.of('act_started')[0]);
  await world.settle({ purpose: 'act', result: { ok: true, out: {} } });
  await world.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 3 } } });

  const [deadline] = world.core.writes.flatMap(({ lookups }) =>
    lookups.put.filter(
      ({ kind, value }) => kind === 'deadline' && JSON.stringify(value).includes('end time'),
    ),
  );
  if (!deadline) throw new Error('it has no deadline');
  await world.core.send(bot, deadline.value as never);
  await world.settle({ purpose: 'probe', result: { ok: true, gone: false } });
  const me = world.slack.people.find(({ name }) => name === 'ann')?.id;
  const told = await until(() =>
    ann.history(channel).find((one) => JSON.stringify(one).includes('Its time was over at')),
  );
  expect(JSON.stringify(told)).toContain(
    `<@${me}> take it back, or keep it with a reason: the list is below.`,
  );
  const list = await messageWith(world, channel, 'hr:left-undo:0');
  expect(Number(list.ts)).toBeGreaterThan(Number(told.ts));
  await ann.click(channel, list.ts, { action_id: 'hr:left-undo:0' });
  await until(() => world.of('step_opened').some(({ body }) => body.undoes === 1));
});
