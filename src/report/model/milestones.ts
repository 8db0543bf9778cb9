/** The moments of an incident that lengths of time are measured between, and the spans in which it was open. */
import type { Event, EventOf } from '../../incidents/events.ts';
import { type CorrectedEvents, shownEvents } from '../../incidents/timeline/corrected-events.ts';
import type { StepStory } from '../../incidents/timeline/steps.ts';
import { fixedAt, type RunStarts } from './repairs.ts';

export interface Span {
  readonly from: number;
  /** Absent while it goes on. */
  readonly to?: number;
}

export interface Milestones {
  readonly start: number;
  readonly declared: number;
  /** Only when somebody set it: the first sign is when it began, not when anybody saw it. */
  readonly detected?: number;
  /** Only when somebody set it: a declaration is no proof that anybody took it up. */
  readonly acknowledged?: number;
  readonly lead?: number;
  /** First confirmed target. */
  readonly target?: number;
  readonly causeFound?: number;
  readonly fixed?: number;
  /** Service back, and not reopened since. */
  readonly restored?: number;
  readonly tidied?: number;
  readonly closed?: number;
  /** The last thing known: for what has no end. */
  readonly last: number;
  /** From the declaration to each resolve, and from each reopening. */
  readonly open: readonly Span[];
}

export interface Interval {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  /** ms, where it was not all of the time between them. */
  readonly lasted?: number;
}

function openSpans(events: readonly Event[], declared: number): Span[] {
  const spans: { from: number; to?: number }[] = [{ from: declared }];
  for (const event of events) {
    const last = spans.at(-1);
    if (event.type === 'resolved' && last) last.to = Math.max(last.from, event.body.at);
    if (event.type === 'reopened') spans.push({ from: event.at });
  }
  return spans;
}

function tidiedAt(events: readonly Event[]): number | undefined {
  const open = new Set<string>();
  let at: number | undefined;
  for (const event of events) {
    if (event.type === 'loose_end_opened' && event.body.kind === 'temporary') open.add(event.body.id);
    if (event.type === 'loose_end_settled' && event.body.state !== 'open' && open.delete(event.body.id))
      at = event.at;
  }
  return open.size === 0 ? at : undefined;
}

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

/** What people set themselves, the last one of each name. */
function setByPeople(events: readonly Event[]): ReadonlyMap<string, number> {
  const set = new Map<string, number>();
  for (const event of events)
    if (event.type === 'milestone_set') set.set(event.body.milestone, event.body.at);
  return set;
}

/** Reads the moments from the corrected events; none is invented, and one that was taken off the timeline is none. */
export function milestonesOf(
  corrected: CorrectedEvents,
  declared: EventOf<'incident_declared'>,
  stories: readonly StepStory[],
  runs: RunStarts,
): Milestones {
  const events = shownEvents(corrected);
  let restored: number | undefined;
  let closed: number | undefined;
  for (const event of corrected.events) {
    // Whether it is over is no matter of what is shown; since when is one.
    if (event.type === 'resolved')
      restored = corrected.hidden.has(`v${event.version}`) ? undefined : event.body.at;
    if (event.type === 'closed') closed = event.body.at;
    if (event.type === 'reopened') {
      restored = undefined;
      closed = undefined;
    }
  }
  const lead = events.find(
    ({ type, body }) => (type === 'role_set' || type === 'handed_over') && body.role === 'lead',
  )?.at;
  const target = events.find((event) => event.type === 'target_confirmed')?.at;
  const cause = events.find((event) => event.type === 'status_changed' && event.body.to === 'cause found');
  const set = setByPeople(events);
  return defined({
    start: Math.min(declared.body.since, declared.at),
    declared: declared.at,
    detected: set.get('detected'),
    acknowledged: set.get('acknowledged'),
    lead,
    target,
    causeFound: cause?.type === 'status_changed' ? cause.body.at : undefined,
    fixed: set.get('fixed') ?? fixedAt(stories, runs, restored),
    restored,
    tidied: set.get('tidied') ?? tidiedAt(corrected.events),
    closed,
    last: corrected.recorded.reduce((latest, event) => Math.max(latest, event.at), declared.at),
    open: openSpans(corrected.events, declared.at),
  });
}

/** Only lengths of which both ends are known, and in their order. */
export function intervalsOf(moments: Milestones): readonly Interval[] {
  const rows: [string, number | undefined, number | undefined][] = [
    ['First sign to detected', moments.start, moments.detected],
    ['First sign to acknowledged', moments.start, moments.acknowledged],
    ['First sign to declared', moments.start, moments.declared],
    ['First sign to somebody in the lead', moments.start, moments.lead],
    ['First sign to the right system found', moments.start, moments.target],
    ['First sign to “cause found”', moments.start, moments.causeFound],
    ['First sign to the first fix that worked', moments.start, moments.fixed],
    ['First sign to service restored', moments.start, moments.restored],
    ['Service restored to everything tidied', moments.restored, moments.tidied],
  ];
  return rows.flatMap(([what, from, to]) =>
    from === undefined || to === undefined || to < from ? [] : [{ what, from, to }],
  );
}
