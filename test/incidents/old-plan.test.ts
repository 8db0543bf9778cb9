// How long a plan can be confirmed: after that it is read anew, and the new one asks for its own confirmation.
import { beforeEach, describe, expect, it } from 'vitest';
import { timeline } from '../../src/incidents/timeline.ts';
import { Disk, resizing } from '../support/disk.ts';
import { ana, ben, PureDoor } from '../support/pure-door.ts';

const at = { run: 1, step: 'grow', try: 1 };
const MINUTE = 60_000;
let door: PureDoor;
let disk: Disk;

beforeEach(() => {
  door = new PureDoor();
  disk = new Disk();
});

const plan = () => door.settle({ purpose: 'plan', result: { ok: true, plan: disk.plan() } });
const plans = () => door.attempts.filter(({ purpose }) => purpose === 'plan').length;
const calls = () => door.attempts.filter(({ purpose }) => purpose === 'act').length;
const hashNow = async () => (await door.one('grow')).planned?.hash ?? '';

async function planned(confirm?: string): Promise<string> {
  await door.declare();
  await door.start(resizing(confirm));
  await plan();
  return hashNow();
}

describe('a plan', () => {
  it('is confirmed within its time', async () => {
    const hash = await planned();
    door.now += 10 * MINUTE - 2000;
    await door.send(ana, { do: 'confirm', at, hash });
    expect([plans(), calls()]).toEqual([1, 1]);
  });

  it.each([
    ['{ level: click }', 11, '11 minutes'],
    ['{ level: click }', 3 * 60, '3 hours'],
    ['{ level: click }', 2 * 24 * 60 + 30, '2 days'],
    ['{ level: type, phrase: disk }', 61, '1 hour'],
    ['{ level: click, expires: 1m }', 1, '1 minute'],
  ])('%s after %i minutes is read anew: %s', async (confirm, minutes, words) => {
    const hash = await planned(confirm);
    door.now += minutes * MINUTE;
    expect(await door.send(ana, { do: 'confirm', at, hash, phrase: 'disk' })).toMatchObject({ ok: true });
    expect((await door.one('grow')).lastSays).toBe(`The plan is ${words} old. Here is the new one.`);
    expect([plans(), calls(), door.locks.size]).toEqual([2, 0, 0]);
    await plan();
    expect((await door.one('grow')).phase).toBe('planned');
    await door.send(ana, { do: 'confirm', at, hash: await hashNow(), phrase: 'disk' });
    expect(calls()).toBe(1);
  });

  it('holds as long as the runbook says', async () => {
    const hash = await planned('{ level: click, expires: 1d }');
    door.now += 23 * 60 * MINUTE;
    await door.send(ana, { do: 'confirm', at, hash });
    expect(calls()).toBe(1);
  });

  it('is not read anew for somebody who may not start it, nor for an old button', async () => {
    const hash = await planned();
    door.now += 60 * MINUTE;
    expect(await door.send({ ...ana, levels: ['observe'] }, { do: 'confirm', at, hash })).toMatchObject({
      code: 'rights',
    });
    expect(await door.send(ben, { do: 'confirm', at, hash: 'another' })).toMatchObject({
      code: 'plan-changed',
    });
    expect(plans()).toBe(1);
  });

  it('of an undo as well', async () => {
    const hash = await planned();
    await door.send(ana, { do: 'confirm', at, hash });
    disk.edit(3);
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: true } });
    await door.send(ana, { do: 'undo', run: 1, step: 'grow' });
    await plan();
    door.now += 60 * MINUTE;
    const undo = { ...at, try: 2 };
    await door.send(ana, { do: 'confirm', at: undo, hash: await hashNow() });
    expect((await door.one('grow')).phase).toBe('planning');
    await plan();
    await door.send(ana, { do: 'confirm', at: undo, hash: await hashNow() });
    expect(calls()).toBe(2);
  });

  it('that was read anew leaves no line on the timeline', async () => {
    const hash = await planned();
    door.now += 60 * MINUTE;
    await door.send(ana, { do: 'confirm', at, hash });
    await plan();
    await door.send(ana, { do: 'confirm', at, hash: await hashNow() });
    const texts = timeline(door.events).map(({ text }) => text);
    expect(texts.filter((text) => /lapsed|old/.test(text))).toEqual([]);
  });
});
