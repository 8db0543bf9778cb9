/** For what the responders waited: an answer of others, a second person, a step by hand. Only with both ends known. */
import type { StepStory } from '../../incidents/timeline/steps.ts';
import type { Entry } from '../../incidents/timeline.ts';
import type { Interval, Span } from './milestones.ts';

export interface Wait {
  readonly for: 'help' | 'an approval' | 'steps by hand';
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

/** ms; shorter ones are no waiting. */
const SHORTEST = 60_000;

/**
 * An answer ends the last open question: which of several it answers is not recorded, and this is the shortest wait
 * that it can have been.
 */
function helpWaits(entries: readonly Entry[]): Wait[] {
  const open: Entry[] = [];
  const waits: Wait[] = [];
  for (const entry of entries) {
    if (entry.deletedAt !== undefined) continue;
    if (entry.kind === 'help-asked') open.push(entry);
    const asked = entry.kind === 'help-answered' ? open.pop() : undefined;
    if (asked) waits.push({ for: 'help', what: asked.text, from: asked.at, to: entry.at });
  }
  return waits;
}

function stepWaits(story: StepStory): Wait[] {
  const { opened, requested, approved, claimed } = story;
  const what = opened?.body.title ?? story.at.step;
  const waits: Wait[] = [];
  if (requested && approved) waits.push({ for: 'an approval', what, from: requested.at, to: approved.at });
  if (opened?.body.kind === 'manual' && claimed)
    waits.push({ for: 'steps by hand', what, from: opened.at, to: claimed.at });
  return waits;
}

/** In order of time. `entries` are the shown lines, `stories` every try of every step. */
export function waitsOf(entries: readonly Entry[], stories: readonly StepStory[]): readonly Wait[] {
  return [...helpWaits(entries), ...stories.flatMap(stepWaits)]
    .filter(({ from, to }) => to - from >= SHORTEST)
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** ms that at least one of them covers. */
function covered(waits: readonly Wait[]): number {
  let sum = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to } of waits) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

function row(what: string, waits: readonly Wait[]): Interval[] {
  const [first] = waits;
  if (!first) return [];
  const times = waits.length === 1 ? '' : ` (${waits.length} times)`;
  const to = Math.max(...waits.map((wait) => wait.to));
  return [{ what: `${what}${times}`, from: first.from, to, lasted: covered(waits) }];
}

/** A row for each kind, and one for all where there is more than one kind; what overlaps counts once. */
function waitRows(waits: readonly Wait[]): readonly Interval[] {
  const kinds = ['help', 'an approval', 'steps by hand'] as const;
  const rows = kinds.flatMap((kind) =>
    row(
      `Waiting for ${kind}`,
      waits.filter((wait) => wait.for === kind),
    ),
  );
  return rows.length > 1 ? [...rows, ...row('Waiting for others, all together', waits)] : rows;
}

/** The lengths between milestones, and behind the one of the right system those of what held people up. */
export function withWaits(
  lengths: readonly Interval[],
  wrongSystem: Span | undefined,
  waits: readonly Wait[],
): readonly Interval[] {
  const what = 'On another system, until the right one was confirmed';
  const wrong = wrongSystem?.to === undefined ? [] : [{ what, from: wrongSystem.from, to: wrongSystem.to }];
  const at = lengths.findIndex((one) => /right system|“cause found”|first fix|restored/.test(one.what));
  const after = /right system/.test(lengths[at]?.what ?? '') ? at + 1 : at === -1 ? lengths.length : at;
  return [...lengths.slice(0, after), ...wrong, ...waitRows(waits), ...lengths.slice(after)];
}
