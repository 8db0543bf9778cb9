// From `/incident start` to the report, against the local Slack; every delivery once and twice, by socket and by HTTP.

import { afterEach, describe, expect, it } from 'vitest';
import { declare, messageWith, until, upToPlan } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const shown = (messages: readonly unknown[]): string => JSON.stringify(messages);

async function journey(mode: 'socket' | 'http', twice: boolean): Promise<void> {
  world = await startWorld({ mode, level: 'two-person' });
  const { slack } = world;
  if (twice) slack.faults.duplicateDeliveries(true);
  const ann = slack.as('ann');
  const ben = slack.as('ben');

  const channel = await declare(world);
  const state = slack.state.channels.get(channel);
  expect(state?.name).toBe('inc-1-web-api-times-out');
  expect(state?.topic.value).toContain('INC-1 · SEV2 · investigating · lead ann · web-api times out');
  expect(state?.members.has(ann.user.id)).toBe(true);
  expect(state?.pins).toHaveLength(1);
  expect(state?.bookmarks.map((one) => one.link)).toEqual(['https://git.example.org/architecture']);
  const card = await messageWith(world, channel, 'hr:open-run');
  expect(shown([card])).toContain('Metabase shows &lt;no&gt; data &amp; more');
  expect(shown(ann.history('incidents'))).toContain('INC-1');
  expect(shown(ann.history('random'))).toContain('INC-1');
  await until(() => shown(ann.openViews()).includes('Open <#'), 'the modal shows the way');
  await ann.closeView();

  await ann.slash(channel, '/incident', 'note ruled out: 2 minutes ago the network');
  const note = await until(() => world.of('note_added')[0]);
  expect(note.body).toMatchObject({ kind: 'ruled-out', text: 'the network', precision: 'about' });

  await upToPlan(world, channel);
  const planned = await messageWith(world, channel, 'hr:ask-approval');
  expect(shown([planned])).toContain('`1` → `3`');
  expect(shown([planned])).not.toContain('<!channel>');
  await ann.click(channel, planned.ts, { action_id: 'hr:ask-approval' });
  const asked = await messageWith(world, channel, 'hr:approve');
  expect(asked.ts > planned.ts).toBe(true);
  expect(shown([asked])).toContain(`<@${ben.user.id}>`);
  await until(
    () => !shown(ann.history(channel).filter((one) => one.ts === planned.ts)).includes('hr:ask-approval'),
    'the older buttons are gone',
  );

  // The requester cannot approve: the channel shows why, in the thread of the request.
  await ann.click(channel, asked.ts, { action_id: 'hr:approve' });
  const thread = await until(() =>
    ann.thread(channel, asked.ts).length > 1 ? ann.thread(channel, asked.ts) : undefined,
  );
  expect(shown(thread)).toContain('somebody else must approve it');

  await until(() => state?.members.has(ben.user.id), 'the approver is invited');
  await ben.click(channel, asked.ts, { action_id: 'hr:approve' });
  await until(() => world.of('act_started')[0]);
  await until(
    () => !shown(ann.history(channel).filter((one) => one.ts === asked.ts)).includes('hr:approve'),
    'the approval has no button',
  );
  await world.settle({ purpose: 'act', result: { ok: true, out: {} } });
  await world.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 3 } } });
  await until(() => world.of('run_ended')[0]);

  const ts = ann.say(channel, 'it is the image & nothing else');
  ben.react(channel, ts, 'pushpin');
  const kept = await until(() => world.of('note_added')[1]);
  ann.react(channel, ts, 'pushpin');
  expect(kept.body).toMatchObject({
    text: 'it is the image & nothing else',
    source: { author: { name: 'ann' } },
  });
  expect(kept.by.name).toBe('ben');
  ann.edit(channel, ts, 'it is the base image');
  await until(() => world.of('entry_corrected').find((event) => event.body.text === 'it is the base image'));
  ben.unreact(channel, ts, 'pushpin');
  ann.unreact(channel, ts, 'pushpin');
  await until(() => world.of('entry_corrected').find((event) => event.body.hidden === true));

  await ann.slash(channel, '/incident', 'resolve');
  await ann.fill(undefined, { summary: 'a newer image' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => world.of('report_posted')[0]);
  const left = await messageWith(world, channel, 'hr:left-undo:0');
  expect(shown([left])).toContain('disk has size 3 instead of 1');
  const files = [...slack.state.files.values()].filter((file) => file.complete);
  expect(files.map((file) => file.name)).toEqual(['inc-1.md']);

  await slack.settled();
  const types = world.core.events.map((event) => event.type);
  for (const once of [
    'incident_declared',
    'run_started',
    'approval_requested',
    'approved',
    'act_started',
    'resolved',
    'report_posted',
  ])
    expect(
      types.filter((type) => type === once),
      once,
    ).toHaveLength(1);
  expect(types.filter((type) => type === 'note_added')).toHaveLength(2);
  const ids = new Set(ann.history(channel).map((one) => JSON.stringify((one as { text: string }).text)));
  expect(ids.size).toBeGreaterThan(5);
}

describe('an incident in Slack', () => {
  it('goes from declaration to report over Socket Mode, every delivery made twice', async () => {
    await journey('socket', true);
  });

  it('goes the same way over signed HTTP', async () => {
    await journey('http', false);
  });
});
