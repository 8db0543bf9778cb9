// What is left is kept, said to be gone, moved or written down by people; where two are needed, one is not enough.
import { beforeEach, describe, expect, it } from 'vitest';
import type { What } from '../../src/incidents/commands.ts';
import { byUrgency } from '../../src/incidents/left-words.ts';
import { DISK, LeftStage } from '../support/left-stage.ts';
import { ana, ben, guest } from '../support/pure-door.ts';

let stage: LeftStage;
beforeEach(async () => {
  stage = await new LeftStage().begin();
});

const keep = (looseEnd: string, more: { reason?: string; until?: string } = {}): What => {
  return { do: 'keep', looseEnd, reason: 'needed', until: 'tomorrow 10:00', owner: ben.person, ...more };
};
const last = () => stage.door.events.at(-1);

describe('keeping one thing', () => {
  it('has a reason, somebody who looks after it, and a time that was understood and is said back', async () => {
    const id = await stage.added();
    const answer = await stage.send(ana, keep(id));
    expect(answer).toMatchObject({
      ok: true,
      says: 'Kept until Sunday 2026-01-11 10:00 (UTC). Ben is asked then.',
    });
    expect(last()?.body).toMatchObject({
      state: 'accepted',
      says: 'needed',
      owner: { name: 'Ben' },
      until: '2026-01-11 10:00',
      untilAt: Date.UTC(2026, 0, 11, 10),
    });
  });

  it.each([
    ['without a reason', { reason: ' ' }, 'reason'],
    ['until a time that nobody understands', { until: 'whenever' }, 'until'],
    ['until a time that has been', { until: '2020-01-01' }, 'until'],
    ['without a time', { until: '' }, 'until'],
  ])('is refused %s', async (_, more, code) => {
    const id = await stage.added();
    const before = stage.door.events.length;
    expect(await stage.code(ana, keep(id, more))).toBe(code);
    expect(stage.door.events).toHaveLength(before);
  });

  it('needs the right to operate; writing it down needs only to observe', async () => {
    const id = await stage.added();
    expect(await stage.code(guest, keep(id))).toBe('rights');
    const add = { do: 'add left', title: 'an open door', object: 'the datacentre' } as const;
    expect(await stage.code(guest, add)).toBe('ok');
    expect(await stage.code({ ...guest, levels: [] }, add)).toBe('rights');
  });

  it('keeps its words when something looks at it later, and goes when that sees it gone', async () => {
    await stage.madeLarger();
    await stage.send(ana, keep(DISK));
    await stage.send(ana, { do: 'check what is left', looseEnd: DISK });
    await stage.door.settle({ purpose: 'probe', result: { ok: true, gone: false } });
    expect(await stage.end(DISK)).toMatchObject({ state: 'accepted', says: 'needed' });
    await stage.send(ana, { do: 'check what is left', looseEnd: DISK });
    await stage.door.settle({ purpose: 'probe', result: { ok: false, says: 'forbidden' } });
    expect(await stage.end(DISK)).toMatchObject({ state: 'accepted', says: 'needed' });
    await stage.send(ana, { do: 'check what is left', looseEnd: DISK });
    await stage.door.settle({ purpose: 'probe', result: { ok: true, gone: true } });
    expect((await stage.end(DISK)).state).toBe('gone');
  });
});

describe('keeping the rest', () => {
  it('is one press: for all that is not sensitive, by the lead, until tomorrow at ten', async () => {
    await stage.madeLarger();
    const pod = await stage.added();
    const dump = await stage.added({ sensitivity: 'personal-data' });
    await stage.send(ana, { do: 'set role', role: 'lead', person: ben.person });
    const answer = await stage.send(ana, { do: 'keep rest', reason: 'in the morning' });
    expect(answer.says).toBe('2 are kept until Sunday 2026-01-11 10:00 (UTC). Ben is asked then.');
    for (const id of [DISK, pod])
      expect(await stage.end(id)).toMatchObject({ state: 'accepted', owner: { name: 'Ben' } });
    expect((await stage.end(dump)).state).toBe('open');
    expect(stage.reminders()).toHaveLength(1);
    expect(await stage.code(ana, { do: 'keep rest', reason: 'again' })).toBe('gone');
  });

  it('asks for its reason, and leaves what was decided as it was decided', async () => {
    const first = await stage.added();
    await stage.added();
    await stage.send(ana, keep(first, { until: 'friday' }));
    expect(await stage.code(ana, { do: 'keep rest', reason: '' })).toBe('reason');
    await stage.send(ana, { do: 'keep rest', reason: 'later', until: 'in 2 hours' });
    expect((await stage.end(first)).says).toBe('needed');
    expect(stage.reminders()).toHaveLength(2);
  });
});

