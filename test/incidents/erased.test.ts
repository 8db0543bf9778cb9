/** Whatever entry of a night is erased: its words are in no line and no report, and the record is folded as before. */
import { describe, expect, it } from 'vitest';
import { erasable, withErased, withoutWords } from '../../src/incidents/erased.ts';
import { type Event, type EventOf, eventTypes, parseEvent } from '../../src/incidents/events.ts';
import { begin, evolve } from '../../src/incidents/evolve.ts';
import type { Incident } from '../../src/incidents/state.ts';
import { fullLog, timeline } from '../../src/incidents/timeline.ts';
import { report } from '../../src/report/report.ts';
import { hostileNight } from '../support/hostile-night.ts';
import { lena, marek, pidpNight } from '../support/pidp-night.ts';

function fold([first, ...rest]: readonly Event[]): Incident {
  const state = begin(first as EventOf<'incident_declared'>);
  for (const event of rest) evolve(state, event);
  return state;
}

/** Texts of at least 15 characters: shorter ones are in many places. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= 15 ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}

function erase(events: readonly Event[], entry: string, left: readonly { version: number; body: string }[]) {
  const last = events.at(-1);
  if (!last) throw new Error('no events');
  const erased: Event = {
    incident: last.incident,
    version: last.version + 1,
    at: last.at + 1000,
    by: lena,
    command: 'erase',
    type: 'entry_erased',
    body: { erase: 'E1', entry, left: [...left], reason: 'a patient is named', askedBy: marek },
  };
  return [...events, erased];
}

describe.each([
  ['the night of the report', pidpNight()],
  ['the night of hostile words', hostileNight('words')],
])('%s', (_, events) => {
  const lines = timeline(events);
  const before = fold(events);

  it.each(lines.map((line) => [line.id, line.text.slice(0, 40), line] as const))(
    '%s %s',
    (id, _words, line) => {
      const found = erasable(events, id, line.folds);
      if (!found.ok) {
        expect(found.says).toMatch(/no words in this entry|is still open/);
        return;
      }
      const all = erase(events, id, found.left);
      const read = withErased(all);
      // Each of them is a body that fits its schema, and nothing is left to be erased.
      for (const { version, body } of found.left) {
        const event = events.find((one) => one.version === version);
        if (!event) throw new Error(`there is no event ${version}`);
        expect(parseEvent(event.type, JSON.parse(body)).known).toBe(true);
        const next = read.find((one) => one.version === version);
        if (!next) throw new Error(`the event ${version} is gone`);
        expect(withoutWords(next)).toBeUndefined();
      }
      const removed = new Set(
        found.left.flatMap(({ version, body }) => {
          const rest = new Set(texts(JSON.parse(body)));
          return texts(events.find((one) => one.version === version)?.body).filter((text) => !rest.has(text));
        }),
      );
      // What other events say as well is theirs.
      const others = JSON.stringify(read.map(({ body }) => texts(body)));
      const gone = [...removed].filter((text) => !others.includes(JSON.stringify(text).slice(1, -1)));
      const shown = JSON.stringify([timeline(all), fullLog(all)]);
      for (const text of gone) expect(shown).not.toContain(JSON.stringify(text).slice(1, -1));
      const inPlace = timeline(all).find((one) => one.id === id);
      expect(inPlace?.text).toMatch(/erased \(a patient is named\), by .+ and .+\.$/);
      expect(inPlace?.at).toBe(line.at);
      const { markdown } = report(all, { profile: 'default', people: 'names' });
      expect(markdown).toContain('erased (a patient is named)');
      // What is decided from does not change: where the runs are, what was left behind, what may be undone.
      const after = fold(read);
      expect([...after.runs.values()].map(({ current, ended }) => [current, ended?.why])).toEqual(
        [...before.runs.values()].map(({ current, ended }) => [current, ended?.why]),
      );
      expect([...after.looseEnds.values()].map(({ id: end, state }) => [end, state])).toEqual(
        [...before.looseEnds.values()].map(({ id: end, state }) => [end, state]),
      );
      expect([after.status, after.severity, after.resolvedAt]).toEqual([
        before.status,
        before.severity,
        before.resolvedAt,
      ]);
    },
  );
});

it('every type that can be erased is still read without its words', () => {
  const events = [...pidpNight(), ...hostileNight('words')];
  const seen = new Set<string>();
  for (const event of events) {
    const body = withoutWords(event);
    if (!body) continue;
    seen.add(event.type);
    expect(parseEvent(event.type, JSON.parse(JSON.stringify(body))).known).toBe(true);
  }
  expect(seen.size).toBeGreaterThan(8);
  for (const type of seen) expect(eventTypes).toContain(type);
});
