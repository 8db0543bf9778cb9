/** The form behind a row of the timeline: corrected by one person, erased by two; and milestones that a person sets. */
import { afterEach, describe, expect, it } from 'vitest';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

describe('in the channel', () => {
  let world: World;
  afterEach(async () => {
    await world.stop();
    expect(world.bugs).toEqual([]);
  });
  const view = (who = 'ann'): string => JSON.stringify(world.slack.as(who).currentView() ?? '');

  async function openForm(channel: string, words: string): Promise<void> {
    const person = world.slack.as('ann');
    await person.slash(channel, '/incident', 'timeline');
    const page = await until(() =>
      person
        .ephemerals(channel)
        .findLast(
          (one) => JSON.stringify(one).includes('hr:open-entry') && JSON.stringify(one).includes(words),
        ),
    );
    const row = (page.blocks as { text?: { text: string }; accessory?: { action_id: string } }[]).find(
      ({ text }) => text?.text.includes(words),
    );
    await person.click(channel, page.ts, { action_id: row?.accessory?.action_id ?? '' });
    await until(() => view().includes('What happened?'));
  }

  it('the Edit button opens a form with what is there, and saves what was typed anew', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const person = world.slack.as('ann');
    await person.slash(channel, '/incident', 'note 5 minutes ago pods are on new nodes');
    await until(() => world.of('note_added')[0]);
    await openForm(channel, 'pods are on new');
    expect(view()).toContain('pods are on new nodes');
    expect(view()).toContain('Empty keeps it');
    await person.fill(undefined, { text: 'pods are on old nodes', reason: 'I mixed them up' });
    await person.submitView();
    const corrected = await until(() => world.of('entry_corrected')[0]);
    expect(corrected.body).toEqual({
      entry: world.of('note_added')[0]?.body.entry,
      why: 'corrected',
      text: 'pods are on old nodes',
      reason: 'I mixed them up',
    });
    await openForm(channel, 'pods are on old');
    expect(view()).toContain('*At first:*');
    expect(view()).toContain('I mixed them up');
    await person.fill(undefined, { at: '10 minutes ago', shown: 'off', reason: 'twice' });
    await person.submitView();
    await until(() => view().includes('Corrected: it is at'));
    expect(world.of('entry_corrected')[1]?.body).toMatchObject({ hidden: true, at: expect.any(Number) });
    expect(world.of('entry_corrected')[1]?.body).not.toHaveProperty('text');
  });

  it('says under its field what cannot be', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const person = world.slack.as('ann');
    await person.slash(channel, '/incident', 'note it began');
    await until(() => world.of('note_added')[0]);
    await openForm(channel, 'it began');
    await person.fill(undefined, { reason: 'x' });
    expect(await person.submitView()).toMatchObject({ ok: false });
    expect(view()).not.toContain('Not done');
    await person.fill(undefined, { at: 'soonish' });
    expect(await person.submitView()).toMatchObject({ ok: false });
    expect(world.of('entry_corrected')).toEqual([]);
  });

  it('a line of Handrail’s own is corrected like a note, and brought back from what was taken off', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const person = world.slack.as('ann');
    await openForm(channel, 'Incident declared as SEV2');
    await person.fill(undefined, { shown: 'off', reason: 'noise' });
    await person.submitView();
    await until(() => world.of('entry_corrected')[0]);
    await person.slash(channel, '/incident', 'timeline hidden');
    const page = await until(() =>
      person.ephemerals(channel).findLast((one) => JSON.stringify(one).includes('taken off the timeline')),
    );
    await person.click(channel, page.ts, { action_id: 'hr:open-entry:0' });
    await until(() => view().includes('What happened?'));
    await person.fill(undefined, { shown: 'on', reason: 'needed after all' });
    await person.submitView();
    const last = await until(() => world.of('entry_corrected')[1]);
    expect(last.body).toMatchObject({ entry: 'v1', hidden: false });
  });

  it('a milestone is set by its command, and told in the channel', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const person = world.slack.as('ann');
    await person.slash(channel, '/incident', 'milestone detected at noonish');
    await until(() => JSON.stringify(person.ephemerals()).includes('is no time'));
    await person.slash(channel, '/incident', 'milestone detected at 5 minutes ago');
    const set = await until(() => world.of('milestone_set')[0]);
    expect(set.body).toMatchObject({ milestone: 'detected', precision: 'about' });
    await until(() =>
      JSON.stringify(person.history(channel)).includes('set a milestone: *Detected* at about'),
    );
    expect(JSON.stringify(person.ephemerals().at(-1))).toContain('is that right?');
  });

  it('two people, the words are gone, and nobody has agreed to their own request', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const [person, second] = [world.slack.as('ann'), world.slack.as('ben')];
    second.join(channel);
    await person.slash(channel, '/incident', 'note patient 4711 called');
    const note = await until(() => world.of('note_added')[0]);
    await until(() => JSON.stringify(person.history(channel)).includes('patient 4711'));
    await openForm(channel, 'patient 4711');
    await person.clickInView(undefined, { action_id: 'hr:open-erase' });
    await until(() => view().includes('taken out of the record for good'));
    await person.fill(undefined, { reason: 'a patient is named' });
    await person.submitView();
    await until(() => view().includes('What Handrail cannot erase'));
    const asked = await until(() =>
      person.history(channel).find((one) => JSON.stringify(one).includes('hr:erase')),
    );
    expect(JSON.stringify(asked)).toContain('a patient is named');
    expect(JSON.stringify(asked)).not.toContain('4711');
    await person.click(channel, String(asked.ts), { action_id: 'hr:erase' });
    await until(() => JSON.stringify(person.ephemerals()).includes('to approve'));
    expect(world.of('entry_erased')).toEqual([]);
    await second.click(channel, String(asked.ts), { action_id: 'hr:erase' });
    const erased = await until(() => world.of('entry_erased')[0]);
    expect(erased.body).toMatchObject({ entry: note.body.entry, askedBy: { name: 'ann' } });
    expect(JSON.stringify(erased.body)).not.toContain('4711');
    await until(() => !JSON.stringify(person.history(channel)).includes('4711'));
    await person.slash(channel, '/incident', 'timeline');
    await until(() =>
      JSON.stringify(person.ephemerals().at(-1)).includes(
        'An entry was erased (a patient is named), by ann and ben.',
      ),
    );
    expect(JSON.stringify(person.ephemerals().at(-1))).not.toContain('4711');
  });

  it('an entry is named by its id as well, and what is no entry is refused in words', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const person = world.slack.as('ann');
    await person.slash(channel, '/incident', 'note patient 4711 called');
    const { entry } = (await until(() => world.of('note_added')[0])).body;
    await person.slash(channel, '/incident', 'erase nothing because x');
    await until(() => JSON.stringify(person.ephemerals()).includes('There is no such entry'));
    await person.slash(channel, '/incident', 'erase v2 why');
    await until(() => JSON.stringify(person.ephemerals()).includes('There are no words in this entry'));
    expect(world.of('erase_asked')).toEqual([]);
    await person.slash(channel, '/incident', `erase ${entry} because a patient is named`);
    const asked = await until(() => world.of('erase_asked')[0]);
    expect(asked.body).toMatchObject({ entry, reason: 'a patient is named' });
    await person.slash(channel, '/incident', `erase ${entry} again`);
    await until(() => JSON.stringify(person.ephemerals()).includes('has already asked for this'));
    world.slack.as('ben').join(channel);
    const message = await until(() =>
      person.history(channel).find((one) => JSON.stringify(one).includes('hr:erase')),
    );
    await world.slack.as('ben').click(channel, String(message.ts), { action_id: 'hr:open-entry' });
    await until(() => view('ben').includes('patient 4711'));
  });
});
