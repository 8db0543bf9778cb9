// Until when something is kept, as people type it: understood in the incident's zone, never in the past.
import { describe, expect, it } from 'vitest';
import { comingTime, comingWords, DEFAULT_UNTIL, untilText } from '../../src/incidents/coming-time.ts';

const at = (iso: string): number => Date.parse(iso);
/** A Saturday, 15:45 in Berlin. */
const now = at('2026-11-21T14:45:00Z');
const berlin = { zone: 'Europe/Berlin', now };

const understood = (text: string, frame = berlin): string => {
  const found = comingTime(text, frame);
  return found.ok ? untilText(found.at, frame.zone) : found.says;
};

describe('a time that is still to come', () => {
  it.each([
    [DEFAULT_UNTIL, '2026-11-22 10:00'],
    ['tomorrow', '2026-11-22 10:00'],
    ['Tomorrow at 9:30', '2026-11-22 09:30'],
    ['tomorrow, 2 pm', '2026-11-22 14:00'],
    ['until tomorrow 10:00', '2026-11-22 10:00'],
    ['18:00', '2026-11-21 18:00'],
    ['9:00', '2026-11-22 09:00'],
    ['today 23:15', '2026-11-21 23:15'],
    ['friday', '2026-11-27 10:00'],
    ['next friday 14:00', '2026-11-27 14:00'],
    ['Mon 8:00', '2026-11-23 08:00'],
    ['saturday', '2026-11-28 10:00'],
    ['next week', '2026-11-23 10:00'],
    ['2026-12-01', '2026-12-01 10:00'],
    ['2026-12-01 08:30', '2026-12-01 08:30'],
    ['2026-12-01T08:30', '2026-12-01 08:30'],
    ['2026-12-01 08:30 UTC', '2026-12-01 09:30'],
    ['in 2 hours', '2026-11-21 17:45'],
    ['in an hour', '2026-11-21 16:45'],
    ['in 30 minutes', '2026-11-21 16:15'],
    ['in 3 days', '2026-11-24 15:45'],
    ['in 2 weeks', '2026-12-05 15:45'],
    ['2h', '2026-11-21 17:45'],
    ['1h30m', '2026-11-21 17:15'],
  ])('%s', (text, expected) => {
    expect(understood(text)).toBe(expected);
  });

  it('is said back with its day and zone', () => {
    expect(comingWords(at('2026-11-22T09:00:00Z'), 'Europe/Berlin')).toBe(
      'Sunday 2026-11-22 10:00 (Europe/Berlin)',
    );
  });

  it('is of the zone of the incident, whoever types it', () => {
    const tokyo = { zone: 'Asia/Tokyo', now };
    expect(comingTime('tomorrow 10:00', tokyo)).toEqual({ ok: true, at: at('2026-11-22T01:00:00Z') });
  });

  it('keeps the time of day when the clocks change between', () => {
    const before = { zone: 'Europe/Berlin', now: at('2026-10-24T13:00:00Z') };
    expect(understood('in 2 days', before)).toBe('2026-10-26 15:00');
    expect(understood('in 48 hours', before)).toBe('2026-10-26 14:00');
  });

  it('of the hour that comes twice is the earlier one', () => {
    const before = { zone: 'Europe/Berlin', now: at('2026-10-24T13:00:00Z') };
    expect(comingTime('tomorrow 02:30', before)).toEqual({ ok: true, at: at('2026-10-25T00:30:00Z') });
  });
});

describe('what is refused, in words', () => {
  it.each([
    ['yesterday', 'not understood'],
    ['2020-01-01', 'has been already: Wednesday 2020-01-01 10:00'],
    ['today 9:00', 'has been already'],
    ['2026-02-30', 'There is no day 2026-02-30'],
    ['tomorrow 25:00', 'No day has a 25:00'],
    ['soon', '“soon” is not understood'],
    ['', 'not understood'],
    ['tomorrow 10:00 or so', 'not understood'],
    ['9999-01-01', 'more than 5 years'],
  ])('%s', (text, words) => {
    expect(understood(text)).toContain(words);
  });

  it('an hour that the day does not have', () => {
    const march = { zone: 'Europe/Berlin', now: at('2026-03-28T12:00:00Z') };
    expect(understood('tomorrow 02:30', march)).toContain('the clocks go forward');
  });
});
