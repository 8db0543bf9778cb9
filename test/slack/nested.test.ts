// Forms in Slack: values are checked under their fields, questions with a form, a runbook inside, an offer that is taken.

import { afterEach, expect, it } from 'vitest';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import { runbookOf } from '../support/pure-door.ts';
import { declare, messageWith, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

interface Button {
  readonly type: string;
  readonly text: { readonly text: string };
  readonly style?: string;
  readonly action_id: string;
  readonly value: string;
}

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const head = (id: string, params: string) => `
apiVersion: runbook/v1
id: ${id}
title: ${id === 'outer' ? 'Outer' : 'Inner'}
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params: {${params}}
steps:`;
const LOOK = (id: string, more = '') => `
  - id: ${id}
    kind: check
    title: Look ${id}
    uses: t.size
    with: { name: disk }
    timeout: 5s
    verdict: [{ else: ok, says: Fine. }]${more}`;

const checked = { purpose: 'check' as const, result: { ok: true as const, out: { size: 1 } } };
const shown = (channel: string, part: string) =>
  world.slack
    .as('ann')
    .history(channel)
    .map((one) => JSON.stringify(one))
    .find((text) => text.includes(part));

it('what does not fit is told under its field, and nothing starts', async () => {
  const params =
    ' why: { type: string, label: Why now?, required: true, min: 10 }, room: { type: bytes, label: Room }, pod: { type: k8s/pod, label: Pod }, wait: { type: duration, label: Wait, default: 30s, max: 60 } ';
  world = await startWorld({
    runbook: head('outer', params) + LOOK('look'),
    door: { options: async () => [] },
  });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'run outer');
  await until(() => JSON.stringify(ann.currentView()?.blocks).includes('param:outer:pod'));
  const block = (name: string) => `param:outer:${name}`;
  await ann.fill(undefined, {
    [block('why')]: 'x',
    [block('room')]: 'apples',
    [block('pod')]: 'Not A Name',
    [block('wait')]: '2h',
  });
  const outcome = await ann.submitView();
  expect(outcome).toMatchObject({ ok: false });
  expect(JSON.stringify(outcome)).toContain('At least 10 characters.');
  expect(JSON.stringify(outcome)).toContain('Write an amount such as 16Mi or 2Gi.');
  expect(JSON.stringify(outcome)).toContain('cannot be the name of an object in Kubernetes');
  expect(JSON.stringify(outcome)).toContain('At most 60.');
  expect(world.of('run_started')).toEqual([]);
  await ann.fill(undefined, {
    [block('why')]: 'the volume is full',
    [block('room')]: '2Ki',
    [block('pod')]: 'pod-0',
    [block('wait')]: '1m',
  });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  expect(world.of('run_started')[0]?.body.params).toEqual({
    why: 'the volume is full',
    room: 2048,
    pod: 'pod-0',
    wait: 60,
  });
});

