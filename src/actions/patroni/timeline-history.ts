/** Timelines: which one branched off which, where, and how two places in the WAL lie to each other. */
import { parseLsn } from './lsn.ts';

/** A place in the WAL: up to here, on this timeline. */
export interface Place {
  readonly timeline: number;
  readonly position: bigint;
}

/** The timelines before one, oldest first, each with the position where it was left. Timeline 1 has none. */
export type Ancestors = readonly Place[];

/** Everything that is held: from the beginning through the ancestors up to `position` of `timeline`. */
export interface Line extends Place {
  readonly ancestors: Ancestors;
}

/**
 * Reads `000000NN.history`: lines of `parent  switch position  reason`. Throws nothing: undefined for a text that is
 * not one, or whose timelines or positions do not rise.
 */
export function parseHistory(text: string): Place[] | undefined {
  const found: Place[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) continue;
    const [timeline, at] = words.split(/\s+/);
    const position = parseLsn(at);
    const before = found.at(-1);
    if (!/^[1-9]\d{0,9}$/.test(timeline ?? '') || position === undefined) return undefined;
    const place = { timeline: Number(timeline), position };
    if (before && (place.timeline <= before.timeline || place.position < before.position)) return undefined;
    found.push(place);
  }
  return found;
}

/** How much of one line another has: all of both the same, one in the other, or both something of their own. */
export type Relation =
  | { readonly is: 'equal' | 'in other' | 'has other' }
  /** `at` is the last place that both have; absent when they have nothing in common. */
  | { readonly is: 'forked'; readonly at?: Place };

/**
 * Walks both lines from the beginning. The same timeline number is the same timeline only when the same switch points
 * lead to it: two members that were promoted without knowing of each other choose the same number.
 */
export function relationOf(one: Line, other: Line): Relation {
  const [a, b] = [placesOf(one), placesOf(other)];
  let common: Place | undefined;
  for (let index = 0; ; index++) {
    const [here, there] = [a[index], b[index]];
    if (!here) return { is: there ? 'in other' : 'equal' };
    if (!there) return { is: 'has other' };
    if (here.timeline !== there.timeline) return forkedAt(one, other, common);
    if (here.position !== there.position) {
      const isShorter = here.position < there.position;
      const shorter = isShorter ? here : there;
      if (index === (isShorter ? a : b).length - 1) return { is: isShorter ? 'in other' : 'has other' };
      return forkedAt(one, other, shorter);
    }
    common = here;
  }
}

/** Who has nothing beyond the fork is no branch. */
function forkedAt(one: Line, other: Line, at: Place | undefined): Relation {
  if (at) {
    const [nothing, nothingToo] = [one.position <= at.position, other.position <= at.position];
    if (nothing && nothingToo) return { is: 'equal' };
    if (nothing) return { is: 'in other' };
    if (nothingToo) return { is: 'has other' };
  }
  return { is: 'forked', ...(at ? { at } : {}) };
}

function placesOf(line: Line): Place[] {
  return [...line.ancestors, { timeline: line.timeline, position: line.position }];
}

/** Leaves out each line that another has. */
export function longest(lines: readonly Line[]): Line[] {
  return lines.filter((line, index) =>
    lines.every((other, at) => {
      if (at === index) return true;
      const { is } = relationOf(line, other);
      return is === 'forked' || is === 'has other' || (is === 'equal' && index < at);
    }),
  );
}
