// `/incident handover`: a form with how things are; the role changes at once, and the next person is called and brought in.
import { afterEach, expect, it } from 'vitest';
import { timeline } from '../../src/incidents/timeline.ts';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const shown = (channel: string): string => JSON.stringify(world.slack.as('ann').history(channel));
const told = (who = 'ann'): string => JSON.stringify(world.slack.as(who).ephemerals().at(-1) ?? {});

it('gives the role, calls the next person into the channel, and keeps conditions, actions and needs', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  const cat = world.slack.as('cat');
  await ann.closeView().catch(() => undefined);
  await ann.slash(channel, '/incident', 'handover @cat');
  const view = JSON.stringify(ann.currentView());
  expect(view).toContain(`"initial_user":"${cat.user.id}"`);
  expect(view).toContain('SEV2, investigating');
  expect(view).toContain('No step waits.');
  await ann.fill(undefined, { conditions: 'still down', needs: 'watch the\nrestore' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => shown(channel).includes('you have the role *lead* now'));
  expect(shown(channel)).toContain(`<@${cat.user.id}> you have the role`);
  expect(shown(channel)).toContain('*Conditions* still down');
  await until(
    () => world.slack.state.channels.get(channel)?.members.has(cat.user.id),
    'she is in the channel',
  );
  expect((await world.core.incident(1))?.roles.get('lead')?.name).toBe('cat');
  await until(() => world.slack.state.channels.get(channel)?.topic.value.includes('lead cat'));
  const line = timeline(world.core.events).at(-1)?.text ?? '';
  expect(line).toContain('ann handed lead over to cat.');
  expect(line).toContain('Conditions: still down');
  expect(line).toContain('Needs: watch the restore');
  expect(world.of('slack_failed')).toEqual([]);
});

it('asks for the person, takes another role, and refuses what makes no sense under its field', async () => {
  world = await startWorld();
  const channel = await declare(world);
  const ann = world.slack.as('ann');
  await ann.closeView().catch(() => undefined);
  await ann.slash(channel, '/incident', 'handover lead');
  expect(told()).toContain('Write the person, then the role');
  await ann.slash(channel, '/incident', 'handover @cat laed');
  expect(told()).toContain('Did you mean');
  await ann.slash(channel, '/incident', 'handover @cat scribe');
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => world.of('handed_over')[0]);
  expect(world.of('handed_over')[0]?.body).toMatchObject({ role: 'scribe', to: { name: 'cat' } });
  await ann.slash(channel, '/incident', 'handover');
  await ann.fill(undefined, { person: ann.user.id });
  expect(await ann.submitView()).toMatchObject({
    errors: { person: expect.stringContaining('lead already') },
  });
  await ann.fill(undefined, { person: world.slack.botUserId });
  expect(await ann.submitView()).toMatchObject({
    errors: { person: expect.stringContaining('Choose a person') },
  });
  expect(world.of('handed_over')).toHaveLength(1);
});
