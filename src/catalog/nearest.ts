/** The nearest known name to one that was misspelt. */

/** Edits between two words: insert, delete, replace, and swap of two neighbours count one each. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Names longer than this are never a misspelling of a name of ours; the comparison is quadratic. */
const LONGEST = 100;

/**
 * The candidate that was most likely meant, or undefined when none is near: at most one edit for each three letters
 * (at least one), case, `_` and `-` not counted. Of two as near, the first in the list.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length === 0 || name.length > LONGEST) return undefined;
  const plain = (text: string) => text.toLowerCase().replaceAll('_', '-');
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let edits = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const needed = distance(plain(name), plain(candidate));
    // One letter for another is not a misspelling of a one-letter name.
    if (needed < edits && needed < candidate.length) {
      best = candidate;
      edits = needed;
    }
  }
  return best;
}

/** The sentence "Did you mean x?", or the list when it is short, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates];
  const near = nearest(name, all);
  if (near !== undefined) return `Did you mean ${near}?`;
  if (all.length === 0 || all.length > 12) return undefined;
  return `There is: ${all.join(', ')}.`;
}
