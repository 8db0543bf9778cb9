/** Events for a report: what people typed may hold a secret or an address, and a report leaves the house. */

import { everyText } from '../actions/redact/every-text.ts';
import { redact } from '../actions/redact.ts';
import type { Event } from '../incidents/events.ts';

/** Before rendering, because Markdown puts its own marks into tokens and addresses. Only what is certain goes. */
export function cleanEvents(events: readonly Event[]): readonly Event[] {
  return events.map((event) => ({
    ...event,
    body: everyText(event.body, (text) => redact(text, { exact: true })),
  })) as readonly Event[];
}
