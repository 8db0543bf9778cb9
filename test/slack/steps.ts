// What people do in the tests of the Slack edge: wait, declare, run up to the plan, find a message.

import { plan } from './fixtures.ts';
import type { World } from './world.ts';

/** Waits for a condition; fails after ten seconds. */
export async function until<T>(
  condition: () => T | Promise<T>,
  what = String(condition),
): Promise<NonNullable<T>> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Declares INC-1 through the modal; resolves when its card is there. */
export async function declare(world: World, who = 'ann'): Promise<string> {
  const person = world.slack.as(who);
  await person.slash('random', '/incident', 'start web-api times out');
  await person.fill(undefined, {
    severity: 'SEV2',
    system: 'web-api',
    noticed: 'Metabase shows <no> data & more',
  });
  const outcome = await person.submitView();
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  const channel = await until(() => world.of('channel_opened')[0]?.body.channel, 'the channel is open');
  await until(
    () => world.of('message_posted').some((event) => event.body.what === 'card'),
    'the card is there',
  );
  await until(() => world.published.some(({ effect }) => effect.kind === 'card'), 'the card is drawn');
  return channel;
}

/** Starts the runbook through its modal and answers its check, up to the plan. */
export async function upToPlan(world: World, channel: string, who = 'ann'): Promise<void> {
  const person = world.slack.as(who);
  await person.slash(channel, '/incident', 'run resize');
  await person.fill(undefined, { 'param:resize:name': 'disk' });
  const outcome = await person.submitView();
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  await until(() => world.core.attempts.some((one) => one.purpose === 'check'), 'the check is asked for');
  await world.settle({
    purpose: 'check',
    result: { ok: true, out: { size: 1 }, kept: { size: 1 }, rawHash: 'aa' },
  });
  await until(() => world.core.attempts.some((one) => one.purpose === 'plan'), 'the plan is asked for');
  await world.settle({ purpose: 'plan', result: { ok: true, plan } });
}

type Message = {
  ts: string;
  text: string;
  blocks?: { type: string; elements?: { action_id?: string; value?: string }[] }[];
  thread_ts?: string;
};

/** The newest message of the channel that shows a button. */
export async function messageWith(
  world: World,
  channel: string,
  action: string,
  who = 'ann',
): Promise<Message> {
  return until(() => {
    const messages = world.slack.as(who).history(channel) as unknown as Message[];
    return messages.findLast((one) => JSON.stringify(one.blocks ?? []).includes(`"${action}"`));
  }, `a message with the button ${action}`);
}
