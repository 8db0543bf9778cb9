// Undo in Slack: one change or all of them, also one made by hand, and an undo that only a person can look at.

import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Plan } from '../../src/incidents/plan.ts';
import { declare, messageWith, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let channel: string;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const act = (id: string, leaves: string) => `
  - id: ${id}
    kind: act
    title: Resize ${id}
    uses: t.resize
    with: { name: ${id}, size: 3 }
    timeout: 5s
    confirm: { level: click }
    locks: [prod/thing/${id}]
    verify: { uses: t.size, with: { name: ${id} }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: ${leaves}`;
const probed = (id: string) =>
  `{ temporary: a larger ${id}, until: incident-close, probe: { uses: t.size, with: { name: ${id} }, gone: out.size == 1 } }`;
const runbook = `
apiVersion: runbook/v1
id: three
title: Three changes
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:${act('disk', '{ nothing: It should be as large. }')}${act('cache', probed('cache'))}
  - { id: go, kind: ask, title: Restart?, choices: [{ id: yes, label: "Yes" }] }
  - id: restart
    kind: act
    title: Restart it
    uses: t.resize
    with: { name: it, size: 3 }
    timeout: 5s
    confirm: { level: click }
    locks: [prod/thing/it]
    verify: { uses: t.size, with: { name: it }, until: out.size == 3, timeout: 10s }
    undo: { none: what it held <!channel> is gone }
    leaves: { nothing: It runs. }
`;
const planOf = (name: string, before: number, after: number): Plan => ({
  target: { kind: 'thing', namespace: 'prod', name, uid: name },
  changes: [{ field: 'size', before: String(before), after: String(after) }],
  values: { before, after },
  notes: [],
  unknowns: [],
  undo: { name, size: before },
});

async function step(): Promise<string> {
  const at = await until(() => world.core.attempts.findLast((one) => one.purpose === 'plan')?.at);
  return at.step;
}
/** Plans what is asked for now and presses the button of its message. */
async function press(action: string, before = 1, after = 3): Promise<void> {
  const name = await step();
  const plans = world.of('plan_made').length;
  await world.settle({ purpose: 'plan', result: { ok: true, plan: planOf(name, before, after) } });
  await until(() => world.of('plan_made').length > plans);
  const asked = await messageWith(world, channel, action);
  await world.slack.as('ann').click(channel, asked.ts, { action_id: action });
}
async function made(size: number): Promise<void> {
  const acts = world.of('act_started').length;
  await until(() => world.core.attempts.filter((one) => one.purpose === 'act').length === acts);
  await world.settle({ purpose: 'act', result: { ok: true, out: { size } } });
}
async function change(before = 1, after = 3): Promise<void> {
  const acts = world.of('act_started').length;
  await press('hr:confirm', before, after);
  await until(() => world.of('act_started').length > acts);
  await made(after);
}
const held = () => world.settle({ purpose: 'verify', result: { ok: true, held: true } });
async function runText(): Promise<string> {
  await world.drain();
  const run = await messageWith(world, channel, 'hr:open-end-run').catch(() => undefined);
  return JSON.stringify(run?.blocks);
}

beforeEach(async () => {
  world = await startWorld({ runbook });
  channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  await ann.slash(channel, '/incident', 'run three');
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await change();
  await held();
});

it('everything of a run is undone newest first, and the second who presses is told who does it', async () => {
  expect(await runText()).not.toContain('hr:undo-all');
  await change();
  await held();
  const run = await messageWith(world, channel, 'hr:undo-all');
  expect(JSON.stringify(run)).toContain('Undo step 1');
  await world.slack.as('ann').click(channel, run.ts, { action_id: 'hr:undo-all' });
  await until(() => world.of('unwind_started')[0]);
  const { slack } = world;
  const texts = () => JSON.stringify(slack.as('ann').history(channel));
  await until(() => texts().includes('undoes run 1: 2 changes, newest first'));
  const ben = slack.as('ben');
  ben.join(channel);
  await ben.click(channel, run.ts, { action_id: 'hr:undo-all' }, { stale: run });
  await until(() =>
    JSON.stringify(ben.thread(channel, run.ts)).includes('ann is already undoing run 1: 0 of 2 done'),
  );
  expect(world.of('unwind_started')).toHaveLength(1);
  expect(await runText()).not.toContain('hr:undo-all');

  expect(await step()).toBe('cache');
  await change(3, 1);
  await held();
  expect(await step()).toBe('disk');
  await change(3, 1);
  // What left nothing cannot be looked at: who has looked says so.
  const eye = await messageWith(world, channel, 'hr:by-hand');
  expect(JSON.stringify(eye)).toContain('Done, not verified');
  expect(JSON.stringify(eye)).not.toContain('hr:check-again');
  await ben.click(channel, eye.ts, { action_id: 'hr:by-hand' });
  await until(() => world.of('unwind_ended')[0]);
  expect(world.of('unwind_ended')[0]?.body).toMatchObject({ why: 'finished', left: [] });
  await until(() => texts().includes('Run 1: All 2 changes are taken back.'));
});

it('what cannot be undone is named with why, and nobody is called by it', async () => {
  await change();
  await held();
  const asked = await messageWith(world, channel, 'hr:choose:0');
  await world.slack.as('ann').click(channel, asked.ts, { action_id: 'hr:choose:0' });
  await until(() => world.of('choice_made')[0]);
  await change();
  await held();
  await until(() => world.of('run_ended')[0]);
  // Also after the run has ended.
  const run = await messageWith(world, channel, 'hr:undo-all');
  await world.slack.as('ann').click(channel, run.ts, { action_id: 'hr:undo-all' });
  await until(() => world.of('unwind_started')[0]);
  const told = await until(() =>
    (world.slack.as('ann').history(channel) as { text?: string }[]).find((one) =>
      one.text?.includes('undoes run 1'),
    ),
  );
  expect(told.text).toContain('stays as it is: what it held');
  expect(told.text).not.toContain('<!channel>');
});

it('a change that somebody made by hand can be undone by its button', async () => {
  await press('hr:by-hand');
  await until(() => world.of('by_hand_claimed')[0]);
  await held();
  expect(world.of('step_closed').at(-1)?.body).toMatchObject({ step: 'cache', state: 'by hand' });
  const run = await messageWith(world, channel, 'hr:undo:1');
  await world.slack.as('ann').click(channel, run.ts, { action_id: 'hr:undo:1' });
  await until(() => world.of('step_opened').some(({ body }) => body.step === 'cache' && body.undoes === 1));
});
