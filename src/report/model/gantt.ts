/** The incident as bars over time: its phases, the steps that took a while, and what people waited for. */
import { endOf, type StepStory } from '../../incidents/timeline/steps.ts';
import type { Milestones } from './milestones.ts';
import type { Wait } from './waits.ts';

export interface Bar {
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

export interface Gantt {
  readonly phases: readonly Bar[];
  readonly steps: readonly Bar[];
  readonly waits: readonly Bar[];
  /** Bars for which there was no room: the shortest ones. */
  readonly leftOut: number;
}

/** Mermaid refuses a chart of more than 50,000 characters, and nobody reads one of a hundred bars. */
const MOST_STEPS = 40;
const MOST_WAITS = 20;

/** ms; a check that took less is no bar. */
const SHORTEST_CHECK = 60_000;

/** What was going on until each milestone, from the one before it; those that are not known have no phase. */
function phasesOf(moments: Milestones): Bar[] {
  const ends: readonly (readonly [string, number | undefined])[] = [
    ['Seen, not declared yet', moments.declared],
    ['Finding the right system', moments.target],
    ['Finding the cause', moments.causeFound],
    ['Repairing', moments.fixed],
    ['Until the service was back', moments.restored],
    ['Tidying up', moments.tidied],
  ];
  const known = ends
    .flatMap(([title, to]) => (to === undefined ? [] : [{ title, to }]))
    .sort((a, b) => a.to - b.to);
  let from = moments.start;
  return known.flatMap(({ title, to }) => {
    if (to <= from) return [];
    const bar = { title, from, to };
    from = to;
    return [bar];
  });
}

function stepsOf(story: StepStory): Bar[] {
  const undo = story.opened?.body.undoes === undefined ? '' : 'Undo of ';
  const title = `${undo}${story.opened?.body.title ?? story.at.step}`;
  const { started, claimed } = story;
  const end = endOf(story);
  if (started && end !== undefined && end > started.at) return [{ title, from: started.at, to: end }];
  if (claimed) {
    const from = Math.min(story.opened?.at ?? claimed.at, claimed.at);
    const to = end ?? claimed.at;
    return to > from ? [{ title, from, to }] : [];
  }
  return story.checks.flatMap(({ at, body }): Bar[] => {
    const ms = Math.round(body.seconds * 1000);
    return ms >= SHORTEST_CHECK ? [{ title, from: at - ms, to: at }] : [];
  });
}

/** The longest ones, in order of time. */
function longest(bars: readonly Bar[], most: number): Bar[] {
  return bars
    .toSorted((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, most)
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
}

export function ganttOf(moments: Milestones, stories: readonly StepStory[], waits: readonly Wait[]): Gantt {
  const all = stories.flatMap(stepsOf);
  const steps = longest(all, MOST_STEPS);
  const waiting = waits.map(({ for: kind, what, from, to }) => ({ title: `${kind}: ${what}`, from, to }));
  const held = longest(waiting, MOST_WAITS);
  const leftOut = all.length - steps.length + waiting.length - held.length;
  return { phases: phasesOf(moments), steps, waits: held, leftOut };
}
