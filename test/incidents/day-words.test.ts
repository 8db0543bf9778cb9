// Days to come as people type them: understood in the zone, said back, refused when they have passed.
import { describe, expect, it } from 'vitest';
import { dayFrom, dayWords, isDay, leadingDay } from '../../src/incidents/day-words.ts';

/** A Saturday, late in the evening in UTC and early in the afternoon in Vancouver. */
const now = Date.UTC(2026, 10, 21, 23, 30);
const utc = { zone: 'UTC', now };

describe('a day that is typed', () => {
  it.each([
    ['today', '2026-11-21'],
    ['tomorrow', '2026-11-22'],
    ['friday', '2026-11-27'],
    ['by Friday', '2026-11-27'],
    ['on fri', '2026-11-27'],
    ['saturday', '2026-11-21'],
    ['Thurs', '2026-11-26'],
    ['next monday', '2026-11-23'],
    ['next saturday', '2026-11-28'],
    ['in 3 days', '2026-11-24'],
    ['in two weeks', '2026-12-05'],
    ['in a month', '2026-12-21'],
    ['end of the month', '2026-11-30'],
    ['end of week', '2026-11-27'],
    ['end of year', '2026-12-31'],
    ['2026-12-01', '2026-12-01'],
    ['2026-12-1', '2026-12-01'],
    ['1 December', '2026-12-01'],
    ['Dec 1', '2026-12-01'],
    ['1st dec. 2027', '2027-12-01'],
    ['March 3, 2027', '2027-03-03'],
    ['3 jan', '2027-01-03'],
    ['29 feb 2028', '2028-02-29'],
  ])('%s is %s', (typed, day) => {
    expect(dayFrom(typed, utc)).toMatchObject({ ok: true, day });
  });

  it('is of the zone: at half past eleven in London it is still noon in Vancouver, and tomorrow in Tokyo', () => {
    expect(dayFrom('today', { zone: 'America/Vancouver', now })).toMatchObject({ day: '2026-11-21' });
    expect(dayFrom('today', { zone: 'Asia/Tokyo', now })).toMatchObject({ day: '2026-11-22' });
  });

  it.each([
    ['soon', 'This is no day'],
    ['friday or so', 'This is no day'],
    ['', 'This is no day'],
    ['2026-02-30', 'There is no 2026-02-30'],
    ['30 feb', 'There is no 30 feb'],
    ['2026-11-20', 'has passed: today is 2026-11-21 in UTC'],
    ['2226-11-20', 'more than five years'],
    ['in 900 weeks', 'more than five years'],
    ['monkey', 'This is no day'],
    ['2026-13-01', 'There is no 2026-13-01'],
  ])('refuses “%s” in words', (typed, says) => {
    const answer = dayFrom(typed, utc);
    expect(answer.ok).toBe(false);
    expect(answer.ok ? '' : answer.says).toContain(says);
  });

  it('stops where the day ends', () => {
    expect(leadingDay('friday, with the vendor', utc)).toEqual({
      ok: true,
      day: '2026-11-27',
      rest: 'with the vendor',
    });
    expect(leadingDay('the load balancer', utc)).toBeUndefined();
  });

  it('is said back with its weekday, and only days of a calendar are days', () => {
    expect(dayWords('2026-11-27')).toBe('Friday 2026-11-27');
    expect(isDay('2026-11-27')).toBe(true);
    expect(isDay('2026-11-31')).toBe(false);
    expect(isDay('27.11.2026')).toBe(false);
  });
});