describe.each(['personal-data', 'access'] as const)('%s', (sensitivity) => {
  let id: string;
  beforeEach(async () => {
    id = await stage.added({ title: 'a dump', sensitivity });
  });

  it('is kept by two people, and never by one', async () => {
    await stage.send(ana, keep(id));
    expect(await stage.end(id)).toMatchObject({ state: 'open', waits: { for: 'keep', by: { name: 'Ana' } } });
    const approver = { ...ana, levels: ['observe', 'operate', 'approve'] } as const;
    expect(await stage.code(approver, { do: 'agree keep', looseEnd: id })).toBe('own');
    expect(await stage.code(guest, { do: 'agree keep', looseEnd: id })).toBe('rights');
    expect(
      await stage.code({ ...guest, levels: ['observe', 'operate'] }, { do: 'agree keep', looseEnd: id }),
    ).toBe('rights');
    expect((await stage.end(id)).state).toBe('open');
    expect(await stage.code(ben, { do: 'agree keep', looseEnd: id })).toBe('ok');
    expect(last()?.body).toMatchObject({
      state: 'accepted',
      says: 'needed',
      second: { name: 'Ben' },
      owner: { name: 'Ben' },
      untilAt: Date.UTC(2026, 0, 11, 10),
    });
    expect(await stage.code(ben, { do: 'agree keep', looseEnd: id })).toBe('not-asked');
  });

  it('is not kept by one human with two identities', async () => {
    Object.assign(stage.door.knows, { samePerson: () => true });
    await stage.send(ana, keep(id));
    expect(await stage.code(ben, { do: 'agree keep', looseEnd: id })).toBe('own');
  });

  it('who agrees agrees to what they were shown, not to what was asked for since then', async () => {
    await stage.send(ana, keep(id));
    const shown = (await stage.end(id)).waits?.at ?? 0;
    stage.door.now += 60_000;
    await stage.send(ana, keep(id, { until: '2030-01-01', reason: 'for ever' }));
    const agree = { do: 'agree keep', looseEnd: id } as const;
    expect(await stage.code(ben, { ...agree, asked: shown })).toBe('changed');
    expect(await stage.code(ben, { ...agree, asked: (await stage.end(id)).waits?.at ?? 0 })).toBe('ok');
  });

  it('an agreement that comes too late keeps nothing', async () => {
    await stage.send(ana, keep(id, { until: 'in 2 hours' }));
    stage.door.now += 3 * 3_600_000;
    expect(await stage.code(ben, { do: 'agree keep', looseEnd: id })).toBe('expired');
  });

  it('is not kept with the rest, nor moved', async () => {
    expect(await stage.code(ana, { do: 'keep rest', reason: 'all of it' })).toBe('gone');
    const link = 'https://tracker.example.org/1';
    expect(await stage.code(ana, { do: 'move', looseEnd: id, link })).toBe('sensitive');
  });
});

it('who waits for a second person goes on waiting when something looks meanwhile', async () => {
  await stage.madeLarger();
  const end = await stage.end(DISK);
  Object.assign(end.opened, { sensitivity: 'access' });
  await stage.send(ana, keep(DISK));
  await stage.send(ana, { do: 'check what is left' });
  await stage.door.settle({ purpose: 'probe', result: { ok: true, gone: false } });
  expect((await stage.end(DISK)).waits).toMatchObject({ for: 'keep' });
});

