/** The same events give the same timeline, model and report, in whatever order and however often they are delivered. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Event, parseEvent } from '../../src/incidents/events.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { model } from '../../src/report/model.ts';
import { report } from '../../src/report/report.ts';
import { timelinePage } from '../../src/slack/views/timeline.ts';
import { hostileNight } from '../support/hostile-night.ts';
import { marek, pidpNight } from '../support/pidp-night.ts';
import { bot, declaration, story } from '../support/story.ts';

/** Every type of event that was ever stored, behind one declaration; their order makes no sense, which is harder. */
function goldenNight(): Event[] {
  const s = story('2024-01-10', 'America/Vancouver').at('09:40');
  s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34') }));
  const lines = readFileSync(new URL('golden-events.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  for (const text of lines) {
    const { type, body } = JSON.parse(text) as { type: string; body: unknown };
    const read = parseEvent(type, body);
    if (!read.known || read.event.type === 'incident_declared') continue;
    // One second for every third event: what has the same time keeps the order of its versions.
    if (s.events.length % 3 !== 0) s.at(timeOf(s.now() - 1000, s));
    s.add(s.events.length % 2 === 0 ? bot : marek, read.event.type, read.event.body);
  }
  return s.events;
}

const timeOf = (at: number, s: ReturnType<typeof story>): string =>
  new Date(at - s.instant('00:00')).toISOString().slice(11, 23);

const nights = [
  ['the night of the report', pidpNight()],
  ['the night of hostile words', hostileNight('x')],
  ['one of every event', goldenNight()],
] as const;

describe('in any order', () => {
  it.each(nights)('%s is the same', (_, events) => {
    const everything = (given: readonly Event[]) => ({
      lines: timeline(given),
      model: model(given, { people: 'initials' }),
      report: report(given, { profile: 'default', people: 'names' }),
      page: timelinePage(1, given, 'UTC'),
    });
    const told = everything(events);
    const differing = (other: typeof told): string[] =>
      Object.entries(other).flatMap(([part, value]) =>
        JSON.stringify(value) === JSON.stringify(told[part as keyof typeof told]) ? [] : [part],
      );
    expect(events.length).toBeGreaterThan(30);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events], { minLength: events.length, maxLength: events.length }),
        fc.subarray([...events], { maxLength: 5 }),
        (shuffled, again) => {
          expect(differing(everything([...shuffled, ...again]))).toEqual([]);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('leaves the given list as it is', () => {
    const events = pidpNight().toReversed();
    const before = [...events];
    timeline(events);
    model(events, { people: 'names' });
    expect(events).toEqual(before);
  });
});
