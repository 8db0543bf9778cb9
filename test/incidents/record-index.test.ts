/** What may be corrected is what has a line: the index that decisions are made with knows every line of the timeline. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Event, type EventOf, parseEvent } from '../../src/incidents/events.ts';
import { begin, evolve } from '../../src/incidents/evolve.ts';
import { versionOf } from '../../src/incidents/record-index.ts';
import { fullLog } from '../../src/incidents/timeline.ts';
import { hostileNight } from '../support/hostile-night.ts';
import { pidpNight } from '../support/pidp-night.ts';

const fold = ([first, ...rest]: readonly Event[]) => {
  const state = begin(first as EventOf<'incident_declared'>);
  for (const event of rest) evolve(state, event);
  return state.record;
};

describe.each([
  ['the night of the report', pidpNight()],
  ['the night of hostile words', hostileNight('words')],
])('%s', (_, events) => {
  it('every line is an entry, with the version of its event', () => {
    const record = fold(events);
    const lines = fullLog(events);
    expect(lines.length).toBeGreaterThan(20);
    for (const { id, version } of lines) expect([id, versionOf(record, id)]).toEqual([id, version]);
  });

  it('what is none is not found', () => {
    const record = fold(events);
    const posted = events.find(({ type }) => type === 'step_opened');
    for (const id of ['', 'v', 'v0', 'v-1', 'v1.5', 'v99999', 'x', `v${posted?.version}`, 'v01', 'V1'])
      expect([id, versionOf(record, id)]).toEqual([id, undefined]);
  });
});

it('one of every event that was ever written: whatever has a line is an entry', () => {
  const [declared] = pidpNight();
  if (!declared) throw new Error('no declaration');
  const text = readFileSync(new URL('golden-events.jsonl', import.meta.url), 'utf8').trim();
  for (const one of text.split('\n')) {
    const { type, body } = JSON.parse(one) as { type: string; body: unknown };
    const read = parseEvent(type, body);
    if (!read.known || type === 'incident_declared') continue;
    const event = { ...declared, ...read.event, version: 2, command: 'c2' } as Event;
    const lines = fullLog([declared, event]).filter(({ version }) => version === 2);
    let record: ReturnType<typeof fold>;
    try {
      record = fold([declared, event]);
    } catch {
      // It cannot come right after a declaration.
      continue;
    }
    for (const { id } of lines) expect([type, id, versionOf(record, id)]).toEqual([type, id, 2]);
  }
});
