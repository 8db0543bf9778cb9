// Times as people type them around midnight, on a clock of twelve hours, and where the clocks change.
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { leadingTime, onlyTime, timeWords } from '../../src/incidents/time-words.ts';

const zone = 'America/Vancouver';
const inZone = (iso: string, of = zone): number => DateTime.fromISO(iso, { zone: of }).toMillis();
const at = (iso: string): number => inZone(iso);
const frameAt = (now: string, of = zone) => ({ zone: of, now: inZone(now, of) });
const afternoon = frameAt('2024-01-10T14:40');

describe('about', () => {
  it.each(['1:30(ish)', '1:30 (ish)', '1:30ish', '1:30-ish', '1:30 ish', '~1:30', '1:30(ish) am'])(
    '%s',
    (typed) => {
      expect(leadingTime(`${typed} - pods die`, afternoon)).toEqual({
        ok: true,
        rest: 'pods die',
        time: { at: at('2024-01-10T01:30'), precision: 'about' },
      });
    },
  );

  it('of a range, and not a word that only begins so', () => {
    expect(leadingTime('12:13(ish) to 1:30(ish) waiting', afternoon)).toMatchObject({
      rest: 'waiting',
      time: { at: at('2024-01-10T12:13'), until: at('2024-01-10T13:30'), precision: 'about' },
    });
    expect(leadingTime('1:30 ishmael restarted it', afternoon)).toMatchObject({
      rest: 'ishmael restarted it',
      time: { precision: 'exact' },
    });
    expect(leadingTime('1:30 (isha) x', afternoon)).toMatchObject({ rest: '(isha) x' });
  });
});

describe('a range', () => {
  it.each([
    // On a clock of twelve hours the end is the next such time.
    ['12:13 to 1:30', '2024-01-10T14:40', '2024-01-10T12:13', '2024-01-10T13:30'],
    ['10:30 - 1:15', '2024-01-10T14:40', '2024-01-10T10:30', '2024-01-10T13:15'],
    ['11:00 to 1 pm', '2024-01-10T14:40', '2024-01-10T11:00', '2024-01-10T13:00'],
    ['1:00 to 2:00 pm', '2024-01-10T14:40', '2024-01-10T13:00', '2024-01-10T14:00'],
    ['1:00 pm to 2:10', '2024-01-10T14:40', '2024-01-10T13:00', '2024-01-10T14:10'],
    ['11:30 am to 12:10', '2024-01-10T14:40', '2024-01-10T11:30', '2024-01-10T12:10'],
    ['9:00 to 10:15', '2024-01-10T14:40', '2024-01-10T09:00', '2024-01-10T10:15'],
    ['12:13 to 1:30', '2024-01-10T01:40', '2024-01-10T00:13', '2024-01-10T01:30'],
    ['yesterday 12:13 to 1:30', '2024-01-10T14:40', '2024-01-09T12:13', '2024-01-09T13:30'],
    ['yesterday 10:30 pm to 1:15', '2024-01-10T14:40', '2024-01-09T22:30', '2024-01-10T01:15'],
    // Over midnight.
    ['23:50 to 0:10', '2024-01-10T00:30', '2024-01-09T23:50', '2024-01-10T00:10'],
    ['23:50 to 0:10', '2024-01-10T14:40', '2024-01-09T23:50', '2024-01-10T00:10'],
    ['22:30-01:15', '2024-01-10T09:00', '2024-01-09T22:30', '2024-01-10T01:15'],
    ['yesterday 23:50 to today 0:10', '2024-01-10T14:40', '2024-01-09T23:50', '2024-01-10T00:10'],
    ['11:50 pm to 12:10 am', '2024-01-10T14:40', '2024-01-09T23:50', '2024-01-10T00:10'],
    ['2024-01-08 23:50 to 00:10', '2024-01-10T14:40', '2024-01-08T23:50', '2024-01-09T00:10'],
    // Written with a zero it is a clock of 24 hours.
    ['yesterday 10:30 to 01:15', '2024-01-10T14:40', '2024-01-09T10:30', '2024-01-10T01:15'],
    ['yesterday 13:30 to 2:00', '2024-01-10T14:40', '2024-01-09T13:30', '2024-01-10T02:00'],
  ] as const)('%s at %s', (typed, now, from, until) => {
    expect(leadingTime(`${typed} upgrading`, frameAt(now))).toEqual({
      ok: true,
      rest: 'upgrading',
      time: { at: at(from), until: at(until), precision: 'exact' },
    });
  });

  it.each([
    ['12:13 to 1:30', '2024-01-10T12:50', '1:30 has not been yet: it is 12:50'],
    ['10:00 to 23:00', '2024-01-10T14:40', '23:00 has not been yet'],
    ['16:00 to 17:00', '2024-01-10T14:40', 'write: yesterday 16:00'],
    ['today 12:00 to today 11:00', '2024-01-10T14:40', 'ends before it begins'],
    ['10:00 to 25:00', '2024-01-10T14:40', 'No day has a 25:00'],
  ])('is refused in words: %s at %s', (typed, now, words) => {
    const found = leadingTime(typed, frameAt(now));
    expect(found.ok ? '' : found.says).toContain(words);
  });
});

