/** Folds what people do to the record afterwards, and which entries there are to do it to. */
import type { Event, EventOf, EventType } from '../events.ts';
import type { RecordIndex } from '../record-index.ts';
import type { Incident } from '../state.ts';

type RecordEvent = EventOf<'milestone_set' | 'erase_asked' | 'entry_erased' | 'file_kept' | 'file_not_kept'>;

export function evolveRecord(incident: Incident, event: RecordEvent): void {
  switch (event.type) {
    case 'milestone_set':
      incident.record.milestones.set(event.body.milestone, { version: event.version, at: event.body.at });
      return;
    case 'erase_asked': {
      const { erase, entry, reason } = event.body;
      incident.erases.set(erase, { entry, by: event.by, reason });
      return;
    }
    case 'entry_erased':
      incident.erases.delete(event.body.erase);
      incident.record.erased.add(event.body.entry);
      // Whoever asked as well for the same entry has nothing left to wait for.
      for (const [id, { entry }] of incident.erases)
        if (entry === event.body.entry) incident.erases.delete(id);
      return;
    case 'file_kept':
    case 'file_not_kept':
      return;
  }
}

/** Events that are told in the line of another one, in a section of their own, or nowhere. */
const withoutLine: ReadonlySet<EventType> = new Set<EventType>([
  'note_added',
  'channel_opened',
  'message_posted',
  'slack_failed',
  'entry_corrected',
  'step_opened',
  'params_asked',
  'plan_made',
  'approval_requested',
  'approved',
  'alone_allowed',
  'act_done',
  'act_found',
  'looked_again',
  'verified',
  'loose_end_opened',
  'time_over',
  'loose_end_keep_asked',
  'loose_end_gone_said',
  'ends_reminded',
  'follow_up_added',
  'follow_up_changed',
  'section_written',
  'why_written',
  'lint_waived',
  'erase_asked',
  'file_kept',
  'file_not_kept',
  'quiet_asked',
  'quiet_snoozed',
  'update_missed',
  'attempt_lost',
  'report_asked',
  'left_asked',
  'report_posted',
]);

export function emptyIndex(first: EventOf<'incident_declared'>): RecordIndex {
  const { version } = first;
  return {
    notes: new Map(),
    lines: [version],
    touched: new Map(),
    milestones: new Map(),
    erased: new Set(),
  };
}

/** Changes the index that it is given. */
export function evolveIndex(index: RecordIndex, event: Event): void {
  if (!withoutLine.has(event.type)) index.lines.push(event.version);
  if (event.type === 'note_added') index.notes.set(event.body.entry, event.version);
  // It names the file: who agrees to erase the entry must have read it.
  if (event.type === 'file_kept' || event.type === 'file_not_kept') {
    const one = index.touched.get(event.body.entry);
    if (one) one.version = event.version;
    else index.touched.set(event.body.entry, { version: event.version, hidden: false });
  }
  if (event.type !== 'entry_corrected') return;
  const { entry, at, until, hidden } = event.body;
  const one = index.touched.get(entry) ?? { version: event.version, hidden: false };
  one.version = event.version;
  if (at !== undefined) one.at = at;
  if (until !== undefined) one.until = until;
  if (hidden !== undefined) one.hidden = hidden;
  index.touched.set(entry, one);
}
