/** Events in the order in which they were written, each once: deliveries come in any order and more than once. */
import type { Event } from '../events.ts';

/**
 * Sorted by version; of two with the same version the first is kept, for they are the same event. A list that is in
 * order already is given back as it is, so that a store's own reading costs one pass.
 */
export function inOrder(events: readonly Event[]): readonly Event[] {
  if (events.every(({ version }, index) => index === 0 || version > (events[index - 1]?.version ?? 0)))
    return events;
  const byVersion = new Map<number, Event>();
  for (const event of events) if (!byVersion.has(event.version)) byVersion.set(event.version, event);
  return [...byVersion.values()].sort((a, b) => a.version - b.version);
}
