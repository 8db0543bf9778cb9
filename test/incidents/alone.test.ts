// Somebody went alone: who may look at it afterwards, what is settled by it, and what stays.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Asker } from '../../src/incidents/commands.ts';
import { Disk, resizing, TWO_PERSON } from '../support/disk.ts';
import { ana, ben, guest, PureDoor } from '../support/pure-door.ts';

const at = { run: 1, step: 'grow', try: 1 };
const looseEnd = 'A1.grow.1';
let door: PureDoor;

beforeEach(async () => {
  door = new PureDoor({ others: 0 });
  const disk = new Disk();
  await door.declare();
  await door.start(resizing(TWO_PERSON));
  await door.settle({ purpose: 'plan', result: { ok: true, plan: disk.plan() } });
  const hash = (await door.one('grow')).planned?.hash ?? '';
  await door.send(ana, { do: 'ask approval', at, hash });
  await door.send(ana, { do: 'go alone', at, hash, reason: 'Users cannot log in' });
});

const judge = (by: Asker, agrees: boolean, reason?: string): Promise<Answer> =>
  door.send(by, { do: 'judge alone', looseEnd, agrees, ...(reason ? { reason } : {}) });
const end = async () => (await door.incident(1))?.looseEnds.get(looseEnd);
const followUps = async () => [...((await door.incident(1))?.followUps.values() ?? [])];

describe('what somebody decided alone', () => {
  it('is told to the others, once, when it happens', () => {
    const told = door.writes.flatMap(({ effects, events }) =>
      effects.flatMap((effect) =>
        effect.kind === 'tell' ? events.filter(({ version }) => version === effect.version) : [],
      ),
    );
    expect(told.map(({ type }) => type)).toEqual(['approved']);
  });

  it('is settled by who could have approved it', async () => {
    expect(await judge(ben, true)).toMatchObject({ ok: true });
    expect(await end()).toMatchObject({ state: 'gone', says: 'Ben has seen it and agrees.' });
    expect(await followUps()).toEqual([]);
    expect(door.writes.at(-1)?.effects.map(({ kind }) => kind)).toEqual(['card', 'tell']);
  });

  it('is settled with a follow-up by who does not agree, with a reason', async () => {
    expect(await judge(ben, false, ' ')).toMatchObject({ ok: false, code: 'reason' });
    expect(await judge(ben, false, 'The replica was behind')).toMatchObject({ ok: true });
    expect((await end())?.says).toBe('Ben has seen it and does not agree: The replica was behind');
    expect((await followUps()).map(({ text }) => text)).toEqual([
      'Talk about what was decided alone. Ana went alone: Resize the disk. Ben has seen it and does not agree: The replica was behind',
    ]);
  });

  it('is not settled by who went alone, nor outside the group, nor twice', async () => {
    expect(await judge({ ...ana, groups: ['group:dba'] }, true)).toMatchObject({ ok: false, code: 'own' });
    expect(await judge({ ...guest, levels: ['observe', 'operate', 'approve'] }, true)).toMatchObject({
      ok: false,
      says: 'Only dba can say that.',
    });
    expect((await end())?.state).toBe('open');
    await judge(ben, true);
    expect(await judge(ben, false, 'On second thoughts')).toMatchObject({
      ok: false,
      code: 'gone',
      says: 'Ben has seen it and agrees.',
    });
    const wrong = { do: 'judge alone', looseEnd: 'L1.grow.1.0', agrees: true } as const;
    expect(await door.send(ben, wrong)).toMatchObject({ ok: false, code: 'gone' });
  });

  it('can be looked at after the close, also when it was kept', async () => {
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: true } });
    const keep = { do: 'keep', looseEnd, reason: 'It was urgent', until: '', owner: ana.person } as const;
    await door.send(ana, keep);
    await door.send(ana, { do: 'resolve', at: door.now });
    await door.send(ana, { do: 'close' });
    expect(await judge(ben, true)).toMatchObject({ ok: true });
    expect((await end())?.state).toBe('gone');
  });
});