describe('it is gone', () => {
  const say = (looseEnd: string, says = 'deleted by hand'): What => ({ do: 'say gone', looseEnd, says });

  it('when two people say so, where nothing can look', async () => {
    const id = await stage.added();
    expect(await stage.send(ana, say(id))).toMatchObject({
      ok: true,
      says: 'Somebody else has to say so too.',
    });
    expect(await stage.code(ana, say(id, 'really'))).toBe('own');
    expect((await stage.end(id)).state).toBe('open');
    expect(await stage.code(guest, say(id))).toBe('rights');
    expect(await stage.code(ben, say(id, 'not in the list of pods any more'))).toBe('ok');
    expect(await stage.end(id)).toMatchObject({
      state: 'gone',
      says: 'Ana says: deleted by hand. Ben says: not in the list of pods any more.',
    });
    expect(await stage.code(ana, say(id))).toBe('gone');
  });

  it('is no matter of words where something can look', async () => {
    await stage.madeLarger();
    expect(await stage.code(ana, say(DISK))).toBe('probe');
  });

  it('needs words', async () => {
    expect(await stage.code(ana, say(await stage.added(), ' '))).toBe('reason');
  });
});

describe('moving', () => {
  it.each([
    ['https://tracker.example.org/123', 'https://tracker.example.org/123'],
    ['<https://tracker.example.org/123|OPS-123>', 'https://tracker.example.org/123'],
    [' http://git.example.org/pull/4 ', 'http://git.example.org/pull/4'],
  ])('to %s', async (typed, link) => {
    const id = await stage.added();
    expect(await stage.code(ana, { do: 'move', looseEnd: id, link: typed })).toBe('ok');
    expect(await stage.end(id)).toMatchObject({ state: 'moved', link });
  });

  it.each(['OPS-123', 'ftp://x.example.org/1', 'javascript:alert(1)', 'https://u:p@example.org/', ''])(
    'not to “%s”',
    async (link) => {
      const id = await stage.added();
      expect(await stage.code(ana, { do: 'move', looseEnd: id, link })).toBe('link');
      expect((await stage.end(id)).state).toBe('open');
    },
  );

  it('is not looked for any more, nor reminded of', async () => {
    await stage.madeLarger();
    await stage.send(ana, keep(DISK));
    await stage.send(ana, { do: 'move', looseEnd: DISK, link: 'https://tracker.example.org/1' });
    const before = stage.door.attempts.length;
    await stage.send(ana, { do: 'check what is left' });
    await stage.send(ana, { do: 'resolve', at: stage.door.now });
    expect(stage.door.attempts).toHaveLength(before);
    for (const one of stage.reminders()) await stage.fallsDue(one);
    expect(stage.door.types()).not.toContain('ends_reminded');
  });
});

it('is taken back in this order: personal data, access, and of the rest the newest first', async () => {
  const ids = [
    await stage.added({ title: 'old' }),
    await stage.added({ title: 'grant', sensitivity: 'access' }),
    await stage.added({ title: 'dump', sensitivity: 'personal-data' }),
    await stage.added({ title: 'new' }),
    await stage.added({ title: 'second dump', sensitivity: 'personal-data' }),
  ];
  const ends = await Promise.all(ids.map((id) => stage.end(id)));
  const titles = ['second dump', 'dump', 'grant', 'new', 'old'];
  expect(byUrgency(ends).map(({ opened }) => opened.title)).toEqual(titles);
  expect(byUrgency(ends.map((end) => ({ ...end, openedAt: 7 }))).map(({ opened }) => opened.title)).toEqual(
    titles,
  );
});

it('what was kept while nobody knew whether it is there is gone when it was never made', async () => {
  await stage.called();
  await stage.door.settle({ purpose: 'act', result: { ok: false, says: 'the connection was lost' } });
  await stage.door.lose('happened');
  await stage.send(ana, { do: 'keep rest', reason: 'looked at in the morning' });
  expect((await stage.end(DISK)).state).toBe('accepted');
  const at = { run: 1, step: 'grow', try: 1 };
  await stage.send(ana, { do: 'try again', at });
  await stage.door.settle({ purpose: 'happened', result: { ok: true, happened: 'not made' } });
  expect(await stage.end(DISK)).toMatchObject({ state: 'gone', says: 'The change was not made.' });
});
