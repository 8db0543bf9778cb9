/** Defects that were found in others' code, as far as they are about the record: each must not be one of ours. */
import { describe, expect, it } from 'vitest';
import type { What } from '../../src/incidents/commands.ts';
import { leadingTime, timeWords } from '../../src/incidents/time-words.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { model } from '../../src/report/model.ts';
import { ana, ben, PureDoor } from '../support/pure-door.ts';
import { declaration, story } from '../support/story.ts';

const HOUR = 3_600_000;
const pin = (at: number): What => ({
  do: 'note',
  body: {
    entry: 'pin-C1-1.1',
    kind: 'note',
    text: 'pods are on new nodes',
    at,
    precision: 'exact',
    source: { kind: 'slack', channel: 'C1', ts: '1.1' },
  },
});

describe('peers’ defect 1: an event row stored before the duplicate check', () => {
  it('a second person’s pushpin stores no second row, nor does one that was taken off and set again', async () => {
    const door = new PureDoor();
    await door.declare();
    const at = door.now - HOUR;
    await door.send(ana, pin(at));
    expect(await door.send(ben, pin(at))).toMatchObject({
      ok: true,
      says: expect.stringContaining('already'),
    });
    await door.send(ana, { do: 'correct', channel: 'C1', ts: '1.1', why: 'pushpin removed' });
    await door.send(ben, pin(at));
    expect(door.types().filter((type) => type === 'note_added')).toHaveLength(1);
    const lines = timeline(door.events).filter(({ text }) => text === 'pods are on new nodes');
    expect(lines).toMatchObject([{ show: 'keep' }]);
  });
});

describe('peers’ defect 3: the time of the row instead of the time of the event', () => {
  it('a line, its length and its milestone have the corrected time', () => {
    const s = story('2024-01-10', 'UTC').at('09:40');
    s.add(ana.person, 'incident_declared', declaration({ since: s.instant('09:34') }));
    s.at('12:00').add(ana.person, 'milestone_set', {
      milestone: 'detected',
      at: s.instant('09:50'),
      precision: 'exact',
    });
    s.at('13:00').add(ana.person, 'entry_corrected', {
      entry: 'v2',
      why: 'corrected',
      at: s.instant('09:44'),
    });
    const { intervals, rows } = model(s.events, { people: 'names' });
    expect(intervals).toContainEqual({
      what: 'First sign to detected',
      from: s.instant('09:34'),
      to: s.instant('09:44'),
    });
    expect(rows.find(({ text }) => text === 'Detected.')?.at).toBe(s.instant('09:44'));
  });
});

describe('peers’ defect 4: days lost, and “time to resolve” changed by any later edit', () => {
  it('50 hours are 50 hours, also after a correction of something else', () => {
    const s = story('2024-01-10', 'UTC').at('09:40');
    s.add(ana.person, 'incident_declared', declaration({ since: s.now() }));
    s.at('+2 11:40').add(ana.person, 'resolved', { at: s.instant('+2 11:40') });
    const length = () => {
      const { start, restored = 0 } = model(s.events, { people: 'names' }).moments;
      return restored - start;
    };
    expect(length()).toBe(50 * HOUR);
    s.at('+3 08:00').add(ana.person, 'entry_corrected', { entry: 'v1', why: 'corrected', text: 'It began.' });
    s.at('+4 08:00').add(ana.person, 'milestone_set', {
      milestone: 'tidied',
      at: s.instant('+4 07:00'),
      precision: 'exact',
    });
    expect(length()).toBe(50 * HOUR);
  });
});

describe('peers’ defect 8: naive times', () => {
  it('a corrected time is typed in the incident’s zone, and read back it is the same instant', () => {
    const zone = 'America/Vancouver';
    const now = Date.UTC(2024, 0, 10, 20, 0);
    const found = leadingTime('09:34', { zone, now });
    if (!found.ok || !found.time) throw new Error('no time');
    expect(found.time.at).toBe(Date.UTC(2024, 0, 10, 17, 34));
    const words = timeWords(found.time, { zone, now }).replace(/ \(.*$/, '');
    expect(leadingTime(words, { zone, now })).toMatchObject({ time: { at: found.time.at } });
  });
});

describe('peers’ defect 10: unsorted, twice, a year apart', () => {
  it('a correction that moves a line moves it, and nothing else', () => {
    const s = story('2024-01-10', 'UTC').at('09:40');
    s.add(ana.person, 'incident_declared', declaration({ since: s.instant('09:30') }));
    for (const text of ['a', 'b', 'c'])
      s.add(ana.person, 'note_added', {
        entry: text,
        kind: 'note',
        text,
        at: s.now(),
        precision: 'exact',
        source: { kind: 'slack' },
        late: false,
      });
    s.add(ana.person, 'entry_corrected', { entry: 'c', why: 'corrected', at: s.instant('09:35') });
    const texts = (events = s.events) =>
      timeline(events).flatMap(({ id, text }) => (id === text ? [text] : []));
    expect(texts()).toEqual(['c', 'a', 'b']);
    expect(texts([...s.events, ...s.events.toReversed()])).toEqual(['c', 'a', 'b']);
  });
});
