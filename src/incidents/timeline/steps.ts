/** Gathers what belongs to one try of one step: its plan, approvals, outcome, verification and how it was closed. */
import type { At, Event, EventOf } from '../events.ts';
import type { EntryKind } from './entry.ts';

export interface StepStory {
  readonly key: string;
  readonly at: At;
  opened?: EventOf<'step_opened'>;
  /** The last plan before the change was started. */
  plan?: EventOf<'plan_made'>;
  planFailed?: EventOf<'plan_failed'>;
  requested?: EventOf<'approval_requested'>;
  approved?: EventOf<'approved'>;
  readonly lapsed: EventOf<'approval_lapsed'>[];
  started?: EventOf<'act_started'>;
  done?: EventOf<'act_done'>;
  readonly lost: EventOf<'attempt_lost'>[];
  readonly late: EventOf<'outcome_late'>[];
  readonly stops: EventOf<'stop_asked'>[];
  /** The last look for our own trace. */
  found?: EventOf<'act_found'>;
  /** The last verification: it decides. */
  verified?: EventOf<'verified'>;
  claimed?: EventOf<'by_hand_claimed'>;
  choice?: EventOf<'choice_made'>;
  readonly checks: EventOf<'check_done'>[];
  closed?: EventOf<'step_closed'>;
}

/** The key of one try of one step. */
export const keyOf = (at: At): string => `${at.run}/${at.step}/${at.try}`;

/** Every try of every step, in the order in which they began. */
export function stepStories(events: readonly Event[]): readonly StepStory[] {
  const stories = new Map<string, StepStory>();
  const of = (at: At): StepStory => {
    const key = keyOf(at);
    let story = stories.get(key);
    if (!story) {
      const address = { run: at.run, step: at.step, try: at.try };
      story = { key, at: address, lapsed: [], lost: [], late: [], stops: [], checks: [] };
      stories.set(key, story);
    }
    return story;
  };
  for (const event of events) {
    if (event.type === 'step_opened') of(event.body).opened = event;
    else if (event.type === 'plan_made') {
      const story = of(event.body);
      if (!story.started) story.plan = event;
    } else if (event.type === 'plan_failed') of(event.body).planFailed = event;
    else if (event.type === 'approval_requested') of(event.body).requested = event;
    else if (event.type === 'approved') of(event.body).approved = event;
    else if (event.type === 'approval_lapsed') {
      const story = of(event.body);
      // That a plan was read once more is no line of its own.
      if (event.body.planAt === undefined) story.lapsed.push(event);
      // What was confirmed was not called: the next plan and the next start are the ones that count.
      delete story.started;
      delete story.approved;
    } else if (event.type === 'act_started') of(event.body).started = event;
    else if (event.type === 'act_done') of(event.body).done = event;
    else if (event.type === 'attempt_lost') of(event.body).lost.push(event);
    else if (event.type === 'outcome_late') of(event.body).late.push(event);
    else if (event.type === 'stop_asked') of(event.body).stops.push(event);
    else if (event.type === 'act_found') of(event.body).found = event;
    else if (event.type === 'verified') of(event.body).verified = event;
    else if (event.type === 'by_hand_claimed') of(event.body).claimed = event;
    else if (event.type === 'choice_made') of(event.body).choice = event;
    else if (event.type === 'check_done') of(event.body).checks.push(event);
    else if (event.type === 'step_closed') of(event.body).closed = event;
  }
  return [...stories.values()];
}

/** Who pressed the button that let the change go: the requester when two people were needed. */
export function confirmedBy(story: StepStory): EventOf<'act_started'>['by'] | undefined {
  if (story.requested) return story.requested.by;
  return story.approved?.by ?? story.started?.by;
}

/** Who approved it: only for a step that two people decide. Alone is the requester, with the reason. */
export function approvedBy(
  story: StepStory,
): { by: EventOf<'approved'>['by']; alone: boolean; reason?: string } | undefined {
  const approved = story.approved;
  if (!approved) return undefined;
  const twoPeople = story.requested !== undefined || story.plan?.body.level === 'two-person';
  if (!twoPeople && !approved.body.alone) return undefined;
  const reason = approved.body.reason;
  const by = approved.body.under?.by ?? approved.by;
  return { by, alone: approved.body.alone, ...(reason === undefined ? {} : { reason }) };
}

/** What is known about the change itself, apart from its verification. */
export type Outcome = 'made' | 'not made' | 'failed' | 'unknown' | 'running';

/** The outcome of a change: what the call said, else what the look for our own trace found. */
export function outcomeOf(story: StepStory): Outcome {
  const done = story.done?.body.outcome;
  if (done === 'made' || done === 'failed') return done;
  const found = story.found?.body.happened;
  if (found === 'made' || found === 'not made') return found;
  if (done === 'unknown' || story.lost.length > 0 || found !== undefined) return 'unknown';
  return 'running';
}

/** When the last thing about this try was known, for a line that lasted. */
export function endOf(story: StepStory): number | undefined {
  const ends = [story.done?.at, story.found?.at, story.verified?.at].filter((at) => at !== undefined);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** What the runbook's author wants the step to be on the timeline, else what it is. */
export function kindOf(opened: StepStory['opened'], otherwise: EntryKind): EntryKind {
  return opened?.body.undoes === undefined ? (opened?.body.timeline ?? otherwise) : otherwise;
}
