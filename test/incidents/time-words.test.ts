// Times as people type them: what is understood, what is refused, and what stays text.

import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { leadingTime, onlyTime, timeWords } from '../../src/incidents/time-words.ts';

const zone = 'America/Vancouver';
const now = DateTime.fromISO('2024-01-10T14:40', { zone }).toMillis();
const frame = { zone, now };
const at = (iso: string): number => DateTime.fromISO(iso, { zone }).toMillis();

describe('a time at the beginning', () => {
  it.each([
    ['10:15 pods are on new nodes', '2024-01-10T10:15', undefined, 'exact', 'pods are on new nodes'],
    ['10:15: pods', '2024-01-10T10:15', undefined, 'exact', 'pods'],
    ['at 10:24', '2024-01-10T10:24', undefined, 'exact', ''],
    ['9:34 - first alarm', '2024-01-10T09:34', undefined, 'exact', 'first alarm'],
    ['yesterday 23:50 backup ran', '2024-01-09T23:50', undefined, 'exact', 'backup ran'],
    ['yesterday at 23:50 backup ran', '2024-01-09T23:50', undefined, 'exact', 'backup ran'],
    ['2:00ish somebody restarted it', '2024-01-10T02:00', undefined, 'about', 'somebody restarted it'],
    ['~2:00 somebody', '2024-01-10T02:00', undefined, 'about', 'somebody'],
    ['about 2:00 somebody', '2024-01-10T02:00', undefined, 'about', 'somebody'],
    ['10:30 to 11:54 upgrading', '2024-01-10T10:30', '2024-01-10T11:54', 'exact', 'upgrading'],
    ['10:30-11:54 - upgrading', '2024-01-10T10:30', '2024-01-10T11:54', 'exact', 'upgrading'],
    ['yesterday 23:50 to 0:10 dump', '2024-01-09T23:50', '2024-01-10T00:10', 'exact', 'dump'],
    ['2 pm it is back', '2024-01-10T14:00', undefined, 'exact', 'it is back'],
    ['12:05 a.m. it is back', '2024-01-10T00:05', undefined, 'exact', 'it is back'],
    ['2024-01-08 09:34 deployed', '2024-01-08T09:34', undefined, 'exact', 'deployed'],
    ['20 minutes ago it broke', '2024-01-10T14:20', undefined, 'about', 'it broke'],
    ['an hour ago it broke', '2024-01-10T13:40', undefined, 'about', 'it broke'],
    ['now it is back', '2024-01-10T14:40', undefined, 'exact', 'it is back'],
    ['14:41 a clock that runs ahead', '2024-01-10T14:41', undefined, 'exact', 'a clock that runs ahead'],
  ] as const)('%s', (typed, from, until, precision, rest) => {
    expect(leadingTime(typed, frame)).toEqual({
      ok: true,
      rest,
      time: { at: at(from), precision, ...(until ? { until: at(until) } : {}) },
    });
  });

  it.each([
    '3 pods are down',
    '500 errors',
    '10:15:30.5 raw log',
    '1.2.3.4 does not answer',
    '10 to 12 pods',
    'nowhere',
    '5',
  ])('not in: %s', (typed) => {
    expect(leadingTime(typed, frame)).toEqual({ ok: true, rest: typed });
  });

  it.each([
    ['23:50 backup', 'write: yesterday 23:50'],
    ['25:10 backup', 'No day has a 25:10'],
    ['10:75 backup', 'No day has a 10:75'],
    ['13 pm backup', 'No day has a 13 pm'],
    ['2024-02-31 10:00 backup', 'There is no 2024-02-31'],
    ['2024-01-11 10:00 backup', 'has not been yet'],
    ['10:00 to 23:00 backup', 'has not been yet'],
    ['today 12:00 to today 11:00 x', 'ends before it begins'],
  ])('refused in words: %s', (typed, words) => {
    const found = leadingTime(typed, frame);
    expect(found.ok).toBe(false);
    expect(found.ok ? '' : found.says).toContain(words);
  });

  it('does not exist when the clocks go forward', () => {
    const summer = DateTime.fromISO('2024-03-10T12:00', { zone }).toMillis();
    expect(leadingTime('2:30 x', { zone, now: summer })).toMatchObject({
      ok: false,
      says: expect.stringContaining('clocks went forward'),
    });
  });
});

describe('a field for a time', () => {
  it('is now when it is empty, and refuses words', () => {
    expect(onlyTime(' ', frame)).toEqual({ ok: true, time: { at: now, precision: 'exact' } });
    expect(onlyTime('10:15', frame)).toMatchObject({ ok: true, time: { at: at('2024-01-10T10:15') } });
    expect(onlyTime('10:15 or so', frame)).toMatchObject({ ok: false });
    expect(onlyTime('soon', frame)).toMatchObject({ ok: false });
  });
});

it('what was understood is shown, with its day when that is not today', () => {
  expect(timeWords({ at: at('2024-01-10T10:15'), precision: 'exact' }, frame)).toBe(
    '10:15 (America/Vancouver)',
  );
  const range = { at: at('2024-01-09T23:50'), until: at('2024-01-10T00:10'), precision: 'about' as const };
  expect(timeWords(range, frame)).toBe('about 2024-01-09 23:50 to 2024-01-10 00:10 (America/Vancouver)');
});
