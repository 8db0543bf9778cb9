/** `ruled out: …`, `asked for help: …`, `got help: …`, `decision: …` at the beginning of a note. */
import type { Bodies } from '../../incidents/events.ts';

type Kind = Bodies['note_added']['kind'];

const words: readonly (readonly [RegExp, Kind])[] = [
  [/^ruled[ -]out\s*:\s*/i, 'ruled-out'],
  [/^asked for help\s*:\s*/i, 'help-asked'],
  [/^(?:got help|helped)\s*:\s*/i, 'help-answered'],
  [/^deci(?:sion|ded)\s*:\s*/i, 'decision'],
  [/^note\s*:\s*/i, 'note'],
];

export function noteKind(text: string): { kind: Kind; text: string } {
  for (const [pattern, kind] of words) {
    const found = pattern.exec(text);
    if (found) return { kind, text: text.slice(found[0].length).trim() };
  }
  return { kind: 'note', text };
}
