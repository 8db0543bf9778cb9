/** A timeline line that stands for one event. */
import type { Event } from '../events.ts';
import type { Entry, EntryKind } from './entry.ts';

/** `more` overrides. */
export function line(event: Event, kind: EntryKind, text: string, more: Partial<Entry> = {}): Entry {
  return {
    id: `v${event.version}`,
    version: event.version,
    at: event.at,
    precision: 'exact',
    recordedAt: event.at,
    by: event.by,
    recordedBy: event.by,
    source: { kind: 'step' },
    kind,
    text,
    evidence: [],
    show: 'auto',
    late: false,
    times: 1,
    corrections: [],
    ...more,
  };
}

/** What a person typed or said: its source is where they did it. */
export const said = (event: Event): Pick<Entry, 'source'> => ({
  source: { kind: event.by.id.startsWith('terminal:') ? 'terminal' : 'slack' },
});
