// Lists of what is left behind: only the newest copy has buttons, every older one says where it is.
import { afterEach, expect, it } from 'vitest';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

async function withSomethingLeft(): Promise<string> {
  world = await startWorld();
  const channel = await declare(world);
  await upToPlan(world, channel);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  const asked = await messageWith(world, channel, 'hr:confirm');
  await ann.click(channel, asked.ts, { action_id: 'hr:confirm' });
  await until(() => world.of('act_started')[0]);
  await world.settle({ purpose: 'act', result: { ok: true, out: {} } });
  await world.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 3 } } });
  return channel;
}

const at = (channel: string, ts: string): string =>
  JSON.stringify(
    world.slack
      .as('ann')
      .history(channel)
      .find((one) => one.ts === ts),
  );
const postsOfLists = () => world.of('message_posted').filter(({ body }) => body.what.startsWith('left'));

it('a newer list takes the buttons of every older one and is linked there', async () => {
  const channel = await withSomethingLeft();
  const ann = world.slack.as('ann');
  for (let n = 1; n <= 3; n++) {
    await ann.slash(channel, '/incident', 'left');
    await until(() => postsOfLists().length === n);
    await world.drain();
  }
  const [first, second, third] = postsOfLists().map(({ body }) => body.ts);
  await until(() => !at(channel, first ?? '').includes('hr:left-undo'));
  for (const old of [first, second]) {
    const text = at(channel, old ?? '');
    expect(text).not.toContain('"actions"');
    expect(text).toContain(`p${(third ?? '').replace('.', '')}|`);
  }
  expect(at(channel, third ?? '')).toContain('hr:left-undo:0');

  // What happens afterwards is drawn on the newest one.
  const list = await messageWith(world, channel, 'hr:open-keep:0');
  expect(list.ts).toBe(third);
  await ann.click(channel, list.ts, { action_id: 'hr:open-keep:0' });
  await until(() => ann.currentView()?.callback_id === 'hr-keep');
  await ann.fill(undefined, { reason: 'needed until Monday', until: '2026-12-01', owner: ann.user.id });
  await ann.submitView();
  await until(() => at(channel, third ?? '').includes('kept'));
  expect(at(channel, first ?? '')).not.toContain('kept');
});

it('also when Slack did not take the change of the older one at the first try', async () => {
  const channel = await withSomethingLeft();
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'left');
  const first = await until(() => postsOfLists()[0]?.body.ts);
  await world.drain();
  await world.core.send(
    { person: { id: `slack:${ann.user.id}`, name: 'ann' }, levels: ['observe', 'operate'], groups: [] },
    {
      do: 'note',
      body: { entry: 'n1', kind: 'note', text: 'x', at: 1, precision: 'exact', source: { kind: 'slack' } },
    },
  );
  const version = world.of('left_asked')[0]?.version ?? 0;
  world.slack.faults.rateLimit('chat.update', 1, 1);
  expect(await world.publish({ kind: 'left', version: version + 1 }, 1)).toMatchObject({ later: 1000 });
  expect(await world.publish({ kind: 'left', version: version + 1 }, 2)).toEqual({ done: true });
  expect(postsOfLists()).toHaveLength(2);
  expect(at(channel, first)).not.toContain('hr:left-undo');
});

it('the list of an incident that began before lists had numbers goes on being drawn', async () => {
  const channel = await withSomethingLeft();
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'left');
  const first = await until(() => postsOfLists()[0]);
  await world.drain();
  (first.body as { what: string }).what = 'left';
  await ann.slash(channel, '/incident', 'left');
  await until(() => postsOfLists().length === 2);
  await until(() => !at(channel, first.body.ts).includes('hr:left-undo'));
});

it('what is left after the resolve is said to be taken back or kept, not to go by itself at the close', async () => {
  const channel = await withSomethingLeft();
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'left');
  const first = await messageWith(world, channel, 'hr:left-undo:0');
  expect(JSON.stringify(first)).toContain(', to be taken back before the incident is closed');
  await ann.slash(channel, '/incident', 'resolve');
  await ann.submitView();
  await until(() => postsOfLists().length === 2);
  const list = () => at(channel, postsOfLists()[1]?.body.ts ?? '');
  await until(() => list().includes('still to be taken back, or kept, before the incident is closed'));
  expect(list()).not.toContain('until the incident is closed');
});
