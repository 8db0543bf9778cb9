// A note's range keeps its end, and forms speak of the incident's own zone, whatever the settings say by now.
import { DateTime } from 'luxon';
import { afterEach, expect, it } from 'vitest';
import { report } from '../../src/report/report.ts';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const OWN = 'America/Vancouver';
/** The zone of the settings, which somebody changes while the incident is open. */
const settings = { zone: OWN };

async function declared(): Promise<string> {
  settings.zone = OWN;
  const config = {
    get zone() {
      return settings.zone;
    },
    incidentsChannel: 'incidents',
    namespace: 'default',
    invite: { users: [], usergroups: [] },
  };
  world = await startWorld({ door: { config } });
  const channel = await declare(world);
  await world.slack.as('ann').closeView();
  settings.zone = 'Asia/Kathmandu';
  return channel;
}

const yesterday = (clock: string): number => {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  const day = DateTime.fromMillis(world.core.now, { zone: OWN }).minus({ days: 1 });
  return day.set({ hour, minute, second: 0, millisecond: 0 }).toMillis();
};

it('a range by command is a row from its beginning to its end', async () => {
  const channel = await declared();
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'note yesterday 10:30 to 11:54 upgrading');
  const note = await until(() => world.of('note_added')[0]);
  expect(note.body).toMatchObject({ text: 'upgrading', at: yesterday('10:30'), until: yesterday('11:54') });
  const { markdown } = report(world.core.events, { profile: 'default', people: 'names' });
  expect(markdown).toMatch(/\| 10:30 to 11:54 \| -\d+:\d\d \| ann \| upgrading /);
  await until(() => ann.history(channel).some((one) => String(one.text).includes('upgrading')));
  expect(ann.history(channel).find((one) => String(one.text).includes('upgrading'))?.text).toContain(
    '10:30 to 11:54 (America/Vancouver)',
  );
  await ann.slash(channel, '/incident', 'timeline');
  await until(() => JSON.stringify(ann.ephemerals().at(-1)).includes('10:30 to 11:54'));
});

it('a range by form', async () => {
  const channel = await declared();
  const ann = world.slack.as('ann');
  await ann.slash(channel, '/incident', 'note');
  expect(JSON.stringify(ann.currentView())).toContain(`in ${OWN}. Empty means now.`);
  await ann.fill(undefined, { text: 'upgrading', at: 'yesterday 1:00 to 2:00 pm' });
  await ann.submitView();
  const note = await until(() => world.of('note_added')[0]);
  expect(note.body).toMatchObject({ text: 'upgrading', at: yesterday('13:00'), until: yesterday('14:00') });
});

it('every form names the zone in which it is read', async () => {
  const channel = await declared();
  const ann = world.slack.as('ann');
  const hint = `in ${OWN}. Empty means now.`;
  await ann.slash(channel, '/incident', 'resolve');
  expect(JSON.stringify(ann.currentView())).toContain(hint);
  await ann.closeView();
  const card = await until(() =>
    ann.history(channel).find((one) => JSON.stringify(one.blocks ?? []).includes('open-note')),
  );
  for (const verb of ['open-note', 'open-resolve']) {
    await ann.click(channel, String(card.ts), { action_id: `hr:${verb}` });
    expect(JSON.stringify(ann.currentView())).toContain(hint);
    await ann.closeView();
  }
});
