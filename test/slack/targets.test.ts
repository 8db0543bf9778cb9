// What people work on, in Slack: as well or instead, the list and taking off, and the line of a check that looked elsewhere.
import { afterEach, expect, it } from 'vitest';
import type { Target } from '../../src/incidents/events.ts';
import { declare, messageWith, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const pg = (name: string, namespace = 'prod'): Target => ({
  namespace,
  kind: 'statefulset',
  name,
  says: `web-api uses ${name}`,
});

async function propose(target: Target): Promise<number> {
  const version = world.core.events.length + 1;
  world.core.events.push({
    incident: 1,
    version,
    at: world.core.now,
    by: { id: 'bot', name: 'Handrail' },
    command: `p${version}`,
    type: 'target_proposed',
    body: { run: 1, step: 'now', target },
  });
  expect(await world.publish({ kind: 'wait', version }, 1)).toEqual({ done: true });
  return version;
}

const confirmed = async () => (await world.core.incident(1))?.targets.map(({ target }) => target.name);

it('a second one is confirmed as well or instead, and the question and the card then say both', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await propose(pg('pg'));
  const first = await messageWith(world, channel, 'hr:confirm-target');
  await ann.click(channel, first.ts, { action_id: 'hr:confirm-target' });
  await until(async () => (await confirmed())?.length === 1);
  await propose(pg('pg-blue'));
  const second = await messageWith(world, channel, 'hr:confirm-target:0');
  expect(JSON.stringify(second)).toContain('Confirmed already: statefulset `pg` in `prod`.');
  expect(JSON.stringify(second)).toContain('Confirm as well');
  await ann.click(channel, second.ts, { action_id: 'hr:confirm-target:0' });
  await until(async () => (await confirmed())?.join() === 'pg,pg-blue');
  const settled = () => JSON.stringify(ann.history(channel).find((one) => one.ts === second.ts));
  await until(() =>
    settled().includes('Confirmed targets: statefulset `pg` in `prod`, statefulset `pg-blue`'),
  );
  const card = await messageWith(world, channel, 'hr:open-note');
  await until(
    () => JSON.stringify(card).includes('card') && JSON.stringify(ann.history(channel)).includes('*Targets*'),
  );
  await until(() => JSON.stringify(ann.history(channel)).includes('confirmed one more target'));

  await propose(pg('third'));
  const third = await messageWith(world, channel, 'hr:confirm-target:1');
  await ann.click(channel, third.ts, { action_id: 'hr:confirm-target:1' });
  await until(async () => (await confirmed())?.join() === 'third');
});

it('/incident target lists them with who and when; each is taken off, by name or by button', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  const last = () => JSON.stringify(ann.ephemerals(channel).at(-1) ?? '');
  await ann.slash(channel, '/incident', 'target');
  await until(() => last().includes('No target is confirmed.'));
  await propose(pg('pg'));
  await propose(pg('pg-blue'));
  await ann.slash(channel, '/incident', 'target');
  await until(() => last().includes('Proposed, not confirmed: statefulset `pg`'));
  const list = ann.ephemerals(channel).at(-1);
  await ann.click(channel, String(list?.ts), { action_id: 'hr:confirm-target:1' });
  await until(async () => (await confirmed())?.join() === 'pg');
  const operator = world.slack.people.find((one) => one.name === 'ann');
  if (!operator) throw new Error('ann is not there');
  await ann.slash(channel, '/incident', 'target');
  await until(() => last().includes('statefulset `pg` in `prod`, confirmed by ann'));
  expect(last()).toContain('Not the target: pg');
  expect(last()).toContain('Confirm as well');

  await ann.slash(channel, '/incident', 'target drop nothing');
  await until(() => last().includes('nothing is not a confirmed target. Confirmed: `pg`.'));
  await ann.slash(channel, '/incident', 'target off');
  await until(() => last().includes('Write `/incident target` for the list'));
  await ann.slash(channel, '/incident', 'target drop pg');
  await until(() => last().includes('pg is not a target any more.'));
  expect(await confirmed()).toEqual([]);
  await until(() => JSON.stringify(ann.history(channel)).includes('took a target off: statefulset `pg`'));

  for (const namespace of ['prod', 'test'])
    await world.core.send(
      { person: { id: `slack:${operator.id}`, name: 'ann' }, levels: ['observe'], groups: [] },
      { do: 'confirm target', target: pg('pg', namespace) },
    );
  await ann.slash(channel, '/incident', 'target drop pg');
  const two = await until(() => {
    const found = ann.ephemerals(channel).at(-1);
    return JSON.stringify(found).includes('hr:drop-target:1') ? found : undefined;
  });
  await ann.click(channel, two.ts, { action_id: 'hr:drop-target:1' });
  await until(async () => (await confirmed())?.length === 1);
  expect((await world.core.incident(1))?.targets[0]?.target.namespace).toBe('prod');
});

it('a check that is ok and looked elsewhere says so in its line', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  await propose(pg('pg'));
  const asked = await messageWith(world, channel, 'hr:confirm-target');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm-target' });
  await until(async () => (await confirmed())?.length === 1);
  await ann.slash(channel, '/incident', 'run resize');
  await ann.fill(undefined, { 'param:resize:name': 'disk' });
  await ann.submitView();
  await until(() => world.core.attempts.some((one) => one.purpose === 'check'));
  await world.settle({ purpose: 'check', result: { ok: true, out: { size: 1, statefulset: 'pg-blue' } } });
  expect(world.of('check_done')[0]?.body.verdict).toBe('ok');
  const run = await messageWith(world, channel, 'hr:open-end-run');
  await until(() =>
    JSON.stringify(ann.history(channel).find((one) => one.ts === run.ts)).includes(
      ':warning: pg-blue is not the confirmed target pg.',
    ),
  );
});
