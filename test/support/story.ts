/** Builds event streams for tests the way a person tells them: at this time, this person, this happened. */
import { DateTime } from 'luxon';
import type { Bodies, Event, EventType, NewEvent, Person } from '../../src/incidents/events.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';

export const bot: Person = { id: 'bot', name: 'Handrail' };

export interface Story {
  readonly events: Event[];
  /** Sets the clock: `09:34`, or `+1 09:10` for the next day. */
  at(time: string): Story;
  /** One event by this person at the clock's time; the clock goes on by one second. */
  add<T extends EventType>(by: Person, type: T, body: Bodies[T]): Story;
  /** The clock's time, in ms. */
  now(): number;
  /** An instant of the story's first day (or `+1 …`), in ms. */
  instant(time: string): number;
}

/** A story that begins on `date` (`2024-01-10`) in `zone`. */
export function story(date: string, zone: string, incident = 1): Story {
  const events: Event[] = [];
  const instant = (time: string): number => {
    const [, days, clock] = /^(?:\+(\d+) )?(.+)$/.exec(time) ?? [];
    return DateTime.fromISO(`${date}T${clock}`, { zone })
      .plus({ days: Number(days ?? 0) })
      .toMillis();
  };
  let now = instant('00:00');
  const one: Story = {
    events,
    at(time) {
      now = instant(time);
      return one;
    },
    add(by, type, body) {
      const version = events.length + 1;
      const what = { type, body } as NewEvent;
      events.push({ ...what, incident, version, at: now, by, command: `c${version}` });
      now += 1000;
      return one;
    },
    now: () => now,
    instant,
  };
  return one;
}

/** A runbook with these steps' ids; only what a report reads. */
export function runbook(id: string, title: string, steps: Runbook['steps'] = []): Runbook {
  return {
    apiVersion: 'runbook/v1',
    id,
    title,
    summary: title,
    owner: '@data-oncall',
    reviewed: '2023-11-20',
    alerts: [],
    docs: {},
    params: {},
    steps,
  };
}

/** What a declaration needs; override what the test is about. */
export function declaration(more: Partial<Bodies['incident_declared']> = {}): Bodies['incident_declared'] {
  return {
    title: 'web-api times out',
    severity: 'SEV2',
    namespace: 'd8a8f9-prod',
    noticed: 'Metabase cannot retrieve data.',
    since: Date.UTC(2024, 0, 10, 17, 34),
    zone: 'America/Vancouver',
    private: false,
    drill: false,
    quiet: false,
    invited: [],
    ...more,
  };
}

export function note(
  text: string,
  at: number,
  more: Partial<Bodies['note_added']> = {},
): Bodies['note_added'] {
  const base = { kind: 'note', precision: 'exact', source: { kind: 'slack' }, late: false } as const;
  return { entry: `n${at}-${text.length}`, text, at, ...base, ...more };
}
