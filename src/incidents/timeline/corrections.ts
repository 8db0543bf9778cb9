/** Applies corrections to lines: the corrected value is shown, the first one is kept. */
import type { Event, EventOf } from '../events.ts';
import type { Entry } from './entry.ts';

/** `shown` is how the line was shown before anybody corrected it. */
function correct(entry: Entry, shown: Entry['show'], event: EventOf<'entry_corrected'>): Entry {
  const { why, text, at, until, precision, hidden, reason } = event.body;
  const changed =
    (text !== undefined && text !== entry.text) ||
    (at !== undefined && at !== entry.at) ||
    (until !== undefined && until !== entry.until) ||
    (precision !== undefined && precision !== entry.precision);
  const original = entry.original ?? (changed ? firstOf(entry) : undefined);
  const deleted = why === 'deleted in Slack';
  // A deleted message leaves a visible line that says so; a pushpin taken away takes its line away.
  const hide = hidden ?? (why === 'pushpin removed' ? true : entry.show === 'hide');
  const next: Entry = {
    ...entry,
    text: text ?? entry.text,
    at: at ?? entry.at,
    ...(until === undefined ? {} : { until }),
    precision: precision ?? entry.precision,
    show: deleted ? entry.show : hide ? 'hide' : shown,
    corrections: [...entry.corrections, { at: event.at, by: event.by, why, ...(reason ? { reason } : {}) }],
    ...(original ? { original } : {}),
  };
  // A beginning that was corrected to after the end: the end was of what is not said any more.
  if (next.until !== undefined && next.until < next.at) {
    const { until: _end, ...open } = next;
    return finish(open, event);
  }
  return finish(next, event);
}

function firstOf({ text, at, until, precision }: Entry): NonNullable<Entry['original']> {
  const ended = until === undefined ? {} : { until };
  return { text, at, ...ended, ...(precision === 'about' ? { precision } : {}) };
}

/** Deleted in Slack, or shown again. */
function finish(next: Entry, event: EventOf<'entry_corrected'>): Entry {
  const { why, hidden } = event.body;
  const deleted = why === 'deleted in Slack';
  if (deleted) return { ...next, deletedAt: event.at };
  // Shown again on purpose: the words were restored.
  if (hidden === false && next.deletedAt !== undefined) {
    const { deletedAt: _gone, ...restored } = next;
    return restored;
  }
  return next;
}

/**
 * Which of these lines were changed or hidden, each with the version of its last correction. One that was hidden and
 * shown again is as it was.
 */
export function changedLines(
  entries: readonly Entry[],
  events: readonly Event[],
): ReadonlyMap<string, number> {
  const lastOf = new Map<string, number>();
  for (const event of events)
    if (event.type === 'entry_corrected') lastOf.set(event.body.entry, event.version);
  const corrected = entries.filter(({ id }) => lastOf.has(id));
  return new Map(
    applyCorrections(corrected, events)
      .filter((entry) => entry.original !== undefined || entry.show === 'hide')
      .map(({ id }) => [id, lastOf.get(id) ?? 0]),
  );
}

/** Corrections in the order of their events; one of an entry that is not there changes nothing. */
export function applyCorrections(entries: readonly Entry[], events: readonly Event[]): readonly Entry[] {
  const first = new Map(entries.map((entry) => [entry.id, entry.show]));
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  for (const event of events) {
    if (event.type !== 'entry_corrected') continue;
    const entry = byId.get(event.body.entry);
    if (entry) byId.set(entry.id, correct(entry, first.get(entry.id) ?? 'auto', event));
  }
  return entries.map((entry) => byId.get(entry.id) ?? entry);
}
