/** Entries whose words are taken out for good: which events hold them, what is left of those, and how they read then. */
import { type At, type Event, type EventOf, type EventType, parseEvent } from './events.ts';
import { inOrder } from './timeline/in-order.ts';
import { keyOf } from './timeline/steps.ts';

/** One event without the words: the very text that is stored in place of its body. */
export interface Left {
  readonly version: number;
  readonly body: string;
}

interface Words {
  /** Fields that the schema needs: they become an empty text or list. */
  readonly empty?: readonly string[];
  /** Fields that are left out. */
  readonly drop?: readonly string[];
}

/**
 * Where the words and the evidence of an event are. Not in it: what the record is computed with (times, verdicts, who,
 * plans with their before and after, which are what a change is taken back by).
 */
const wordsOf: { readonly [T in EventType]?: Words } = {
  incident_declared: { empty: ['noticed'] },
  note_added: { empty: ['text'], drop: ['files'] },
  entry_corrected: { drop: ['text', 'reason'] },
  severity_changed: { drop: ['reason'] },
  resolved: { drop: ['summary'] },
  reopened: { drop: ['reason'] },
  check_done: { empty: ['says'], drop: ['out', 'evidence', 'elsewhere'] },
  check_repeated: { empty: ['says'], drop: ['evidence'] },
  choice_made: { empty: ['label', 'options'], drop: ['reason', 'form'] },
  step_closed: { drop: ['reason'] },
  run_ended: { empty: ['says'] },
  plan_failed: { empty: ['says'] },
  approved: { drop: ['reason'] },
  approval_lapsed: { empty: ['says'] },
  act_done: { empty: ['says'], drop: ['out', 'evidence'] },
  act_found: { empty: ['says'] },
  verified: { empty: ['says'], drop: ['out', 'evidence'] },
  by_hand_claimed: { drop: ['says'] },
  outcome_late: { empty: ['says'] },
  attempt_lost: { empty: ['says'] },
  loose_end_settled: { empty: ['says'] },
  loose_end_moved: { drop: ['says'] },
  unwind_ended: { empty: ['says'] },
  update_posted: { empty: ['text'] },
  handed_over: { empty: ['says'] },
  difference_failed: { empty: ['says'] },
  file_kept: { empty: ['name', 'mimetype', 'sha256'] },
  file_not_kept: { empty: ['name', 'says'] },
};

/** The body without words; undefined for a type that has none, or when there is nothing in it. */
export function withoutWords(event: Pick<Event, 'type' | 'body'>): Record<string, unknown> | undefined {
  const fields = wordsOf[event.type];
  if (!fields) return undefined;
  const body: Record<string, unknown> = { ...event.body };
  let found = false;
  for (const name of fields.empty ?? []) {
    const value = body[name];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    body[name] = Array.isArray(value) ? [] : '';
    found = true;
  }
  for (const name of fields.drop ?? []) {
    if (body[name] === undefined) continue;
    delete body[name];
    found = true;
  }
  return found ? body : undefined;
}

/** Types that tell one try of a step together, in the line of its beginning. */
const storyTypes: ReadonlySet<EventType> = new Set<EventType>([
  'approved',
  'act_done',
  'act_found',
  'attempt_lost',
  'verified',
  'by_hand_claimed',
  'choice_made',
  'step_closed',
]);

export type Erasable =
  | { readonly ok: true; readonly read: number; readonly left: readonly Left[] }
  | { readonly ok: false; readonly says: string };

/**
 * What is to be stored in place of every event that holds words of this entry: a note with all its corrections, a check
 * (of folded ones each), everything that one change said. `folded` are the versions of the checks in its line.
 */
export function erasable(given: readonly Event[], entry: string, folded: readonly number[] = []): Erasable {
  const events = withErased(inOrder(given));
  const own = events.find(
    (event) =>
      (event.type === 'note_added' && event.body.entry === entry) ||
      entry === `v${event.version}` ||
      (event.version === 1 && entry === 'v1-since'),
  );
  if (!own) return { ok: false, says: 'There is no such entry.' };
  const open = openRunOf(events, own);
  if (open !== undefined)
    return {
      ok: false,
      says: `Run ${open} is still open, and its later steps read what this one found. End the run first.`,
    };
  const versions = new Set([own.version, ...folded, ...storyOf(events, own)]);
  const ids = new Set([entry, ...folded.map((version) => `v${version}`)]);
  const holding = events.filter(
    (event) => versions.has(event.version) || (aboutEntry(event) && ids.has(event.body.entry)),
  );
  const left = holding.flatMap((event) => {
    const body = withoutWords(event);
    return body ? [{ version: event.version, body: JSON.stringify(body) }] : [];
  });
  if (!left.some(({ version }) => version === own.version)) {
    const corrected = left.length > 0;
    if (!corrected) return { ok: false, says: 'There are no words in this entry that could be erased.' };
    // The words are in a correction only: its own event stays as it is, and is named so that the entry is known.
    left.unshift({ version: own.version, body: JSON.stringify(own.body) });
  }
  return { ok: true, read: events.at(-1)?.version ?? 0, left };
}

function aboutEntry(event: Event): event is EventOf<'entry_corrected' | 'file_kept' | 'file_not_kept'> {
  return event.type === 'entry_corrected' || event.type === 'file_kept' || event.type === 'file_not_kept';
}

/** Versions of what the line of this event tells beside it. */
function storyOf(events: readonly Event[], own: Event): number[] {
  if (own.type !== 'act_started' && own.type !== 'by_hand_claimed' && own.type !== 'choice_made') return [];
  const key = keyOf(own.body);
  return events.flatMap((event) =>
    storyTypes.has(event.type) && 'step' in event.body && keyOf(event.body as At) === key
      ? [event.version]
      : [],
  );
}

/** The run, of those that the step of this event is in, that has not ended. */
function openRunOf(events: readonly Event[], own: Event): number | undefined {
  if (!('run' in own.body) || !('step' in own.body) || own.body.run === undefined) return undefined;
  const ended = new Set(events.flatMap((event) => (event.type === 'run_ended' ? [event.body.run] : [])));
  const parents = new Map(
    events.flatMap((event) =>
      event.type === 'run_started' ? [[event.body.run, event.body.parent?.run] as const] : [],
    ),
  );
  if (events.findLast(({ type }) => type === 'closed' || type === 'reopened')?.type === 'closed')
    return undefined;
  for (let run: number | undefined = own.body.run; run !== undefined; run = parents.get(run))
    if (!ended.has(run)) return run;
  return undefined;
}

/** What is left of erased events, by version. Of two erasures of one event the later one counts. */
export function leftOver(events: readonly Event[]): ReadonlyMap<number, string> {
  const left = new Map<number, string>();
  for (const event of events)
    if (event.type === 'entry_erased') for (const one of event.body.left) left.set(one.version, one.body);
  return left;
}

/**
 * The events as they read once their words are gone, whether or not the store has taken them out yet. A list in which
 * nothing was erased is given back as it is.
 */
export function withErased(events: readonly Event[]): readonly Event[] {
  const left = leftOver(events);
  if (left.size === 0) return events;
  return events.map((event) => {
    const body = left.get(event.version);
    return body === undefined ? event : erasedEvent(event, body);
  });
}

/** One event with what is left of it. A text that this version cannot read never brings the words back. */
export function erasedEvent(event: Event, body: string): Event {
  try {
    const read = parseEvent(event.type, JSON.parse(body));
    if (read.known) return { ...event, body: read.event.body } as Event;
  } catch {
    // Below.
  }
  return { ...event, body: withoutWords(event) ?? event.body } as Event;
}
