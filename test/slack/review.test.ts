// The review in Slack: what people write through it, what holds final up, and who may say that it is final.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let channel: string;
const as = (who: string) => world.slack.as(who);
const whispers = (who: string) => as(who).ephemerals(channel);
const shown = (who: string): string => JSON.stringify(whispers(who).at(-1) ?? '');
const view = (who: string) => as(who).currentView();
const blocks = (who: string): string => JSON.stringify(view(who)?.blocks ?? []);

/** The newest message that only this person sees, once it holds these words. */
const told = (who: string, words: string) =>
  until(() => (shown(who).includes(words) ? whispers(who).at(-1) : undefined), `${who} reads ${words}`);

async function press(who: string, action: string): Promise<void> {
  const message = await told(who, `"${action}"`);
  await as(who).click(channel, message.ts, { action_id: action });
}
async function open(who: string, action: string, field: string): Promise<void> {
  await press(who, action);
  await until(() => blocks(who).includes(`"block_id":"${field}"`), `the form with ${field} is open`);
}
async function submit(who: string, values: Record<string, string>): Promise<void> {
  await as(who).fill(undefined, values);
  const outcome = await as(who).submitView();
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
}
const statuses = () => world.of('report_status_set').map(({ body }) => body.to);

beforeEach(async () => {
  world = await startWorld();
  channel = await declare(world);
  await as('ann').closeView();
  for (const who of ['ben', 'cat']) as(who).join(channel);
  world.core.now += 600_000;
  for (const milestone of ['detected', 'acknowledged', 'fixed'])
    await as('ann').slash(channel, '/incident', `milestone ${milestone} now`);
  await until(() => world.of('milestone_set').length === 3);
  await as('ann').slash(channel, '/incident', 'resolve it was restarted');
  await as('ann').submitView();
  await until(() => world.of('resolved')[0]);
});
afterEach(async () => {
  await world.stop();
  expect(world.bugs).toEqual([]);
});

it('from a draft with gaps to final, by two people', async () => {
  await as('ann').slash(channel, '/incident', 'report');
  await told('ann', 'Report of INC-1: draft');
  expect(shown('ann')).toContain('2 things keep it from being final');
  await press('ann', 'hr:report-status:0');
  await told('ann', 'Report of INC-1: in review');
  await press('ann', 'hr:report-status:1');
  await told('ann', 'Not final yet');
  expect(statuses()).toEqual(['in review']);

  // Ann writes the section that the first question is about.
  await open('ann', 'hr:open-section:0', 'text');
  expect(view('ann')?.callback_id).toBe('hr-section');
  await submit('ann', { text: '- Nobody watched the pool.\n- A restart helped.' });
  await told('ann', '*Lessons* is written.');
  expect(world.of('section_written').map(({ body }) => body.section)).toEqual(['lessons']);

  // Cat, who may only look, adds a follow-up.
  await as('cat').slash(
    channel,
    '/incident',
    `follow-up Alert on the pool <@${as('ben').user.id}|ben> by 2031-01-31`,
  );
  await told('cat', 'ben, by Friday 2031-01-31');
  await as('cat').slash(channel, '/incident', 'report');
  await told('cat', 'Nothing keeps it from being final');
  await press('cat', 'hr:report-status:1');
  await told('cat', 'right to operate');
  expect(statuses()).toEqual(['in review']);

  // Ben, who may operate, makes it final; the file follows.
  await as('ben').slash(channel, '/incident', 'report');
  await press('ben', 'hr:report-status:1');
  await told('ben', 'Report of INC-1: final');
  expect(statuses()).toEqual(['in review', 'final']);
  expect(
    world
      .of('report_status_set')
      .at(-1)
      ?.body.problems.map(({ code }) => code),
  ).toContain('PIR002');
  await until(() => JSON.stringify(as('ann').history(channel)).includes('Final report of INC-1'));
  expect(JSON.stringify(as('ann').history(channel))).toContain('made the report final');

  // Whoever writes in it afterwards makes it a draft again.
  await as('cat').slash(channel, '/incident', 'follow-up Ask the vendor');
  await until(() => statuses().at(-1) === 'draft');
  await until(() => JSON.stringify(as('ann').history(channel)).includes('The report is a draft again'));
});

it('a secret in a section blocks final and names the line; the form brings the words back', async () => {
  await as('ann').slash(channel, '/incident', 'report');
  await open('ann', 'hr:open-section', 'name');
  await submit('ann', { name: 'impact' });
  await until(() => blocks('ann').includes('"block_id":"text"'));
  const text = 'Nobody could log in.\nIt used postgres://app:hunter2hunter2@db/web';
  await submit('ann', { text });
  await told('ann', '*Impact* is written.');
  await press('ann', 'hr:report-review');
  await told('ann', 'holds a secret');
  expect(shown('ann')).toMatch(/\*Impact\*, line \d+: This line holds a secret or personal data/);
  expect(shown('ann')).not.toContain('hunter2');
});

