// The public line in the incidents channel: it says how the incident stands now, on the same message.
import { afterEach, expect, it } from 'vitest';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const linesIn = (channel: string) =>
  world.slack
    .as('ann')
    .history(channel)
    .filter((one) => String(one.text).includes('INC-1'));
const theLine = (channel = 'incidents'): string => String(linesIn(channel)[0]?.text);

it('follows severity, status, lead, resolve, close and reopen', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  expect(theLine()).toContain('SEV2');
  expect(theLine()).toContain(`<#${channel}>`);
  const steps: [string, RegExp][] = [
    ['severity SEV1 worse', /SEV1, investigating, lead ann/],
    ['status cause found', /SEV1, cause found/],
    ['role lead @ben', /lead ben/],
  ];
  for (const [typed, shown] of steps) {
    await ann.slash(channel, '/incident', typed);
    await until(() => shown.test(theLine()), typed);
  }
  await ann.slash(channel, '/incident', 'resolve');
  await ann.submitView();
  await until(() => /^:white_check_mark: .*service is back/.test(theLine()));
  await ann.slash(channel, '/incident', 'reopen still 500');
  await until(() => /^:rotating_light: .*investigating/.test(theLine()));
  await ann.slash(channel, '/incident', 'resolve');
  await ann.submitView();
  await until(() => world.of('resolved').length === 2);
  await ann.slash(channel, '/incident', 'close');
  await until(() => /^:lock: .*closed/.test(theLine()));
  // Also where it was declared, and never a second message.
  expect(theLine('random')).toMatch(/^:lock: .*closed/);
  for (const place of ['incidents', 'random']) expect(linesIn(place)).toHaveLength(1);
  expect(world.of('slack_failed')).toEqual([]);
});

it('is left alone where Slack takes no change any more, and nobody is told', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  world.slack.as('ann').archive('random');
  await ann.closeView().catch(() => undefined);
  await ann.slash(channel, '/incident', 'severity SEV1');
  await until(() => theLine().includes('SEV1'));
  await world.drain();
  expect(world.of('slack_failed')).toEqual([]);
});
