// How a change ends in the channel: one message says what was done and what is left, and little else stands around it.
import { afterEach, expect, it } from 'vitest';
import { plainFacts } from '../../src/slack/views/plain-facts.ts';
import { ana, runbookOf } from '../support/pure-door.ts';
import { plan } from './fixtures.ts';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let channel: string;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const ann = () => world.slack.as('ann');
const shown = () =>
  ann().history(channel) as unknown as { ts: string; text: string; blocks: { type: string }[] }[];
/** Messages about the step, other than the run's and the card. */
const ofStep = () => shown().filter(({ text }) => /^(?:Undo: )?Resize disk to 3/.test(text));
const textAt = (ts: string | undefined) => JSON.stringify(shown().find((one) => one.ts === ts));

async function open(level: string): Promise<void> {
  world = await startWorld({ level });
  channel = await declare(world);
  await upToPlan(world, channel);
  await ann()
    .closeView()
    .catch(() => undefined);
}
async function press(who: string, action: string): Promise<string> {
  const asked = await messageWith(world, channel, action);
  await world.slack.as(who).click(channel, asked.ts, { action_id: action });
  return asked.ts;
}
async function made(): Promise<void> {
  await until(() => world.of('act_started')[0]);
  await world.settle({ purpose: 'act', result: { ok: true, out: {} } });
  await world.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 3 } } });
  await until(() => world.of('run_ended')[0]);
  await world.drain();
}

it('a confirmed change is one message: the plan becomes what was done and what is left', async () => {
  await open('click');
  const asked = await press('ann', 'hr:confirm');
  await made();
  expect(ofStep().map(({ ts }) => ts)).toEqual([asked]);
  const text = textAt(asked);
  for (const words of [
    'Verified.',
    'confirmed by ann',
    'Left behind: disk has size 3 instead of 1',
    '`/incident left`',
    'All steps are done.',
  ])
    expect(text).toContain(words);
  expect(text).not.toContain('"actions"');
  // The message of the run ends with the same.
  const run = shown().find((one) => JSON.stringify(one).includes('checkered_flag') && one.ts !== asked);
  expect(JSON.stringify(run)).toContain('All steps are done. Changed: Resize disk to 3.');
  expect(JSON.stringify(run)).toContain('Left behind: disk has size 3 instead of 1');
});

it('an approved change ends with what was done, not with who approved it', async () => {
  await open('two-person');
  const planned = await press('ann', 'hr:ask-approval');
  await until(() => ofStep().length === 2);
  await press('ben', 'hr:approve');
  await made();
  expect(ofStep()).toHaveLength(2);
  const last = ofStep().at(-1);
  expect(textAt(last?.ts)).toContain('Verified.');
  expect(textAt(last?.ts)).toContain('approved by ben');
  // What asked before is one line with the way on.
  const old = shown().find(({ ts }) => ts === planned);
  expect(old?.blocks.map(({ type }) => type)).toEqual(['context']);
  expect(textAt(planned)).toContain(`p${last?.ts.replace('.', '')}|Goes on below>`);
});

it('an outcome that comes late is a new message, since nobody looks at the old one any more', async () => {
  await open('click');
  const asked = await press('ann', 'hr:confirm');
  await until(() => world.of('act_started')[0]);
  world.core.now += 3_600_000;
  await made();
  expect(ofStep()).toHaveLength(2);
  expect(textAt(ofStep().at(-1)?.ts)).toContain('Verified.');
  expect(
    shown()
      .find(({ ts }) => ts === asked)
      ?.blocks.map(({ type }) => type),
  ).toEqual(['context']);
});

it('what is taken back later says so where it was done', async () => {
  await open('click');
  const asked = await press('ann', 'hr:confirm');
  await made();
  await press('ann', 'hr:undo:1');
  await until(() => world.core.attempts.filter(({ purpose }) => purpose === 'plan').length === 2);
  const back = {
    ...plan,
    changes: [{ field: 'size', before: '3', after: '1' }],
    values: { before: 3, after: 1 },
  };
  await world.settle({ purpose: 'plan', result: { ok: true, plan: back } });
  await world.drain();
  expect(textAt(asked)).toContain('Verified.');
  expect(textAt(asked)).not.toContain('Goes on below');
  await press('ann', 'hr:confirm');
  await until(() => world.of('act_started').length === 2);
  await world.settle({ purpose: 'act', result: { ok: true, out: {} } });
  await world.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 1 } } });
  await until(() => textAt(asked).includes('Taken back since.'));
  expect(textAt(asked)).not.toContain('Left behind');
  expect(textAt(ofStep().at(-1)?.ts)).toContain('It is taken back.');
});

