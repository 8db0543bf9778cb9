// A reopening says why: in the event, on the timeline; and one of before, which says nothing, stays readable.
import { beforeEach, expect, it } from 'vitest';
import { parseEvent } from '../../src/incidents/events.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { ana, guest, PureDoor } from '../support/pure-door.ts';

let door: PureDoor;
beforeEach(async () => {
  door = new PureDoor();
  await door.declare();
});
const resolve = () => door.send(ana, { do: 'resolve', at: door.now });
const reopen = (reason: string) => door.send(ana, { do: 'reopen', reason });
const reopened = () => door.events.flatMap((event) => (event.type === 'reopened' ? [event.body] : []));

it.each(['', '   ', '\n'])('without a reason (%j) is refused with the line to type', async (reason) => {
  await resolve();
  expect(await reopen(reason)).toMatchObject({
    ok: false,
    code: 'reason',
    says: 'Give a short reason; it goes into the report: /incident reopen <reason>',
  });
  expect(reopened()).toEqual([]);
  expect((await door.incident(1))?.status).toBe('resolved');
});

it('keeps its reason, after a resolve and after a close', async () => {
  await resolve();
  expect(await reopen(' still 500 ')).toMatchObject({ ok: true });
  await resolve();
  await door.send(ana, { do: 'close' });
  expect(await reopen('the dump is not complete')).toMatchObject({ ok: true });
  expect(reopened()).toEqual([{ reason: 'still 500' }, { reason: 'the dump is not complete' }]);
  expect((await door.incident(1))?.status).toBe('investigating');
  const lines = timeline(door.events).filter(({ text }) => text.startsWith('Reopened'));
  expect(lines.map(({ text }) => text)).toEqual([
    'Reopened: still 500.',
    'Reopened: the dump is not complete.',
  ]);
});

it('of what is open, or by who may not, is refused for that first', async () => {
  expect(await reopen('')).toMatchObject({ code: 'open' });
  await resolve();
  expect(await door.send(guest, { do: 'reopen', reason: '' })).toMatchObject({ code: 'rights' });
});

it('reads an event of before, which has no reason', async () => {
  await resolve();
  await reopen('still 500');
  const old = parseEvent('reopened', {});
  if (!old.known) throw new Error('reopened is not known');
  const events = door.events.map((event) => (event.type === 'reopened' ? { ...event, ...old.event } : event));
  expect(timeline(events).at(-1)?.text).toBe('Reopened.');
});
