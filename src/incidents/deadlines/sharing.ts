/** The moments at which an incident asks by itself: a quiet channel what happens, its lead for the promised update. */
import type { What } from '../commands.ts';
import type { Event } from '../events.ts';
import type { LookupRow } from '../lookups.ts';
import { asksAboutQuiet, breaksQuiet, quietMs } from '../quiet.ts';
import type { Incident } from '../state.ts';

/**
 * Moments of one incident are rounded up to this share of the time that it may be quiet, so that a busy hour makes some
 * ten rows and not one for each line.
 */
const SHARES = 10;

/**
 * The rows that these new events put; `incident` is the state after them. The instant is in every key: a row that falls
 * due is dropped after its command, and must not take a newer one with it.
 */
export function sharingDeadlines(events: readonly Event[], incident: Incident): LookupRow[] {
  const rows: LookupRow[] = [];
  const put = (name: string, value: What, due: number) => {
    rows.push({ kind: 'deadline', key: `${incident.number}.${name}.${due}`, value, due });
  };
  if (asksAboutQuiet(incident) && events.some(breaksQuiet)) {
    const share = Math.max(1000, quietMs(incident) / SHARES);
    const due = Math.ceil((incident.lastEntryAt + quietMs(incident)) / share) * share;
    put('quiet', { do: 'ask about quiet', due }, due);
  }
  for (const event of events) {
    if (event.type === 'quiet_snoozed') {
      const due = event.body.until;
      put('quiet-again', { do: 'ask about quiet', due }, due);
    }
    if (event.type === 'update_posted' && event.body.next !== undefined) {
      const due = event.body.next;
      put('update', { do: 'remind update', due }, due);
    }
  }
  return rows;
}
