// Words behind a sub-command that it does not know are refused with the possible ones; forms that cannot work do not open.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { declare, messageWith, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let channel: string;
beforeEach(async () => {
  world = await startWorld();
  channel = await declare(world);
  await world.slack.as('ann').closeView();
});
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const last = (): string => world.slack.as('ann').ephemerals().at(-1)?.text ?? '';
async function type(text: string): Promise<string> {
  const before = world.slack.as('ann').ephemerals().length;
  await world.slack.as('ann').slash(channel, '/incident', text);
  await until(() => world.slack.as('ann').ephemerals().length > before, text);
  return last();
}
const decided = () =>
  world.commands.map(({ what }) => what.do).filter((one) => !/^(?:record|declare)/.test(one));

describe('a word that is not known', () => {
  it('run: names the nearest runbooks and where all of them are, and opens nothing', async () => {
    const ann = world.slack.as('ann');
    expect(await type('run nope')).toBe(
      'There is no runbook nope. Nearest: `/incident run resize`. All of them: `/incident run`.',
    );
    expect(await type('run resise')).toContain('Nearest: `/incident run resize`');
    expect(await type('run broken')).toContain('broken does not load: broken.yaml:3:1 has no steps');
    expect(ann.currentView()).toBeUndefined();
    await ann.slash(channel, '/incident', 'run Resize a thing');
    await until(() => JSON.stringify(ann.currentView()).includes('param:resize:name'));
  });

  const possible = ['investigating', 'cause found', 'fixing', 'watching'];
  it.each([
    ['status foo', ['There is no status foo.', ...possible]],
    ['status fixng', ['There is no status fixng.', 'Did you mean `/incident status fixing`?']],
    ['status closed', ['`/incident close`']],
    ['severity high', ['There is no severity high.', 'SEV1', 'SEV4']],
    ['left foo', ['“foo” is not understood. Write `/incident left`', '`/incident left keep rest why`']],
    ['report pydis', ['`/incident report file` posts the file', '“pydis” is neither']],
    ['timeline fish', ['“fish” is nothing that a timeline can be filtered by', '`decisions`']],
    ['milestone', ['No milestone was set by a person yet', '/incident milestone detected at 9:40']],
    ['milestone detcted', ['There is no milestone', 'Did you mean `/incident milestone detected`?']],
    ['milestone fixed soonish', ['is no time', '/incident milestone fixed at 9:40']],
    ['erase', ['Which entry?', '*Erase the words …*']],
    ['close all is well', ['`/incident close` takes no words', '`/incident note all is well`']],
    ['list all', ['`/incident list` takes no words']],
    ['role leed @ben', ['There is no role leed.', 'Did you mean `/incident role lead']],
    ['role lead @ben and others', ['and others']],
    ['help nope', ['There is no `/incident nope`']],
  ])('%s', async (typed, words) => {
    await type(typed);
    const told = JSON.stringify(world.slack.as('ann').ephemerals().at(-1));
    for (const word of words) expect(told).toContain(word);
    expect(decided()).toEqual([]);
  });
});

describe('a form that cannot work now', () => {
  const resolve = async () => {
    const ann = world.slack.as('ann');
    await ann.slash(channel, '/incident', 'resolve');
    await ann.submitView();
    await until(() => world.of('resolved')[0]);
    await ann.closeView().catch(() => undefined);
  };

  it('resolve is refused at once when it is resolved, by command and by button', async () => {
    const ann = world.slack.as('ann');
    const card = await messageWith(world, channel, 'hr:open-resolve');
    await resolve();
    expect(await type('resolve')).toBe(
      'Not done: INC-1 is already resolved. If it is not over: `/incident reopen` and why.',
    );
    expect(ann.currentView()).toBeUndefined();
    await ann.click(channel, card.ts, { action_id: 'hr:open-resolve' }, { stale: card });
    await until(() => ann.ephemerals(channel).length > 1);
    expect(last()).toContain('INC-1 is already resolved.');
    expect(ann.currentView()).toBeUndefined();
  });

  it('run, roles and resolve are refused at once when it is closed', async () => {
    const ann = world.slack.as('ann');
    const card = await messageWith(world, channel, 'hr:open-run');
    await resolve();
    await ann.slash(channel, '/incident', 'close');
    await until(() => world.of('closed')[0]);
    for (const typed of ['run', 'run resize', 'resolve', 'role']) {
      expect(await type(typed)).toBe('Not done: INC-1 is closed. To go on: `/incident reopen` and why.');
      expect(ann.currentView(), typed).toBeUndefined();
    }
    const before = ann.ephemerals(channel).length;
    await ann.click(channel, card.ts, { action_id: 'hr:open-run' }, { stale: card });
    await until(() => ann.ephemerals(channel).length > before);
    expect(last()).toContain('INC-1 is closed.');
    expect(ann.currentView()).toBeUndefined();
  });
});
