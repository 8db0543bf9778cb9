/** What people write down: notes, messages put on the timeline, and what happens to those messages in Slack. */
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';

/** Adds a note. A message that is already on the timeline is not added twice; one that was taken off comes back. */
export function note(draft: Draft, what: Extract<What, { do: 'note' }>): void {
  const { source, entry } = what.body;
  const pinned =
    source.channel && source.ts ? draft.incident.pinned.get(`${source.channel}/${source.ts}`) : undefined;
  if (pinned && !pinned.hidden) {
    draft.says = 'This message is already on the timeline.';
    return;
  }
  if (pinned) return emit(draft, 'entry_corrected', { entry: pinned.entry, why: 'corrected', hidden: false });
  emit(draft, 'note_added', { ...what.body, entry, late: draft.incident.closedAt !== undefined });
}

/** Follows a message of the timeline: edited, deleted, or its pushpin taken off. Other messages are not ours. */
export function correct(draft: Draft, what: Extract<What, { do: 'correct' }>): void {
  const pinned = draft.incident.pinned.get(`${what.channel}/${what.ts}`);
  if (!pinned) return;
  const off = what.why === 'pushpin removed';
  if (off && pinned.hidden) return;
  // Its words are gone for good: an edit does not bring any back.
  if (what.why === 'edited in Slack' && draft.incident.record.erased.has(pinned.entry)) return;
  emit(draft, 'entry_corrected', {
    entry: pinned.entry,
    why: what.why,
    ...(what.text === undefined ? {} : { text: what.text }),
    ...(off ? { hidden: true } : {}),
  });
}
