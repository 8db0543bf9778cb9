// What people typed may hold a secret: the report does not.
import { expect, it } from 'vitest';
import type { Event } from '../../src/incidents/events.ts';
import { cleanEvents } from '../../src/perform/clean-events.ts';

it('takes out what is certain, and nothing that only looks like it', () => {
  const event = (text: string): Event =>
    ({
      incident: 1,
      version: 2,
      at: 1704900000000,
      command: 'c',
      by: { id: 'slack:U1', name: 'Ana' },
      type: 'note_added',
      body: { text, source: { kind: 'slack', link: 'https://x.slack.com/archives/C1/p1704900000000100' } },
    }) as unknown as Event;
  const digest = 'd36670f078491d541822d3e9f574ff59a12ca81cd1762a2aeff2ae1c277db04e';
  expect(
    cleanEvents([event(`login postgres://web:hunter22@db by jane@example.org, file ${digest}`)]),
  ).toEqual([event(`login postgres://[redacted]@db by [redacted], file ${digest}`)]);
});
