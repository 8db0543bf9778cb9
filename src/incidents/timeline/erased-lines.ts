/** How entries stand on the timeline whose words were erased: who agreed to it, and why, in their place. */
import type { Event, EventOf } from '../events.ts';
import { clause } from '../sentence.ts';
import type { Entry, NameOf } from './entry.ts';

/** `An entry was erased (a patient is named), by Ana and Ben.` */
export function erasedWords(event: EventOf<'entry_erased'>, name: NameOf): string {
  const { reason, askedBy } = event.body;
  return `An entry was erased (${clause(reason)}), by ${name(askedBy)} and ${name(event.by)}.`;
}

/**
 * A note is replaced by these words; a line of Handrail's own keeps what no person wrote and says it behind that. The
 * line of the erasing itself stands only where its entry is not shown.
 */
export function applyErasures(
  lines: readonly Entry[],
  events: readonly Event[],
  name: NameOf,
): readonly Entry[] {
  const erasures = new Map<string, EventOf<'entry_erased'>>();
  for (const event of events) if (event.type === 'entry_erased') erasures.set(event.body.entry, event);
  if (erasures.size === 0) return lines;
  const shown = new Set(lines.flatMap(({ id, show }) => (show === 'hide' ? [] : [id])));
  const told = new Set(
    [...erasures].flatMap(([entry, { version }]) => (shown.has(entry) ? [`v${version}`] : [])),
  );
  return lines.flatMap((line) => {
    if (told.has(line.id)) return [];
    const erasure = erasures.get(line.id);
    return erasure ? [erasedLine(line, erasure, name)] : [line];
  });
}

function erasedLine(line: Entry, erasure: EventOf<'entry_erased'>, name: NameOf): Entry {
  const { original: _first, deletedAt: _gone, files: _files, ...entry } = line;
  const words = erasedWords(erasure, name);
  const { kind, channel, ts, author } = entry.source;
  const source = {
    kind,
    ...(channel ? { channel } : {}),
    ...(ts ? { ts } : {}),
    ...(author ? { author } : {}),
  };
  const isNote = entry.id !== `v${entry.version}`;
  return {
    ...entry,
    // The link leads to the message, whose words may still be there.
    source,
    erased: { at: erasure.at, by: erasure.by, askedBy: erasure.body.askedBy, reason: erasure.body.reason },
    evidence: [],
    kind: isNote ? 'correction' : entry.kind,
    text: isNote ? words : `${entry.text.trim()} ${words.replace('An entry was', 'Its words were')}`,
  };
}