describe('the hour that comes twice', () => {
  const summer = at('2024-11-03T00:30') + 3_600_000;
  const first = { typed: '01:30 PDT', at: summer };
  const second = { typed: '01:30 PST', at: summer + 3_600_000 };
  const morning = frameAt('2024-11-03T09:00');

  it('shows which one was understood, and how the other one is written', () => {
    const found = onlyTime('1:30', morning);
    expect(found).toMatchObject({ ok: true, time: { at: second.at } });
    expect(found.ok && timeWords(found.time, morning)).toBe(
      '01:30 UTC-08:00 (America/Vancouver; it came twice: the earlier one is 01:30 UTC-07:00)',
    );
    expect(timeWords({ at: first.at, precision: 'exact' }, morning)).toBe(
      '01:30 UTC-07:00 (America/Vancouver; it came twice: the later one is 01:30 UTC-08:00)',
    );
    const range = { at: first.at, until: second.at, precision: 'exact' } as const;
    expect(timeWords(range, morning)).toMatch(/^01:30 UTC-07:00 to 01:30 UTC-08:00 \(America\/Vancouver\)$/);
  });

  it('is the last one that has been', () => {
    expect(onlyTime('1:30', { zone, now: first.at + 600_000 })).toMatchObject({ time: { at: first.at } });
    expect(onlyTime('1:30', { zone, now: second.at + 600_000 })).toMatchObject({ time: { at: second.at } });
  });

  it.each([
    ['01:30 PDT', first.at],
    ['01:30 PST', second.at],
    ['1:30am PST', second.at],
    ['1:30ish PDT', first.at],
    ['2024-11-03 01:30 UTC-07:00', first.at],
    ['01:30 UTC-8', second.at],
    ['01:30 GMT-0700', first.at],
    ['08:30 UTC', first.at],
    ['08:30Z', first.at],
  ])('is typed as %s', (typed, instant) => {
    expect(leadingTime(`${typed} it fell over`, morning)).toMatchObject({
      ok: true,
      rest: 'it fell over',
      time: { at: instant },
    });
  });

  it('a range within it', () => {
    expect(leadingTime('1:40 PDT to 1:10 x', morning)).toMatchObject({
      rest: 'x',
      time: { at: first.at + 600_000, until: second.at - 1_200_000 },
    });
    expect(leadingTime('1:40 PDT to 1:10 PST x', morning)).toMatchObject({
      rest: 'x',
      time: { at: first.at + 600_000, until: second.at - 1_200_000 },
    });
    expect(leadingTime('0:50 to 1:30 x', morning)).toMatchObject({
      rest: 'x',
      time: { at: first.at - 2_400_000, until: first.at },
    });
  });

  it('the name of the other half of the year is asked about, and what is no name of a zone is text', () => {
    const found = leadingTime('10:15 PDT it fell over', afternoon);
    expect(found.ok ? '' : found.says).toBe(
      'In America/Vancouver it was PST at that time, not PDT. Write 10:15, or 10:15 UTC-07:00.',
    );
    expect(leadingTime('10:15 DNS fails', afternoon)).toMatchObject({ rest: 'DNS fails' });
    expect(leadingTime('10:15 PSTN is down', afternoon)).toMatchObject({ rest: 'PSTN is down' });
    expect(leadingTime('10:15 UTC+99 x', afternoon)).toMatchObject({ ok: false });
  });
});

describe('an hour that is not there', () => {
  it.each([
    [zone, '2024-03-10', '2:30'],
    ['Europe/Berlin', '2024-03-31', '2:30'],
    // Half an hour: the hour itself exists.
    ['Australia/Lord_Howe', '2024-10-06', '2:15'],
  ])('%s %s %s', (of, day, typed) => {
    const found = onlyTime(`${day} ${typed}`, frameAt(`${day}T12:00`, of));
    expect(found.ok ? '' : found.says).toContain('the clocks went forward');
  });
});

const zones = [
  'America/Vancouver',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'UTC',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Africa/Casablanca',
  'Pacific/Apia',
] as const;
const minute = 60_000;
/** The minutes around both changes of the year 2024 in these zones, and any other one. */
const instants = fc
  .oneof(
    { weight: 1, arbitrary: fc.integer({ min: Date.UTC(2021, 0, 1), max: Date.UTC(2026, 0, 1) }) },
    ...[
      Date.UTC(2024, 10, 3, 9),
      Date.UTC(2024, 2, 10, 10),
      Date.UTC(2024, 9, 27, 1),
      Date.UTC(2024, 2, 31, 1),
      Date.UTC(2024, 3, 6, 15),
      Date.UTC(2024, 9, 5, 15, 30),
    ].map((change) => ({
      weight: 2,
      arbitrary: fc.integer({ min: change - 200 * minute, max: change + 200 * minute }),
    })),
  )
  .map((ms) => Math.floor(ms / minute) * minute);

describe('what was understood can be typed again', () => {
  const typed = (time: Parameters<typeof timeWords>[0], frame: Parameters<typeof timeWords>[1]): string =>
    timeWords(time, frame).replace(/ \([^)]*\)$/, '');

  it('and is the same instant, in every zone, on every day', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        instants,
        fc.integer({ min: 0, max: 60 * 40 }),
        fc.constantFrom('exact', 'about'),
        (of, instant, later, precision) => {
          const frame = { zone: of, now: instant + later * minute };
          expect(onlyTime(typed({ at: instant, precision }, frame), frame)).toEqual({
            ok: true,
            time: { at: instant, precision },
          });
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('as a range too', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        instants,
        fc.integer({ min: 0, max: 60 * 30 }),
        fc.integer({ min: 0, max: 60 * 40 }),
        (of, instant, long, later) => {
          const until = instant + long * minute;
          const frame = { zone: of, now: until + later * minute };
          expect(onlyTime(typed({ at: instant, until, precision: 'exact' }, frame), frame)).toEqual({
            ok: true,
            time: { at: instant, until, precision: 'exact' },
          });
        },
      ),
      { numRuns: 1500 },
    );
  });
});
