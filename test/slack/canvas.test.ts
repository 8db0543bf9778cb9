// The report in the channel's canvas: made, written over at the next report, never over people's; and the file always.

import { afterEach, describe, expect, it } from 'vitest';
import { makeCanvas } from '../../sandbox/slack/state/canvases.ts';
import { handle } from '../../src/incidents/handle.ts';
import { neededScopes } from '../../src/slack/scopes.ts';
import { ana } from '../support/pure-door.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

async function begin(given: Parameters<typeof startWorld>[0] = {}, hidden = false): Promise<void> {
  world = await startWorld({ draining: false, ...given });
  const ann = { id: `slack:${world.slack.as('ann').user.id}`, name: 'ann' };
  const body = {
    title: 'web-api answers 500',
    severity: 'SEV2' as const,
    namespace: 'prod',
    noticed: 'no data',
    since: world.core.now,
    zone: 'UTC',
    private: hidden,
    drill: false,
    quiet: false,
    invited: [],
  };
  const by = { ...ana, person: ann };
  await handle(world.core, world.core.knows, {
    id: 'd',
    by,
    now: world.core.now,
    what: { do: 'declare', body },
  });
  await world.publish({ kind: 'open channel' }, 1);
}
const channel = () => {
  const found = [...world.slack.state.channels.values()].find((one) => one.name.startsWith('inc-1'));
  if (!found) throw new Error('no channel');
  return found;
};
const files = () => [...channel().messages.values()].filter((one) => one.subtype === 'file_share');
const calls = (method: string) => world.slack.log.calls.filter((call) => call.method === method);
const report = (version = 1, tries = 1) => world.publish({ kind: 'report', version }, tries);
const failures = () => world.of('slack_failed').map((event) => event.body.says);
const canvases = () => world.of('message_posted').filter((event) => event.body.what === 'canvas');

