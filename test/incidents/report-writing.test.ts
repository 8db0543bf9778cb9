// What people write for the report: sections, whys, follow-ups, waivers, and how far the report is.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, What } from '../../src/incidents/commands.ts';
import { ana, ben, guest, PureDoor } from '../support/pure-door.ts';

let door: PureDoor;
const says = (answer: Answer): string => answer.says ?? '';
const state = async () => {
  const incident = await door.incident(1);
  if (!incident) throw new Error('no incident');
  return incident;
};
const why = async (text: string, more: Partial<Extract<What, { do: 'write why' }>> = {}): Promise<string> => {
  const answer = await door.send(guest, { do: 'write why', text, ...more });
  if (!answer.ok) throw new Error(answer.says);
  return [...(await state()).whys.keys()].at(-1) ?? '';
};
const resolve = () => door.send(ana, { do: 'resolve', at: door.now });

beforeEach(async () => {
  door = new PureDoor();
  await door.declare();
});

describe('sections', () => {
  it('anyone who may look writes them; line ends are plain, blanks at the ends go, and the text stays out of the state', async () => {
    const text = '  Nobody could log in.  \r\n\r\n- 40 clinics \r\n';
    expect((await door.send(guest, { do: 'write section', section: 'impact', text })).ok).toBe(true);
    expect(door.events.at(-1)).toMatchObject({
      type: 'section_written',
      body: { section: 'impact', text: 'Nobody could log in.\n\n- 40 clinics' },
    });
    expect(JSON.stringify(Object.values(await state()))).not.toContain('40 clinics');
  });

  it('refuses who may not even look, a section without a name, a text that is a book', async () => {
    const nobody = { ...guest, levels: [] };
    const write = (what: Partial<Extract<What, { do: 'write section' }>>, by = ana) =>
      door.send(by, { do: 'write section', section: 'impact', text: 'x', ...what });
    expect(says(await write({}, nobody))).toContain('You may not write for the report');
    expect(says(await write({ section: ' ' }))).toContain('no such section');
    expect(says(await write({ text: 'x'.repeat(12_001) }))).toContain('at most 12000');
    expect(door.types()).toEqual(['incident_declared']);
  });
});

describe('whys', () => {
  it('hang on each other; a change keeps its place', async () => {
    const first = await why('The pods crashed.');
    const second = await why('A package was gone.', { parent: first, open: true });
    expect((await state()).whys).toEqual(
      new Map([
        [first, { open: false }],
        [second, { parent: first, open: true }],
      ]),
    );
    await why('A package was removed.', { id: second });
    expect(door.events.at(-1)).toMatchObject({
      body: { id: second, parent: first, open: true, text: 'A package was removed.' },
    });
  });

  it('refuses a parent that is not there, a circle, an empty answer, an answer that is gone', async () => {
    const first = await why('a');
    const second = await why('b', { parent: first });
    const third = await why('c', { parent: second });
    const write = (what: Omit<Extract<What, { do: 'write why' }>, 'do'>) =>
      door.send(ana, { do: 'write why', ...what });
    const before = door.events.length;
    expect(await write({ text: 'd', parent: 'W99' })).toMatchObject({ ok: false, code: 'parent' });
    expect(await write({ id: first, text: 'a', parent: third })).toMatchObject({ ok: false, code: 'circle' });
    expect(await write({ id: first, text: 'a', parent: first })).toMatchObject({ ok: false, code: 'circle' });
    expect(await write({ text: ' ' })).toMatchObject({ ok: false, code: 'empty' });
    expect(await write({ id: 'W99', text: 'x' })).toMatchObject({ ok: false, code: 'no-why' });
    expect(await write({ id: 'W99', text: '', remove: true })).toMatchObject({ ok: false, code: 'no-why' });
    expect(door.events.length).toBe(before);
  });

  it('takes what hangs on it away with it, and nothing else', async () => {
    const first = await why('a');
    const second = await why('b', { parent: first });
    await why('c', { parent: second });
    const other = await why('beside', { parent: first });
    const answer = await door.send(ana, { do: 'write why', id: second, text: '', remove: true });
    expect(says(answer)).toBe('2 answers are gone.');
    expect([...(await state()).whys.keys()]).toEqual([first, other]);
  });
});