it('a question with a form and choices takes both, with live choices and defaults', async () => {
  const many = Array.from({ length: 9 }, (_, n) => `{ id: c${n}, label: Choice ${n} }`).join(', ');
  const steps = `
  - id: which
    kind: ask
    title: Which one, and how?
    form:
      pod: { type: k8s/pod, label: Which pod?, required: true }
      times: { type: int, label: Times, default: 2, max: 3 }
    choices: [{ id: go, label: Go on, reason: required }, { id: leave, label: Leave it }]
  - id: many
    kind: ask
    title: One of many?
    choices: [${many}]`;
  const choices = [
    { value: 'pod-0', label: 'pod-0 (leader)' },
    { value: 'pod-1', label: 'pod-1' },
  ];
  world = await startWorld({ runbook: head('outer', '') + steps, door: { options: async () => choices } });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'run outer');
  expect(await ann.submitView()).toMatchObject({ ok: true });
  const question = await messageWith(world, channel, 'hr:open-choose:0');
  await ann.click(channel, question.ts, { action_id: 'hr:open-choose:0' });
  await until(() => JSON.stringify(ann.currentView()?.blocks).includes('pod-0 (leader)'));
  await ann.fill(undefined, { 'form:pod': 'pod-1', 'form:times': '7', reason: 'it lags' });
  expect(JSON.stringify(await ann.submitView())).toContain('At most 3.');
  await ann.fill(undefined, { 'form:times': '3' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  expect(world.of('choice_made')[0]?.body).toMatchObject({
    choice: 'go',
    reason: 'it lags',
    form: { pod: 'pod-1', times: 3 },
  });
  // More than eight choices: one button, and the choices in its form.
  const second = await messageWith(world, channel, 'hr:open-choose');
  expect(JSON.stringify(second)).toContain('• Choice 8');
  await ann.click(channel, second.ts, { action_id: 'hr:open-choose' });
  await until(() => ann.currentView()?.callback_id === 'hr-choose');
  await ann.fill(undefined, { choice: 'c8' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  expect(world.of('choice_made')[1]?.body).toMatchObject({ choice: 'c8', label: 'Choice 8' });
});

it('a runbook inside is asked for what it needs, told in its line, and its counts are named', async () => {
  const inner =
    head(
      'inner',
      ' pod: { type: k8s/pod, label: Which pod?, required: true }, times: { type: int, label: Times, required: true } ',
    ) +
    LOOK('one') +
    LOOK('two');
  const outer = `${head('outer', '')}
  - { id: call, kind: run, title: See inside, runbook: inner, with: { times: 2 } }${LOOK('after')}`;
  const loaded = runbookOf(inner);
  const listed = { id: 'inner', title: 'Inner', summary: 'A test.', runbook: loaded, hash: 'h' };
  const choices = [{ value: 'pod-0', label: 'pod-0 (leader)' }];
  world = await startWorld({
    runbook: outer,
    runbooks: { inner: loaded },
    listed: [listed],
    door: { options: async () => choices },
  });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'run outer');
  const brings = 'checks 1, changes 0, by hand 0, and what inner brings';
  expect(JSON.stringify(ann.currentView()?.blocks)).toContain(brings);
  expect(await ann.submitView()).toMatchObject({ ok: true });
  const asked = await messageWith(world, channel, 'hr:open-inside');
  expect(JSON.stringify(asked)).toContain('Still to fill in: Which pod?');
  await ann.click(channel, asked.ts, { action_id: 'hr:open-inside' });
  await until(() => JSON.stringify(ann.currentView()?.blocks).includes('pod-0 (leader)'));
  expect(JSON.stringify(ann.currentView()?.state)).toContain('"2"');
  await ann.fill(undefined, { 'param:inner:pod': 'pod-0' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  expect(world.of('run_started')[1]?.body).toMatchObject({
    parent: { run: 1, step: 'call' },
    params: { pod: 'pod-0', times: 2 },
  });
  await until(() => shown(channel, '|run 2>: 0 of 2 done'));
  await world.settle(checked);
  await until(() => shown(channel, '|run 2>: 1 of 2 done'));
  await until(() => !shown(channel, 'hr:open-inside'));
  await ann.click(channel, asked.ts, { action_id: 'hr:open-inside' }).catch(() => undefined);
  expect(shown(channel, brings)).toBeDefined();
  await world.settle(checked);
  await world.settle(checked);
  await until(() => world.of('run_ended').length === 2);
});

it('of several runbooks that could come next each has a button with what it is given; one click takes them all', async () => {
  const next = `next: [{ run: resize, with: { name: disk } }, { run: other, with: { size: 4 } }]`;
  const other = `${head('other', 'size: { type: int, label: How large? }')}${LOOK('look')}`;
  const listed = [{ id: 'other', title: 'Other', summary: '', hash: 'eeee', runbook: runbookOf(other) }];
  world = await startWorld({ runbook: head('outer', '') + LOOK('look', `\n    ${next}`), listed });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'run outer');
  await ann.submitView();
  await until(() => world.core.attempts.some((one) => one.purpose === 'check'));
  await world.settle(checked);
  const { ts, blocks } = await messageWith(world, channel, 'hr:open-run:1');
  expect(JSON.stringify(blocks)).toContain('Next could be the runbook `resize`, or `other`.');
  const buttons = (blocks as { elements?: Button[] }[])
    .flatMap((block) => block.elements ?? [])
    .filter((one) => one.type === 'button');
  expect(buttons.map(({ text, style }) => [text.text, style])).toEqual([
    ['Start resize', 'primary'],
    ['Start other', undefined],
  ]);
  const { action_id, value } = buttons[1] ?? { action_id: '', value: '' };
  await ann.click(channel, ts, { action_id, value });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => world.of('run_started').length === 2);
  expect(world.of('run_started')[1]?.body).toMatchObject({ follows: 1, params: { size: 4 } });
  await until(() => !shown(channel, 'Start resize') && !shown(channel, 'Start other'));
});

it('an offer that was taken says who took it; the second click is told', async () => {
  const next = `next: { run: resize, with: { name: disk } }`;
  world = await startWorld({ runbook: head('outer', '') + LOOK('look', `\n    ${next}`) });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const ben = world.slack.as('ben');
  await ann.slash(channel, '/incident', 'run outer');
  await ann.submitView();
  await until(() => world.core.attempts.some((one) => one.purpose === 'check'));
  await world.settle(checked);
  await until(() => shown(channel, 'Start resize'));
  const { ts } = await messageWith(world, channel, 'hr:open-run');
  await ann.click(channel, ts, { action_id: 'hr:open-run' });
  ben.join(channel);
  await ben.click(channel, ts, { action_id: 'hr:open-run' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await ben.submitView();
  expect(world.of('run_started').map((event) => event.body.runbook.id)).toEqual(['outer', 'resize']);
  expect(JSON.stringify(ben.currentView()?.blocks)).toContain('ann has started run 2 from this');
  await until(() => shown(channel, 'started <') ?? shown(channel, 'started run 2'));
  await until(() => !shown(channel, 'Start resize'));
});

it('a runbook inside that is not there is tried again with a button; a check that hangs can be skipped', async () => {
  const runbooks: Record<string, Runbook> = {};
  const outer = `${head('outer', '')}
  - { id: call, kind: run, title: See inside, runbook: inner, with: {} }`;
  world = await startWorld({ runbook: outer, runbooks });
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'run outer');
  await ann.submitView();
  const failed = await messageWith(world, channel, 'hr:try-again');
  expect(JSON.stringify(failed)).toContain('The runbook inner is not here.');
  runbooks.inner = runbookOf(head('inner', '') + LOOK('one') + LOOK('two'));
  await ann.click(channel, failed.ts, { action_id: 'hr:try-again' });
  await until(() => shown(channel, '|run 2>: 0 of 2 done'));
  const inside = await until(() =>
    ann.history(channel).find((one) => JSON.stringify(one).includes('Run 2 inside run 1')),
  );
  await ann.click(channel, String(inside.ts), { action_id: 'hr:open-skip' });
  await ann.fill(undefined, { reason: 'it hangs' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => shown(channel, '|run 2>: 1 of 2 done'));
});
