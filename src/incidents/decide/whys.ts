/** Decides about the tree of whys: each answer explains another one, or the incident itself. */
import type { ReportWhat } from '../commands/report.ts';
import { type Draft, emit } from '../draft.ts';
import { Refused } from '../refused.ts';
import type { Incident } from '../state.ts';
import { needs } from './rights.ts';
import { writtenText } from './written-text.ts';

/** Characters of one answer. */
const LONGEST = 1000;
/** More than anybody reads, and one fewer than a form can offer. */
const MOST = 99;

export function writeWhy(draft: Draft, what: Extract<ReportWhat, { do: 'write why' }>): void {
  needs(draft, 'observe', 'write whys');
  const { incident } = draft;
  const known = what.id === undefined ? undefined : incident.whys.get(what.id);
  if (what.id !== undefined && !known)
    throw new Refused('no-why', 'This answer is not there any more. Open the whys again.');
  if (what.remove) {
    if (what.id === undefined) throw new Refused('no-why', 'Say which answer is to go.');
    // Each by itself, so that whoever folds the events need not know the tree.
    const ids = [...hangingOn(incident, what.id)];
    for (const id of ids) emit(draft, 'why_written', { id, text: '', open: false, removed: true });
    draft.says = ids.length === 1 ? 'The answer is gone.' : `${ids.length} answers are gone.`;
    return;
  }
  const parent = what.parent ?? known?.parent;
  if (parent !== undefined && !incident.whys.has(parent))
    throw new Refused('parent', 'The answer that this explains is not there any more. Open the whys again.');
  if (what.id !== undefined && parent !== undefined && hangingOn(incident, what.id).has(parent))
    throw new Refused('circle', 'An answer cannot explain itself: put it under another one.');
  if (!known && incident.whys.size >= MOST)
    throw new Refused('many', `There are ${MOST} answers already. Take out what explains nothing.`);
  const text = writtenText(what.text, LONGEST, 'Write the answer.');
  emit(draft, 'why_written', {
    id: what.id ?? `W${incident.version + 1}`,
    ...(parent === undefined ? {} : { parent }),
    text,
    open: what.open ?? known?.open ?? false,
  });
}

/** The answer and everything that explains it, the answer first. */
function hangingOn(incident: Pick<Incident, 'whys'>, id: string): ReadonlySet<string> {
  const found = new Set([id]);
  // A set is walked in the order in which it grows.
  for (const one of found)
    for (const [child, { parent }] of incident.whys) if (parent === one) found.add(child);
  return found;
}