it('a decision stands in the question itself while people look there, not in a line of its own', async () => {
  const asks = `
apiVersion: runbook/v1
id: asks
title: Asks
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - { id: go, kind: ask, title: Restart?, choices: [{ id: yes, label: "Yes, now" }] }
  - { id: more, kind: ask, title: Again?, choices: [{ id: yes, label: "Yes, again" }] }
`;
  world = await startWorld({ runbook: asks });
  channel = await declare(world);
  await ann()
    .closeView()
    .catch(() => undefined);
  await ann().slash(channel, '/incident', 'run asks');
  await ann().submitView();
  const asked = await press('ann', 'hr:choose:0');
  await until(() => world.of('choice_made')[0]);
  await world.drain();
  const about = (words: string) => shown().filter((one) => JSON.stringify(one).includes(words));
  await until(() => textAt(asked).includes('ann decided: *Yes, now*'));
  expect(about('decided: *Yes, now*').map(({ ts }) => ts)).toEqual([asked]);
  // Also when the run is drawn only after it.
  expect(await world.publish({ kind: 'run', run: 1 }, 1)).toEqual({ done: true });
  expect(textAt(asked)).toContain('ann decided: *Yes, now*');
  world.core.now += 3_600_000;
  const second = await press('ann', 'hr:choose:0');
  await until(() => world.of('choice_made')[1]);
  await until(() => about('ann decided: *Yes, again*')[0]);
  expect(about('ann decided: *Yes, again*').map(({ ts }) => ts)).not.toContain(second);
});

it('an offer that nobody took loses its button at the close', async () => {
  const ends = `
apiVersion: runbook/v1
id: ends
title: Ends
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - { id: go, kind: ask, title: Restart?, choices: [{ id: yes, label: "Yes", next: { run: resize, with: { name: disk } } }] }
`;
  world = await startWorld({ runbook: ends });
  channel = await declare(world);
  await ann()
    .closeView()
    .catch(() => undefined);
  await ann().slash(channel, '/incident', 'run ends');
  await ann().submitView();
  await press('ann', 'hr:choose:0');
  const offer = () => shown().find((one) => JSON.stringify(one).includes('Next could be the runbook'));
  const posted = await until(offer);
  await ann().slash(channel, '/incident', 'resolve');
  await ann().submitView();
  await until(() => world.of('resolved')[0]);
  await ann().slash(channel, '/incident', 'close');
  await until(() => textAt(posted.ts).includes('was offered here; INC-1 is closed.'));
  expect(textAt(posted.ts)).not.toContain('"actions"');
});

it('facts are as people read them', () => {
  const hash = 'a'.repeat(64);
  expect(plainFacts(`Verified. readable: yes · bytes: 26214400 · sha256: ${hash} · tables: 3.`)).toBe(
    'Verified. readable: yes · size: 25 MiB · tables: 3.',
  );
  expect(plainFacts(`readable yes, bytes 1641262, sha256 ${hash}.`)).toBe('readable yes, size 1.6 MiB.');
  expect(plainFacts('3 bytes')).toBe('3 bytes');
});

it('the older message loses its buttons also when Slack takes its change only at the second try', async () => {
  world = await startWorld({ draining: false });
  const person = {
    person: { id: `slack:${ann().user.id}`, name: 'ann' },
    levels: ['observe', 'operate'] as const,
    groups: [],
  };
  await world.core.declare(person);
  await world.drain();
  channel = world.of('channel_opened')[0]?.body.channel ?? '';

  const { runbookText } = await import('./fixtures.ts');
  await world.core.start(runbookOf(runbookText('click')), { name: 'disk' });
  await world.settle({
    purpose: 'check',
    result: { ok: true, out: { size: 1 }, kept: { size: 1 }, rawHash: 'aa' },
  });
  await world.settle({ purpose: 'plan', result: { ok: true, plan } });
  const first = await messageWith(world, channel, 'hr:confirm');
  const at = { run: 1, step: 'grow', try: 1 };
  const { version } = world.of('plan_made')[0] ?? { version: 0 };
  world.slack.faults.rateLimit('chat.update', 1, 1);
  // Another effect about the same try: its message is posted, the change of the older one is put off.
  const again = { kind: 'wait', version: version + 1, at } as const;
  world.core.events.push({ ...(world.of('plan_made')[0] as object), version: version + 1 } as never);
  expect(await world.publish(again, 1)).toMatchObject({ later: 1000 });
  expect(textAt(first.ts)).toContain('hr:confirm');
  expect(await world.publish(again, 2)).toEqual({ done: true });
  expect(textAt(first.ts)).not.toContain('hr:confirm');
  expect(textAt(first.ts)).toContain('Goes on below');
  const now = await messageWith(world, channel, 'hr:confirm');
  expect(now.ts).not.toBe(first.ts);
});

it('a drawing of the run that comes late leaves the decision and its reason where they are', async () => {
  const asks = `
apiVersion: runbook/v1
id: asks
title: Asks
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - { id: go, kind: ask, title: Restart?, choices: [{ id: yes, label: "Yes, now" }] }
  - { id: more, kind: ask, title: Again?, choices: [{ id: yes, label: "Yes, again" }] }
`;
  world = await startWorld({ runbook: asks, draining: false });
  await world.core.declare();
  await world.drain();
  channel = world.of('channel_opened')[0]?.body.channel ?? '';

  await world.core.start(runbookOf(asks));
  await world.drain();
  const asked = world.of('message_posted').find(({ body }) => body.what === 'wait:1.go.1')?.body.ts;
  await world.core.send(ana, {
    do: 'choose',
    at: { run: 1, step: 'go', try: 1 },
    choice: 'yes',
    reason: 'users wait',
  });
  const { version } = world.of('choice_made')[0] ?? { version: 0 };
  expect(await world.publish({ kind: 'tell', version }, 1)).toEqual({ done: true });
  expect(await world.publish({ kind: 'run', run: 1 }, 1)).toEqual({ done: true });
  expect(textAt(asked)).toContain('decided: *Yes, now*. users wait');
});