describe('the canvas', () => {
  it.each([false, true])(
    'is made with the first report and written over by the next (private: %s)',
    async (hidden) => {
      await begin({}, hidden);
      expect(await report()).toEqual({ done: true });
      const first = channel().canvas;
      expect(channel().kind).toBe(hidden ? 'private' : 'public');
      expect(first).toMatchObject({ title: 'Report of INC-1', by: world.slack.botUserId });
      expect(first?.markdown).toMatch(/^Handrail keeps this page for INC-1: .*\n\n# Report\n$/);
      expect(canvases().map((event) => event.body.ts)).toEqual([first?.id]);
      if (first) first.markdown += '\nWritten by hand.\n';
      expect(await report(2)).toEqual({ done: true });
      expect(channel().canvas?.id).toBe(first?.id);
      expect(channel().canvas?.markdown).not.toContain('Written by hand');
      expect(calls('conversations.canvases.create')).toHaveLength(1);
      expect(files()).toHaveLength(2);
      expect(failures()).toEqual([]);
    },
  );

  it('is not made where the setting says so', async () => {
    const config = { zone: 'UTC', namespace: 'default', invite: { users: [], usergroups: [] } };
    await begin({ door: { config: { ...config, canvas: 'off' } } });
    expect(await report()).toEqual({ done: true });
    expect(channel().canvas).toBeUndefined();
    expect(files()).toHaveLength(1);
  });

  it('whose answer was lost is found again: one canvas, one file', async () => {
    await begin();
    world.slack.faults.dropNext('conversations.canvases.create', 1, 'after');
    expect(await report(1, 1)).toMatchObject({ later: 1000 });
    const made = channel().canvas?.id;
    expect(canvases()).toEqual([]);
    expect(await report(1, 2)).toEqual({ done: true });
    expect(channel().canvas?.id).toBe(made);
    expect(canvases().map((event) => event.body.ts)).toEqual([made]);
    expect(calls('conversations.canvases.create')).toHaveLength(1);
    expect(files()).toHaveLength(1);
  });

  it('of two processes at once is one', async () => {
    await begin();
    world.slack.faults.slow('conversations.info', 50);
    expect(await Promise.all([report(1), report(2)])).toEqual([{ done: true }, { done: true }]);
    const made = channel().canvas;
    expect(
      calls('conversations.canvases.create')
        .map((call) => call.answer)
        .sort(),
    ).toEqual(['channel_canvas_already_exists', 'ok']);
    expect(new Set(canvases().map((event) => event.body.ts))).toEqual(new Set([made?.id]));
    expect(made?.markdown).toContain('# Report');
    expect(failures()).toEqual([]);
  });

  it('that somebody deleted is made again', async () => {
    await begin();
    await report();
    delete channel().canvas;
    expect(await report(2)).toEqual({ done: true });
    expect(channel().canvas?.markdown).toContain('# Report');
    expect(canvases().at(-1)?.body.ts).toBe(channel().canvas?.id);
  });

  it('that nobody has written in yet is used', async () => {
    await begin();
    const empty = makeCanvas(world.slack.state, channel(), { title: '', markdown: '', by: 'U1' });
    await report();
    expect(channel().canvas?.id).toBe(empty.id);
    expect(empty.markdown).toContain('# Report');
  });

  async function erase(): Promise<void> {
    const erased = {
      ...world.core.events[0],
      type: 'entry_erased',
      version: 99,
      body: { erase: 'E1', entry: 'n1', left: [], reason: 'a name', askedBy: { id: 'a', name: 'ann' } },
    };
    world.core.events.push(erased as never);
    await world.publish({ kind: 'tell', version: 99 }, 1);
    world.core.events.splice(world.core.events.indexOf(erased as never), 1);
  }

  it('loses its words when an entry is erased', async () => {
    await begin();
    await erase();
    expect(channel().canvas).toBeUndefined();
    await report();
    await erase();
    expect(channel().canvas?.markdown).toMatch(/^Handrail keeps this page for INC-1: /);
    expect(channel().canvas?.markdown).not.toContain('# Report');
    expect(channel().canvas?.markdown).toContain('`/incident report`');
    expect(failures()).toEqual([]);
  });

  it('that cannot be emptied then is named', async () => {
    await begin();
    await report();
    world.slack.faults.error('canvases.edit', 'restricted_action');
    await erase();
    expect(failures()).toEqual(['It may still show words of the entry: take them out by hand.']);
  });
});

describe('a canvas of people', () => {
  it('is never written over, and that is said once', async () => {
    await begin();
    const theirs = '# Our own plan\n\nINC-1: who does what. Handrail keeps this page for INC-12: no.\n';
    makeCanvas(world.slack.state, channel(), { title: 'Plan', markdown: theirs, by: 'U1' });
    expect(await report()).toEqual({ done: true });
    expect(await report(2)).toEqual({ done: true });
    expect(channel().canvas?.markdown).toBe(theirs);
    expect(failures()).toEqual([
      'The report is in its file only, not in a canvas. The channel has a canvas that people wrote, and Handrail writes over none.',
    ]);
    expect(files()).toHaveLength(2);
    expect(calls('canvases.edit')).toEqual([]);
  });

  it('is also ours from which somebody took the first line', async () => {
    await begin();
    await report();
    const canvas = channel().canvas;
    if (canvas) canvas.markdown = '# Ours now\n';
    expect(await report(2)).toEqual({ done: true });
    expect(channel().canvas?.markdown).toBe('# Ours now\n');
    expect(failures()).toHaveLength(1);
    const before = channel().messages.size;
    await world.publish({ kind: 'tell', version: world.of('slack_failed')[0]?.version ?? 0 }, 1);
    expect([...channel().messages.values()].at(-1)?.text).toContain('put the report in the canvas');
    expect(channel().messages.size).toBe(before + 1);
  });
});

describe('without canvases the file is posted, and why is said once', () => {
  it.each([
    ['conversations.canvases.create', 'free_team_canvas_tab_already_exists', /does not show it/],
    ['conversations.canvases.create', 'team_tier_cannot_create_channel_canvases', /plan of this workspace/],
    ['conversations.canvases.create', 'canvas_disabled_user_team', /turned off/],
    ['conversations.canvases.create', 'not_allowed_token_type', /wrong kind/],
    ['conversations.canvases.create', 'restricted_action', /lets no app/],
    ['conversations.canvases.create', 'channel_canvas_already_exists', /does not show it/],
    ['conversations.info', 'channel_not_found', /channel is not there/],
  ])('%s: %s', async (method, code, says) => {
    await begin();
    world.slack.faults.error(method, code, 2);
    expect(await report()).toEqual({ done: true });
    expect(files()).toHaveLength(1);
    expect(await report(2)).toEqual({ done: true });
    expect(files()).toHaveLength(2);
    expect(failures()).toHaveLength(1);
    expect(failures()[0]).toMatch(/^The report is in its file only/);
    expect(failures()[0]).toMatch(says);
    expect(world.of('report_posted')).toHaveLength(2);
    // Once somebody has mended it the next report is there.
    await report(3);
    expect(channel().canvas?.markdown).toContain('# Report');
  });

  it.each([
    ['none', /plan of this workspace/],
    ['disabled', /turned off/],
  ] as const)('in a workspace with %s', async (policy, says) => {
    await begin({ slack: { canvases: policy } });
    expect(await report()).toEqual({ done: true });
    expect(files()).toHaveLength(1);
    expect(failures().join()).toMatch(says);
    // It is so for every incident: nobody in the channel is told.
    const before = channel().messages.size;
    await world.publish({ kind: 'tell', version: world.of('slack_failed')[0]?.version ?? 0 }, 1);
    expect(channel().messages.size).toBe(before);
  });

  it.each(['canvases:read', 'canvases:write'])('with a token that lacks %s', async (scope) => {
    await begin({ slack: { grantedScopes: neededScopes().filter((one) => one !== scope) } });
    expect(world.connection.missingScopes.join()).toContain(scope);
    await report();
    await report(2);
    expect(files()).toHaveLength(2);
    expect(failures()).toEqual([expect.stringContaining(`The app lacks a permission (${scope})`)]);
  });

  it('when Slack refuses the shape, a plainer document is written', async () => {
    await begin();
    world.slack.faults.error('conversations.canvases.create', 'canvas_creation_failed');
    await report();
    expect(channel().canvas?.markdown).toContain('# Report');
    world.slack.faults.error('canvases.edit', 'canvas_editing_failed', 2);
    await report(2);
    expect(failures()).toEqual([expect.stringContaining('canvas_editing_failed')]);
  });

  it('when Slack does not answer for long, nothing waits for it any longer', async () => {
    await begin();
    world.slack.faults.error('conversations.canvases.create', 'internal_error', 3);
    expect(await report(1, 1)).toMatchObject({ later: 1000 });
    expect(await report(1, 4)).toMatchObject({ later: 8000 });
    expect(await report(1, 5)).toEqual({ done: true });
    expect(files()).toHaveLength(1);
    expect(failures()).toEqual([expect.stringContaining('Tried 5 times.')]);
  });
});