it('the second of two people in one section is told, and writes over nothing', async () => {
  for (const who of ['ann', 'ben']) {
    await as(who).slash(channel, '/incident', 'report');
    await open(who, 'hr:open-section:0', 'text');
  }
  await submit('ann', { text: 'Ann’s lesson.' });
  await as('ben').fill(undefined, { text: 'Ben’s lesson.' });
  expect(await as('ben').submitView()).toMatchObject({ ok: false });
  expect(world.of('section_written').map(({ body }) => body.text)).toEqual(['Ann’s lesson.']);
  await as('ben').closeView();
  await open('ben', 'hr:open-section:0', 'text');
  expect(blocks('ben')).toContain('Ann’s lesson.');
});

it('the whys grow one answer at a time in the same form', async () => {
  await as('cat').slash(channel, '/incident', 'report');
  await open('cat', 'hr:open-whys', 'answer-0');
  await submit('cat', { 'text-0': 'The pool was full.' });
  await until(() => blocks('cat').includes('"block_id":"answer-1"'));
  // The newest answer is the one that the next one explains.
  await submit('cat', { 'text-1': 'Old pods kept their connections.' });
  await until(() => blocks('cat').includes('"block_id":"answer-2"'));
  const [first, second] = world.of('why_written').map(({ body }) => body);
  expect(second).toMatchObject({ parent: first?.id, text: 'Old pods kept their connections.' });
  await submit('cat', { 'act-2': 'open', 'answer-2': second?.id ?? '' });
  await until(() => blocks('cat').includes('nobody knows why'));
  await submit('cat', { 'act-3': 'remove', 'answer-3': first?.id ?? '' });
  await until(() => blocks('cat').includes('Nobody has written one yet'));
  expect((await world.core.incident(1))?.whys.size).toBe(0);
  await as('cat').fill(undefined, { 'act-4': 'change' });
  expect(await as('cat').submitView()).toMatchObject({ ok: false });
});

it('a follow-up is chosen, changed and dropped; a question is waived with a reason', async () => {
  await as('ann').slash(channel, '/incident', 'follow-up Alert on the pool');
  await told('ann', 'It needs an owner and a day');
  const id = world.of('follow_up_added')[0]?.body.id ?? '';
  await as('ann').slash(channel, '/incident', 'report');
  await open('ann', 'hr:open-follow-ups', 'which');
  await submit('ann', { which: id });
  await until(() => blocks('ann').includes('"block_id":"due"'));
  expect(blocks('ann')).toContain('Alert on the pool');
  await as('ann').fill(undefined, { due: '2020-01-01', owner: as('ben').user.id });
  expect(await as('ann').submitView()).toMatchObject({ ok: false });
  await submit('ann', { due: '2031-01-31', link: 'https://tickets.example/1' });
  await told('ann', 'By Friday 2031-01-31.');
  expect(world.of('follow_up_changed')[0]?.body).toMatchObject({
    id,
    dueOn: '2031-01-31',
    link: 'https://tickets.example/1',
    owner: { name: 'ben' },
  });

  await press('ann', 'hr:report-review');
  await open('ann', 'hr:open-waive', 'question');
  const [{ element } = {}] = (view('ann')?.blocks ?? []) as {
    element?: { options?: { text: { text: string }; value: string }[] };
  }[];
  const impact = element?.options?.find(({ text }) => text.text.startsWith('Impact'));
  await submit('ann', { question: impact?.value ?? '', reason: 'Nobody was there at night.' });
  await told('ann', 'the reason stays in the report');
  expect(world.of('lint_waived').map(({ body }) => body.code)).toEqual(['PIR002']);
  await press('ann', 'hr:report-review');
  await told('ann', 'Does not apply, and why');
});

it('report file posts the file; other words are refused; elsewhere one is asked which incident', async () => {
  await as('cat').slash(channel, '/incident', 'report file');
  await told('cat', 'comes into the channel');
  expect(world.of('report_asked')).toHaveLength(1);
  await as('cat').slash(channel, '/incident', 'report pydis');
  await told('cat', '“pydis” is neither');
  await as('cat').slash('random', '/incident', 'report');
  await until(() => JSON.stringify(as('cat').ephemerals('random')).includes('For which incident?'));
});

it('a line of a follow-up is understood, whatever the order of its parts', async () => {
  const ben = `<@${as('ben').user.id}|ben>`;
  await as('cat').slash(
    channel,
    '/incident',
    `follow-up ${ben} Stand by friday drills <https://t.example/1> by 2031-01-31`,
  );
  await told('cat', '2031-01-31');
  expect(world.of('follow_up_added')[0]?.body).toMatchObject({
    text: 'Stand by friday drills',
    dueOn: '2031-01-31',
    link: 'https://t.example/1',
    owner: { name: 'ben' },
  });
  await as('cat').slash(channel, '/incident', 'follow-up Test it by 2020-01-01');
  await told('cat', 'has passed');
  await as('cat').slash(channel, '/incident', `follow-up Test it ${ben} <@${as('ann').user.id}|ann>`);
  await told('cat', 'One person looks after');
  expect(world.of('follow_up_added')).toHaveLength(1);
  await as('cat').slash(channel, '/incident', 'follow-up');
  await until(() => view('cat')?.callback_id === 'hr-follow-up');
});
