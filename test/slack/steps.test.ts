// Steps in Slack: a question, work by hand, a bad check looked at again, a proposed target, live choices.

import { afterEach, expect, it } from 'vitest';
import { declare, messageWith, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const runbook = `
apiVersion: runbook/v1
id: by-hand
title: By hand
summary: A question and work by hand.
owner: "@ops"
reviewed: 2026-01-01
params:
  name: { type: k8s/pod, label: Which?, required: true }
steps:
  - id: look
    kind: check
    title: How large?
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    verdict:
      - if: out.size > 5
        is: bad
        says: Too large (\${{ out.size }}).
      - else: ok
        says: It is \${{ out.size }}.
  - id: which
    kind: ask
    title: Grow it or leave it?
    why: Growing takes an hour.
    choices:
      - { id: grow, label: Grow it, reason: required }
      - { id: leave, label: Leave it, reason: optional, next: stop }
  - id: hand
    kind: manual
    title: Grow it by hand
    do: Ask the platform team for \${{ params.name }}.
    by_hand: ["grow \${{ params.name }} & <now>"]
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == 3, timeout: 10s }
    leaves: { nothing: It is what it should be. }
`;

it('goes through a bad check, a decision with its reason, and work done by hand', async () => {
  const choices = [
    { value: 'pod-0', label: 'pod-0 (leader)' },
    { value: 'pod-1', label: 'pod-1' },
  ];
  world = await startWorld({ runbook, door: { options: async () => choices } });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  await ann.slash(channel, '/incident', 'run by-hand');
  await until(() => JSON.stringify(ann.currentView()?.blocks).includes('pod-0 (leader)'));
  await ann.fill(undefined, { 'param:by-hand:name': 'pod-0' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  expect(world.of('run_started')[0]?.body.params).toEqual({ name: 'pod-0' });

  await world.settle({
    purpose: 'check',
    result: { ok: true, out: { size: 9 }, kept: { size: 9 }, rawHash: 'aa' },
  });
  const bad = await messageWith(world, channel, 'hr:check-again');
  expect(JSON.stringify(bad)).toContain(':red_circle: Bad: Too large (9).');
  const run = ann
    .history(channel)
    .find((one) => JSON.stringify(one).includes('checks 1, changes 0, by hand 1'));
  await until(() => JSON.stringify(ann.thread(channel, String(run?.ts))).includes('size: 9'));
  await ann.click(channel, bad.ts, { action_id: 'hr:check-again' });
  await until(() => world.core.attempts.filter((one) => one.purpose === 'check').length === 2);
  await world.settle({ purpose: 'check', result: { ok: true, out: { size: 2 } } });
  const again = () => JSON.stringify(ann.history(channel).find((one) => one.ts === bad.ts));
  await until(() => again().includes('checked again: :white_check_mark: OK It is 2.'));
  expect(again()).not.toContain('hr:check-again');

  const question = await messageWith(world, channel, 'hr:open-choose:0');
  expect(JSON.stringify(question)).toContain('Growing takes an hour.');
  await ann.click(channel, question.ts, { action_id: 'hr:open-choose:0' });
  await until(() => ann.currentView()?.callback_id === 'hr-choose');
  expect(await ann.submitView()).toMatchObject({ ok: false, error: 'incomplete' });
  await ann.fill(undefined, { reason: 'it is full' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  expect(world.of('choice_made')[0]?.body).toMatchObject({ choice: 'grow', reason: 'it is full' });

  const hand = await messageWith(world, channel, 'hr:by-hand');
  expect(JSON.stringify(hand)).toContain('```grow pod-0 &amp; &lt;now&gt;```');
  await ann.click(channel, hand.ts, { action_id: 'hr:by-hand' });
  await until(() => world.core.attempts.some((one) => one.purpose === 'verify'));
  await world.settle({ purpose: 'verify', result: { ok: true, held: true } });
  await until(() => world.of('run_ended')[0]);
  await until(() => ann.history(channel).some((one) => String(one.text).includes('Verified.')));
});

it('a proposed target waits for one click, and the question then says so', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const target = {
    namespace: 'prod',
    kind: 'statefulset',
    name: 'prod-patroni',
    says: 'It "uses" <this>\n.',
  };
  const proposed = {
    incident: 1,
    version: 0,
    at: world.core.now,
    by: { id: 'bot', name: 'Handrail' },
    command: 'p',
    type: 'target_proposed',
    body: { run: 1, step: 'now', target },
  };
  const version = world.core.events.length + 1;
  world.core.events.push({ ...proposed, version } as never);
  expect(await world.publish({ kind: 'wait', version }, 1)).toEqual({ done: true });
  const asked = await messageWith(world, channel, 'hr:confirm-target');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm-target' });
  const confirmed = await until(() => world.of('target_confirmed')[0]);
  expect(confirmed.body.target).toMatchObject({
    name: 'prod-patroni',
    namespace: 'prod',
    kind: 'statefulset',
  });
  await until(
    () =>
      !JSON.stringify(ann.history(channel).find((one) => one.ts === asked.ts)).includes('hr:confirm-target'),
  );
  const answered = 'Confirmed target: statefulset `prod-patroni` in `prod`, by ann';
  await until(() => JSON.stringify(ann.history(channel)).includes(answered));
  await world.drain();
  // Once is enough.
  expect(JSON.stringify(ann.history(channel))).not.toContain('confirmed the target');
});

it('what is left is kept with a reason, an owner and a date, and the list says so', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  const { upToPlan } = await import('./steps.ts');
  await upToPlan(world, channel);
  await ann.closeView().catch(() => undefined);
  const asked = await messageWith(world, channel, 'hr:confirm');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  await until(() => world.of('act_started')[0]);
  await world.settle({ purpose: 'act', result: { ok: true, out: {} } });
  await world.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 3 } } });
  await ann.slash(channel, '/incident', 'left');
  const list = await messageWith(world, channel, 'hr:open-keep:0');
  await ann.click(channel, list.ts, { action_id: 'hr:open-keep:0' });
  await until(() => ann.currentView()?.callback_id === 'hr-keep');
  await ann.fill(undefined, { reason: 'needed until Monday', until: '2026-12-01', owner: ann.user.id });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => world.of('loose_end_settled').some((event) => event.body.state === 'accepted'));
  await until(() => JSON.stringify(ann.history(channel).find((one) => one.ts === list.ts)).includes('kept'));
  const undo = ann.history(channel).find((one) => JSON.stringify(one).includes('hr:undo'));
  expect(undo).toBeDefined();
  await ann.click(channel, String(undo?.ts), { action_id: 'hr:undo:1' });
  await until(() => world.core.attempts.filter((one) => one.purpose === 'plan').length === 2);
});
