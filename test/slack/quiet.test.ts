// The question to a quiet channel: it calls the lead, is answered with one word or put off, and says when it is over.
import { afterEach, expect, it } from 'vitest';
import { handle } from '../../src/incidents/handle.ts';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

const MINUTE = 60_000;
let asked = 0;
/** As the loop does when the row is due. */
async function fallsDue(minutes = 31): Promise<void> {
  world.core.now += minutes * MINUTE;
  await handle(world.core, world.core.knows, {
    id: `quiet:${++asked}`,
    incident: 1,
    by: { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] },
    now: world.core.now,
    what: { do: 'ask about quiet', due: world.core.now },
  });
}
type Shown = { ts: string; text: string; blocks: unknown[] };
const questions = (channel: string): Shown[] =>
  (world.slack.as('ann').history(channel) as unknown as Shown[]).filter((one) =>
    /Nothing was written down|Asked again below/.test(one.text),
  );
const text = (message: Shown | undefined): string => JSON.stringify(message ?? {});

async function startQuiet(): Promise<string> {
  world = await startWorld({
    door: {
      config: {
        zone: 'UTC',
        incidentsChannel: 'incidents',
        namespace: 'default',
        invite: { users: [], usergroups: [] },
        quietMinutes: 30,
      },
    },
  });
  const channel = await declare(world);
  await world.slack
    .as('ann')
    .closeView()
    .catch(() => undefined);
  return channel;
}

it('calls the lead once, and one word answers it', async () => {
  const channel = await startQuiet();
  const ann = world.slack.as('ann');
  await fallsDue(29);
  expect(world.of('quiet_asked')).toEqual([]);
  await fallsDue(2);
  const question = await until(() => questions(channel)[0]);
  expect(text(question)).toContain(`<@${ann.user.id}>`);
  await fallsDue(60);
  expect(world.of('quiet_asked')).toHaveLength(1);
  await ann.click(channel, question.ts, { action_id: 'hr:open-still' });
  await ann.fill(undefined, { still: 'the restore, 40 %' });
  expect(await ann.submitView()).toMatchObject({ ok: true });
  await until(() => !text(questions(channel)[0]).includes('hr:'), 'the buttons are gone');
  expect(world.of('note_added')[0]?.body).toMatchObject({ text: 'Still working on it: the restore, 40 %' });
  expect(text(questions(channel)[0])).toContain('ann went on');
  expect(questions(channel)).toHaveLength(1);
  await fallsDue();
  await until(() => questions(channel).length === 2);
});

it('is put off for an hour by one press; a press on the old message says that it is over', async () => {
  const channel = await startQuiet();
  const ann = world.slack.as('ann');
  await fallsDue();
  const question = await until(() => questions(channel)[0]);
  await ann.click(channel, question.ts, { action_id: 'hr:quiet-later' });
  await until(() => text(questions(channel)[0]).includes('ask again at'));
  expect(text(questions(channel)[0])).not.toContain('hr:');
  await fallsDue(61);
  await until(
    () => questions(channel).length === 2 && text(questions(channel)[0]).includes('Asked again below'),
  );
  const second = questions(channel)[1] as Shown;
  await ann.slash(channel, '/incident', 'note it was the disk');
  await until(() => text(questions(channel)[1]).includes('went on'));
  await ann.click(channel, second.ts, { action_id: 'hr:quiet-later' }, { stale: second });
  await until(() => JSON.stringify(ann.ephemerals(channel)).includes('written down meanwhile'));
  expect(world.of('quiet_snoozed')).toHaveLength(1);
});

it('is not posted any more when somebody wrote before it came into the channel', async () => {
  const channel = await startQuiet();
  await until(() => world.published.length > 0);
  await world.drain();
  const event = { kind: 'quiet' } as const;
  world.core.now += 40 * MINUTE;
  // Both are decided before anything is drawn.
  const due = handle(world.core, world.core.knows, {
    id: 'q',
    incident: 1,
    by: { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] },
    now: world.core.now,
    what: { do: 'ask about quiet', due: world.core.now },
  });
  const noted = handle(world.core, world.core.knows, {
    id: 'n',
    incident: 1,
    by: { person: { id: 'slack:U1', name: 'ann' }, levels: ['observe'], groups: [] },
    now: world.core.now,
    what: { do: 'set severity', severity: 'SEV1' },
  });
  await Promise.all([due, noted]);
  const { version = 0 } = world.of('quiet_asked')[0] ?? {};
  await world.publish({ ...event, version }, 1);
  await world.drain();
  await until(() => world.published.some(({ effect }) => effect.kind === 'quiet'));
  expect((await world.core.incident(1))?.quietQuestion?.over).toBeDefined();
  expect(questions(channel).filter((one) => text(one).includes('hr:'))).toEqual([]);
});
