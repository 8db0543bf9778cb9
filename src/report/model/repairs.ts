/** Which changes moved the system toward recovery: what was made and stayed, before the service was back. */
import type { EventOf } from '../../incidents/events.ts';
import { outcomeOf, type StepStory } from '../../incidents/timeline/steps.ts';

export type RunStarts = ReadonlyMap<number, EventOf<'run_started'>>;

/** What a step may leave behind, as far as its plan or its pinned runbook says. */
function leavesTemporary(story: StepStory, runs: RunStarts): boolean {
  if (story.plan) return story.plan.body.leaves.some((leaves) => leaves.kind === 'temporary');
  const steps = runs.get(story.at.run)?.body.runbook.steps ?? [];
  const step = steps.find((candidate) => candidate.id === story.at.step);
  return step?.kind === 'manual' && step.leaves.kind === 'temporary';
}

/** The try that took this one back, when it was made or verified. */
export function undoOf(story: StepStory, stories: readonly StepStory[]): StepStory | undefined {
  return stories.find((other) => {
    const { run, step } = other.at;
    if (run !== story.at.run || step !== story.at.step || other.opened?.body.undoes !== story.at.try)
      return false;
    return other.started !== undefined && (other.verified?.body.held ?? outcomeOf(other) === 'made');
  });
}

/** Made by the bot or by hand, not taken back, and not meant for a while only: a dump or a utility pod repairs nothing. */
function lasts(story: StepStory, stories: readonly StepStory[], runs: RunStarts): boolean {
  if (story.opened?.body.undoes !== undefined) return false;
  if (!story.claimed && (!story.started || outcomeOf(story) === 'not made')) return false;
  return !undoOf(story, stories) && !leavesTemporary(story, runs);
}

/** The first of them that was verified, before the service was back. */
export function fixedAt(
  stories: readonly StepStory[],
  runs: RunStarts,
  restored: number | undefined,
): number | undefined {
  if (restored === undefined) return undefined;
  const times = stories.flatMap((story) => {
    const { verified } = story;
    if (!verified?.body.held || verified.at > restored) return [];
    return lasts(story, stories, runs) ? [verified.at] : [];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * It may have helped: it lasted, began before the service was back, and nobody found that it does not work. One whose
 * outcome is not known counts only when it was verified.
 */
export function repairs(
  story: StepStory,
  stories: readonly StepStory[],
  runs: RunStarts,
  restored: number | undefined,
): boolean {
  const begun = story.started ?? story.claimed;
  if (!begun || (restored !== undefined && begun.at > restored)) return false;
  const held = story.verified?.body.held;
  const happened = held ?? (story.claimed !== undefined || outcomeOf(story) === 'made');
  return happened && lasts(story, stories, runs);
}
