// What others hold, in Slack: the refusal with its button, taking over by one click or by typing, and what is shown then.
import { afterEach, expect, it } from 'vitest';
import { ARRIVES } from '../../src/incidents/locks.ts';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const KEY = 'prod/thing/disk';
const theirs = { run: 1, step: 'grow', try: 1 };

/** INC-3 holds it; `calling`: its call has not come back. */
function heldByAna(calling: boolean): void {
  const value = { holder: '3.1.grow.1', ...theirs, by: 'Ana', since: world.core.now, runbook: 'other-book' };
  world.core.locks.set(KEY, { incident: 3, value });
  if (!calling) return;
  const act = { at: theirs, purpose: 'act', uses: 't.resize', args: {}, namespace: 'prod' } as const;
  world.core.attempts.unshift({ ...act, id: '3.1.grow.1.act.x.0', operation: 'o', timeoutMs: 1, by: 'x' });
}

const shown = (channel: string, ts: string): string =>
  JSON.stringify(
    world.slack
      .as('ann')
      .history(channel)
      .find((one) => one.ts === ts),
  );

it('a refused confirmation carries Take over; after one click it is confirmed, and the run shows who holds it', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  heldByAna(false);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  const asked = await messageWith(world, channel, 'hr:confirm');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  const refusal = await until(() =>
    ann.thread(channel, asked.ts).find((one) => JSON.stringify(one).includes('hr:take-over')),
  );
  expect(String(refusal.text)).toContain(`${KEY} is being changed by Ana in INC-3 since`);
  expect(String(refusal.text)).toContain('(runbook other-book). Wait until that is finished, or take over.');
  expect(world.of('act_started')).toEqual([]);

  await ann.click(channel, String(refusal.ts), { action_id: 'hr:take-over' });
  await until(() => world.of('lock_taken')[0]);
  const after = () => JSON.stringify(ann.thread(channel, asked.ts).find((one) => one.ts === refusal.ts));
  await until(() => after().includes(`You hold ${KEY} now. Confirm the change.`));
  expect(after()).not.toContain('hr:take-over');
  const told = await until(() =>
    ann.history(channel).find((one) => JSON.stringify(one).includes('took over')),
  );
  expect(JSON.stringify(told)).toContain(
    `took over \`${KEY}\` from Ana in INC-3. The change can be confirmed now.`,
  );
  expect(JSON.stringify(told)).not.toContain('may still arrive');

  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  await until(() => world.of('act_started')[0]);
  const run = await messageWith(world, channel, 'hr:stop');
  expect(JSON.stringify(run)).toContain(':lock: Held by ann since');
  const card = await messageWith(world, channel, 'hr:open-note');
  await until(() => shown(channel, card.ts).includes(`:lock: Held by ann since`));
});

it('while a call may still arrive it is typed, and that is told to everybody', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  heldByAna(true);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  const asked = await messageWith(world, channel, 'hr:confirm');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  const refusal = await until(() =>
    ann.thread(channel, asked.ts).find((one) => JSON.stringify(one).includes('hr:take-over')),
  );
  await ann.click(channel, String(refusal.ts), { action_id: 'hr:take-over' });
  await until(() => ann.currentView()?.callback_id === 'hr-take-over');
  expect(JSON.stringify(ann.currentView())).toContain('both changes can reach the same object');
  await ann.fill(undefined, { phrase: 'yes' });
  const wrong = await ann.submitView();
  expect(JSON.stringify(wrong)).toContain(`Type exactly: ${ARRIVES}`);
  await ann.fill(undefined, { phrase: ARRIVES });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => world.of('lock_taken')[0]?.body.arrives);
  await until(() =>
    JSON.stringify(ann.history(channel)).includes('A call of the other change may still arrive.'),
  );
});

it('a refusal that is met in a form comes as a message with the button', async () => {
  world = await startWorld({ level: 'type' });
  const channel = await declare(world);
  await upToPlan(world, channel);
  heldByAna(false);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  const asked = await messageWith(world, channel, 'hr:open-phrase');
  await ann.click(channel, asked.ts, { action_id: 'hr:open-phrase' });
  await ann.fill(undefined, { phrase: 'disk' });
  await ann.submitView();
  expect(JSON.stringify(ann.currentView())).toContain('is being changed by Ana in INC-3');
  const refusal = await messageWith(world, channel, 'hr:take-over');
  await ann.click(channel, refusal.ts, { action_id: 'hr:take-over' });
  await until(() => world.of('lock_taken')[0]);
  await until(() => shown(channel, refusal.ts).includes('You hold'));
});

it('who may not operate is refused, and the button stays for others', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  heldByAna(false);
  const ann = world.slack.as('ann');
  const cat = world.slack.as('cat');
  cat.join(channel);
  await ann.closeView().catch(() => undefined);
  const asked = await messageWith(world, channel, 'hr:confirm');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  const refusal = await until(() =>
    ann.thread(channel, asked.ts).find((one) => JSON.stringify(one).includes('hr:take-over')),
  );
  await cat.click(channel, String(refusal.ts), { action_id: 'hr:take-over' });
  await until(() => JSON.stringify(ann.thread(channel, asked.ts)).includes('You may not take this over'));
  expect(world.of('lock_taken')).toEqual([]);
  expect(JSON.stringify(ann.thread(channel, asked.ts))).toContain('hr:take-over');
});

it('whose change lost its lock reads it in the channel and on the run', async () => {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  const asked = await messageWith(world, channel, 'hr:confirm');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  const started = await until(() => world.of('act_started')[0]);
  const bot = { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] };
  await world.core.send(bot, {
    do: 'record lock lost',
    at: theirs,
    keys: [KEY],
    since: started.at,
    to: 2,
    by: { id: 'slack:UX', name: 'Ben' },
  });
  const line = `took over \`${KEY}\` for INC-2 (“Resize disk to 3”). What was started here goes on`;
  await until(() => JSON.stringify(ann.history(channel)).includes(line));
  const run = await messageWith(world, channel, 'hr:stop');
  await until(() => shown(channel, run.ts).includes(':unlock: Taken over by Ben for INC-2'));
  expect(shown(channel, run.ts)).not.toContain(':lock: Held');
});
