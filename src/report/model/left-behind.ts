/** What the incident left behind for a while, and what became of it. */
import type { Event, EventOf, Person } from '../../incidents/events.ts';
import { confirmedBy, keyOf, type StepStory } from '../../incidents/timeline/steps.ts';

export interface LeftRow {
  readonly id: string;
  readonly kind: 'temporary' | 'permanent' | 'approval-alone';
  readonly what: string;
  readonly object: string;
  readonly since: number;
  readonly before?: string;
  readonly during?: string;
  readonly state: 'may exist' | 'open' | 'gone' | 'accepted' | 'moved';
  readonly says?: string;
  readonly settledAt?: number;
  /** Until when it was meant to stay, as written. */
  readonly until?: string;
  readonly sensitivity?: 'personal-data' | 'access';
  readonly by: string;
  /** Who keeps it. */
  readonly owner?: string;
  readonly settledBy?: string;
  /** Personal data or access was kept by two: who asked for it, and who agreed. */
  readonly keptBy?: readonly [string, string];
  /** Where it is followed. */
  readonly link?: string;
}

export interface LeftBehind {
  readonly rows: readonly LeftRow[];
  /** Still there, or nobody knows: what stays for good is a follow-up instead. */
  readonly remaining: readonly LeftRow[];
  /** When something was last looked at. */
  readonly checkedAt?: number;
  /** The last comparison with how things were before: how many objects, and the kinds that could not be read. */
  readonly compared?: {
    readonly at: number;
    readonly objects: number;
    readonly notChecked: readonly string[];
  };
}

/** A try that was never made leaves nothing: its row, gone because nothing was changed, is left out. */
const neverWas = (event: EventOf<'loose_end_settled'>, row: LeftRow): boolean =>
  event.body.state === 'gone' && row.state === 'may exist' && /was not made/.test(event.body.says);

/** Whose change it was: who confirmed the step, else whose command opened it (an approver's, for two people). */
function opener(event: EventOf<'loose_end_opened'>, stories: readonly StepStory[]): Person {
  const { run, step, try: number } = event.body;
  if (run === undefined || step === undefined) return event.by;
  const key = keyOf({ run, step, try: number ?? 1 });
  const story = stories.find((candidate) => candidate.key === key);
  return (story && confirmedBy(story)) ?? event.by;
}

export function leftBehindOf(
  events: readonly Event[],
  stories: readonly StepStory[],
  labelOf: (person: Person) => string,
): LeftBehind {
  const rows = new Map<string, LeftRow>();
  const asked = new Map<string, Person>();
  let checkedAt: number | undefined;
  let compared: LeftBehind['compared'];
  for (const event of events) {
    if (event.type === 'loose_end_opened') {
      const { id, kind, title, object, state, until, sensitivity, before, during, owner } = event.body;
      const fields = { until, sensitivity, before, during, owner: owner && labelOf(owner) };
      const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      rows.set(id, {
        id,
        kind,
        what: title,
        object,
        since: event.at,
        state,
        by: labelOf(opener(event, stories)),
        ...known,
      });
    }
    if (event.type === 'difference_found') {
      const { objects, notChecked } = event.body;
      compared = { at: event.at, objects, notChecked: notChecked.map(({ kind }) => kind) };
    }
    if (event.type === 'loose_end_keep_asked') asked.set(event.body.id, event.by);
    if (event.type === 'loose_end_moved') {
      const row = rows.get(event.body.id);
      const { link, says } = event.body;
      if (row) rows.set(row.id, movedRow(row, event.at, labelOf(event.by), link, says));
    }
    if (event.type !== 'loose_end_settled') continue;
    const row = rows.get(event.body.id);
    if (!row) continue;
    const { state, says, owner, until, second } = event.body;
    const first = second && state === 'accepted' ? asked.get(row.id) : undefined;
    if (row.kind !== 'approval-alone' && state !== 'accepted') checkedAt = event.at;
    if (neverWas(event, row)) {
      rows.delete(row.id);
      continue;
    }
    rows.set(row.id, {
      ...row,
      state,
      says,
      settledAt: event.at,
      settledBy: labelOf(event.by),
      ...(owner ? { owner: labelOf(owner) } : {}),
      ...(until ? { until } : {}),
      ...(second && first ? { keptBy: [labelOf(first), labelOf(second)] as const } : {}),
    });
  }
  const all = [...rows.values()];
  const remaining = all.filter((row) => row.kind !== 'permanent' && row.state !== 'gone');
  return {
    rows: all,
    remaining,
    ...(checkedAt === undefined ? {} : { checkedAt }),
    ...(compared === undefined ? {} : { compared }),
  };
}

/** What was said while it was open is over; who follows it there is in the ticket. */
function movedRow(
  { says: _before, ...row }: LeftRow,
  settledAt: number,
  settledBy: string,
  link: string,
  says: string | undefined,
): LeftRow {
  return { ...row, state: 'moved', settledAt, settledBy, link, ...(says ? { says } : {}) };
}
