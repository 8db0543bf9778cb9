// When the time is over until which something was kept: its owner is asked, a day later everybody; nothing is undone.
import { beforeEach, describe, expect, it } from 'vitest';
import type { What } from '../../src/incidents/commands.ts';
import { isOverdue } from '../../src/incidents/loose-end.ts';
import { LeftStage } from '../support/left-stage.ts';
import { ana, ben } from '../support/pure-door.ts';

const DAY = 24 * 3_600_000;
let stage: LeftStage;
beforeEach(async () => {
  stage = await new LeftStage().begin();
});

const keep = (looseEnd: string, until: string): Promise<unknown> =>
  stage.send(ana, { do: 'keep', looseEnd, reason: 'needed', until, owner: ben.person });
const asked = () =>
  stage.door.events.flatMap((event) => (event.type === 'ends_reminded' ? [event.body] : []));
const deadline = (asks: string) => {
  const found = stage.reminders().find(({ what }) => what.do === 'remind' && what.asks === asks);
  if (!found) throw new Error(`nobody is to ask ${asks}`);
  return found;
};

describe('what was kept until a time', () => {
  it('is asked about at that time, of its owner; a day later, without an answer, of everybody; then no more', async () => {
    const id = await stage.added();
    await keep(id, 'tomorrow 10:00');
    const until = Date.UTC(2026, 0, 11, 10);
    const first = deadline('owner');
    expect(first).toMatchObject({ key: `1.kept.${until}.owner`, due: until });
    expect(isOverdue(await stage.end(id))).toBe(false);
    await stage.fallsDue(first);
    expect(asked()).toEqual([{ ids: [id], asks: 'owner', since: until }]);
    expect(isOverdue(await stage.end(id))).toBe(true);
    expect(stage.door.writes.at(-1)?.effects.map(({ kind }) => kind)).toEqual(['tell', 'left']);

    const second = deadline('channel');
    expect(second.key).not.toBe(first.key);
    expect(second.due).toBeGreaterThanOrEqual(until + DAY);
    await stage.fallsDue(second);
    expect(asked().map(({ asks }) => asks)).toEqual(['owner', 'channel']);
    expect(stage.reminders()).toHaveLength(2);
    // Nothing was undone by itself.
    expect((await stage.end(id)).state).toBe('accepted');
    expect(stage.door.types()).not.toContain('act_started');
  });

  it('also after the close', async () => {
    const id = await stage.added();
    await keep(id, 'tomorrow 10:00');
    await stage.send(ana, { do: 'resolve', at: stage.door.now });
    expect(await stage.code(ana, { do: 'close' })).toBe('ok');
    await stage.fallsDue(deadline('owner'));
    expect(asked()).toMatchObject([{ ids: [id], asks: 'owner' }]);
  });

  it('of the same instant is asked about together', async () => {
    const ids = [await stage.added(), await stage.added(), await stage.added()];
    await stage.send(ana, { do: 'keep rest', reason: 'later' });
    expect(stage.reminders()).toHaveLength(1);
    await stage.fallsDue(deadline('owner'));
    expect(asked().map((one) => one.ids.toSorted())).toEqual([ids.toSorted()]);
  });

  describe.each<[string, (id: string) => Promise<unknown>]>([
    ['kept longer', (id) => keep(id, 'in 9 days')],
    ['moved', (id) => stage.send(ana, { do: 'move', looseEnd: id, link: 'https://tracker.example.org/1' })],
    [
      'gone',
      async (id) => {
        await stage.send(ana, { do: 'say gone', looseEnd: id, says: 'deleted' });
        await stage.send(ben, { do: 'say gone', looseEnd: id, says: 'deleted' });
      },
    ],
  ])('%s meanwhile', (_, answer) => {
    it('is not asked about', async () => {
      const id = await stage.added();
      await keep(id, 'tomorrow 10:00');
      const first = deadline('owner');
      await answer(id);
      await stage.fallsDue(first);
      expect(asked()).toEqual([]);
    });

    it('after the owner was asked: nobody else is', async () => {
      const id = await stage.added();
      await keep(id, 'tomorrow 10:00');
      await stage.fallsDue(deadline('owner'));
      await answer(id);
      await stage.fallsDue(deadline('channel'));
      expect(asked().map(({ asks }) => asks)).toEqual(['owner']);
    });
  });

  it('kept anew after the question has another deadline, with another key', async () => {
    const id = await stage.added();
    await keep(id, 'tomorrow 10:00');
    await stage.fallsDue(deadline('owner'));
    await keep(id, 'tomorrow 10:00');
    expect(isOverdue(await stage.end(id))).toBe(false);
    const keys = stage.reminders().map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toContain(`1.kept.${Date.UTC(2026, 0, 12, 10)}.owner`);
  });

  it('can be kept once more with the rest', async () => {
    const id = await stage.added();
    await keep(id, 'in 2 hours');
    await stage.fallsDue(deadline('owner'));
    expect(await stage.code(ana, { do: 'keep rest', reason: 'one more day' })).toBe('ok');
    expect(await stage.end(id)).toMatchObject({ says: 'one more day' });
  });
});

it('what was written down by hand to be gone by a time is asked about as well', async () => {
  const id = await stage.added({ until: 'in 2 hours', owner: ben.person });
  await stage.fallsDue(deadline('owner'));
  expect(asked()).toMatchObject([{ ids: [id] }]);
  // That somebody was asked decides nothing: it still keeps the incident from being closed.
  await stage.send(ana, { do: 'resolve', at: stage.door.now });
  expect(await stage.code(ana, { do: 'close' })).toBe('left');
});

it('is asked by the clock, and by nobody else', async () => {
  const id = await stage.added();
  await keep(id, 'tomorrow 10:00');
  const what: What = { do: 'remind', due: Date.UTC(2026, 0, 11, 10), asks: 'owner' };
  expect(await stage.code(ana, what)).toBe('rights');
  expect(asked()).toEqual([]);
});
