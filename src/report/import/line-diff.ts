/** Which lines of a text became which lines of another one. */

/** Lines `from` to `to` (0-based, `to` not among them) became `lines`, which stand at `at` in the other text. */
export interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly lines: readonly string[];
}

/** Cells of the table that is compared with; a report of thousands of lines of which few are others stays far below. */
const MOST = 16_000_000;

/** The shortest list of changes, in order; undefined when the two have too little in common to say. */
export function lineDiff(before: readonly string[], after: readonly string[]): readonly Hunk[] | undefined {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++;
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  const width = b.length + 1;
  if ((a.length + 1) * width > MOST) return undefined;
  // Length of the longest common rest, from each pair of places.
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
  const hunks: Hunk[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
      continue;
    }
    const from = i;
    const at = j;
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      const below = i < a.length ? (common[(i + 1) * width + j] ?? 0) : -1;
      const beside = j < b.length ? (common[i * width + j + 1] ?? 0) : -1;
      if (below >= beside) i++;
      else j++;
    }
    hunks.push({ from: head + from, to: head + i, at: head + at, lines: b.slice(at, j) });
  }
  return hunks;
}