describe('follow-ups', () => {
  const add = (text: string, more: Partial<Extract<What, { do: 'add follow-up' }>> = {}) =>
    door.send(guest, { do: 'add follow-up', text, ...more });

  it('have an owner, a day, a link and a way to tell that they are done; changed, then dropped with a reason', async () => {
    const link = 'https://tickets.example/1';
    const added = await add('Alert on connections', { owner: ben.person, dueOn: '2026-02-01', link });
    const [id = ''] = (await state()).followUps.keys();
    expect(says(added)).toBe(`Follow-up ${id} is written down.`);
    await door.send(ana, { do: 'change follow-up', id, dueOn: '2026-02-08', owner: ben.person, link });
    // Only what is another.
    expect(door.events.at(-1)?.body).toEqual({ id, dueOn: '2026-02-08' });
    const same = await door.send(ana, { do: 'change follow-up', id, dueOn: '2026-02-08' });
    expect(says(same)).toContain('says that already');
    await door.send(ana, { do: 'change follow-up', id, dropped: 'The database is gone.' });
    expect((await state()).followUps.size).toBe(0);
    expect(await door.send(ana, { do: 'change follow-up', id, text: 'x' })).toMatchObject({
      code: 'no-follow-up',
    });
    await add('Another one');
    expect([...(await state()).followUps.keys()]).not.toContain(id);
  });

  it('refuses what is no day, no web address, a login in one, an empty text and the same one twice', async () => {
    await add('Alert on connections');
    expect(await add('Alert on connections ')).toMatchObject({ ok: false, code: 'same' });
    expect(await add('b', { dueOn: '2026-02-30' })).toMatchObject({ ok: false, code: 'day' });
    for (const link of ['tickets.example/1', 'javascript:alert(1)', 'https://a b', 'ftp://x.example'])
      expect(await add('b', { link })).toMatchObject({ ok: false, code: 'link' });
    expect(says(await add('b', { link: 'https://ana:s3cret@tickets.example' }))).toContain('holds a login');
    expect(await add('  ')).toMatchObject({ ok: false, code: 'empty' });
    const [id = ''] = (await state()).followUps.keys();
    expect(await door.send(ana, { do: 'change follow-up', id, dropped: ' ' })).toMatchObject({
      code: 'empty',
    });
    expect((await state()).followUps.size).toBe(1);
  });
});

describe('how far the report is', () => {
  const set = async (to: 'draft' | 'in review' | 'final', by = ana, checked?: number) =>
    door.send(by, { do: 'set report status', to, ...(checked === undefined ? {} : { checked }) });
  const checkedFinal = async (by = ana) => set('final', by, (await state()).version);

  it('draft, in review, final by somebody who may operate; the file follows', async () => {
    await resolve();
    expect((await set('in review', guest)).ok).toBe(true);
    expect(await checkedFinal(guest)).toMatchObject({ ok: false, code: 'rights' });
    expect((await checkedFinal()).ok).toBe(true);
    expect((await state()).reportStatus).toBe('final');
    expect(door.writes.at(-1)?.effects.map(({ kind }) => kind)).toContain('report');
    expect(says(await checkedFinal())).toContain('already');
  });

  it('is not final out of a draft, before the service is back, or unseen', async () => {
    await resolve();
    expect(await checkedFinal()).toMatchObject({ code: 'not-in-review' });
    await set('in review');
    const looked = (await state()).version;
    await door.send(guest, { do: 'write section', section: 'impact', text: 'More.' });
    expect(await set('final', ana, looked)).toMatchObject({ ok: false, code: 'changed' });
    expect(await set('final', ana)).toMatchObject({ ok: false, code: 'changed' });
    await door.send(ana, { do: 'reopen', reason: 'It is down again.' });
    expect(await checkedFinal()).toMatchObject({ code: 'not-resolved' });
  });

  it.each<[string, What]>([
    ['a section', { do: 'write section', section: 'impact', text: 'More.' }],
    ['an answer', { do: 'write why', text: 'Because.' }],
    ['a follow-up', { do: 'add follow-up', text: 'Alert on it' }],
    ['a waiver', { do: 'waive', code: 'PIR010', key: 'k', reason: 'It is a quotation.' }],
    ['an update', { do: 'post update', text: 'It is back.', outside: false }],
    ['another severity', { do: 'set severity', severity: 'SEV1' }],
    ['a handover', { do: 'hand over', role: 'lead', to: ben.person, says: '' }],
  ])('is a draft again with %s', async (_, what) => {
    await resolve();
    await set('in review');
    await checkedFinal();
    expect((await door.send(guest, what)).ok).toBe(true);
    expect((await state()).reportStatus).toBe('draft');
    expect(door.types().slice(-1)).toEqual(['report_status_set']);
  });

  it('stays final when a machine looks once more, and after the close everything may still be written', async () => {
    await resolve();
    await set('in review');
    await checkedFinal();
    await door.send(ana, { do: 'check what is left' });
    await door.send(ana, { do: 'close' });
    expect((await state()).reportStatus).toBe('final');
    expect((await door.send(guest, { do: 'write section', section: 'lessons', text: 'Late.' })).ok).toBe(
      true,
    );
    expect((await set('in review', guest)).ok).toBe(true);
    expect((await checkedFinal()).ok).toBe(true);
  });
});

describe('a question that does not apply', () => {
  const waive = (code: string, reason: string) => door.send(guest, { do: 'waive', code, key: 'k', reason });

  it('keeps its reason; a secret is never waived', async () => {
    expect((await waive('PIR010', 'It is a quotation.')).ok).toBe(true);
    expect(door.events.at(-1)?.body).toEqual({ code: 'PIR010', key: 'k', reason: 'It is a quotation.' });
    expect(await waive('PIR016', 'It is an old one.')).toMatchObject({ ok: false, code: 'rule' });
    expect(await waive('PIR010', 'no')).toMatchObject({ ok: false, code: 'empty' });
  });
});
