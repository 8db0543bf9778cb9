/** A person corrects an entry of the record: its words, its time, or whether it is shown. Every original stays. */
import type { RecordWhat } from '../commands/record.ts';
import { type Draft, emit } from '../draft.ts';
import { versionOf } from '../record-index.ts';
import { Refused } from '../refused.ts';
import type { Incident } from '../state.ts';
import { timeWords } from '../time-words.ts';
import { needs } from './rights.ts';

/** Clocks of two machines differ, and a minute as people type it has not ended when it is typed. */
const AHEAD_MS = 60_000;
/** As long as the words of a note may be. */
const MOST_WORDS = 8000;

/** Refused when there is no such entry, or when its words are gone for good. */
export function knownEntry(incident: Incident, entry: string): void {
  if (versionOf(incident.record, entry) === undefined)
    throw new Refused('unknown-entry', `There is no entry ${entry.slice(0, 60)} in INC-${incident.number}.`);
  if (incident.record.erased.has(entry))
    throw new Refused('erased', 'The words of this entry were erased for good; it stays as it is.');
}

/** ms. Throws Refused for what has not been yet. */
export function notAhead(draft: Draft, at: number): void {
  const { command, incident } = draft;
  if (at <= command.now + AHEAD_MS) return;
  const { zone } = incident.declared;
  const now = timeWords({ at: command.now, precision: 'exact' }, { zone, now: command.now });
  throw new Refused('future', `That has not been yet: it is ${now} now.`);
}

export function correctEntry(draft: Draft, what: Extract<RecordWhat, { do: 'correct entry' }>): void {
  const { incident } = draft;
  needs(draft, 'observe', 'correct the timeline');
  knownEntry(incident, what.entry);
  const touched = incident.record.touched.get(what.entry);
  const text = what.text?.trim();
  if (text === '')
    throw new Refused('text', 'An entry has words. To take it away, take it off the timeline instead.');
  if (text !== undefined && text.length > MOST_WORDS)
    throw new Refused('text', `These are ${text.length} characters; an entry has at most ${MOST_WORDS}.`);
  for (const at of [what.at, what.until]) if (at !== undefined) notAhead(draft, at);
  const at = what.at ?? touched?.at ?? what.seen?.at;
  const until = what.until ?? touched?.until ?? what.seen?.until;
  if (what.until !== undefined && at !== undefined && what.until < at)
    throw new Refused('range', 'It would end before it begins. Write the earlier time first.');
  // A beginning behind the old end: that end was of what is not said any more (timeline/corrections.ts).
  const changes = {
    ...(text === undefined ? {} : { text }),
    ...(what.at === undefined || what.at === (touched?.at ?? what.seen?.at) ? {} : { at: what.at }),
    ...(what.until === undefined || what.until === (touched?.until ?? what.seen?.until)
      ? {}
      : { until: what.until }),
    ...(what.precision === undefined ? {} : { precision: what.precision }),
    ...(what.hidden === undefined || what.hidden === (touched?.hidden ?? false)
      ? {}
      : { hidden: what.hidden }),
  };
  if (Object.keys(changes).length === 0) {
    if (what.hidden === undefined) throw new Refused('same', 'Nothing was changed.');
    const again =
      !what.hidden && incident.record.milestones.size > 0
        ? ' Of a milestone that was set again the last one is shown.'
        : '';
    throw new Refused('same', `It is ${what.hidden ? 'off' : 'on'} the timeline already.${again}`);
  }
  const reason = what.reason.trim();
  if (reason === '')
    throw new Refused('reason', 'Give a short reason; it stands in the record beside the correction.');
  emit(draft, 'entry_corrected', {
    entry: what.entry,
    why: 'corrected',
    ...changes,
    reason: reason.slice(0, 1000),
  });
  const moved = 'at' in changes || 'until' in changes;
  if (!moved || at === undefined) return;
  const { zone } = incident.declared;
  const ends = until === undefined || until < at ? {} : { until };
  const words = timeWords(
    { at, ...ends, precision: what.precision ?? 'exact' },
    { zone, now: draft.command.now },
  );
  draft.says = `Corrected: it is at ${words} now.`;
}
