/** Corrections applied to the events, for everything that is computed from them: lengths, milestones, decisions, changes. */
import { withErased } from '../erased.ts';
import type { Event, EventOf, Person } from '../events.ts';
import { clause } from '../sentence.ts';
import { keyOf } from './steps.ts';

/** Words in place of a line's own: whose they are, and when they were written (ms). */
export interface CorrectedText {
  readonly text: string;
  readonly by: Person;
  readonly at: number;
}

export interface CorrectedEvents {
  /** As they were recorded, in order. */
  readonly recorded: readonly Event[];
  /** The same with the times and words that somebody corrected. Nothing is left out. */
  readonly events: readonly Event[];
  /** The last words that somebody gave a line, by the line's id. */
  readonly texts: ReadonlyMap<string, CorrectedText>;
  /** Lines that were taken off the timeline and not put back, by id. */
  readonly hidden: ReadonlySet<string>;
}

interface Correction {
  at?: number;
  until?: number;
  precision?: 'exact' | 'about';
  words?: CorrectedText;
  hidden?: boolean;
}

function corrections(events: readonly Event[]): Map<string, Correction> {
  const byId = new Map<string, Correction>();
  for (const { type, body, by, at: when } of events) {
    if (type !== 'entry_corrected') continue;
    const one = byId.get(body.entry) ?? {};
    byId.set(body.entry, one);
    if (body.at !== undefined) one.at = body.at;
    if (body.until !== undefined) one.until = body.until;
    if (body.precision !== undefined) one.precision = body.precision;
    if (body.text !== undefined) one.words = { text: body.text, by, at: when };
    if (body.why === 'deleted in Slack') continue;
    if (body.hidden !== undefined) one.hidden = body.hidden;
    else if (body.why === 'pushpin removed') one.hidden = true;
  }
  return byId;
}

/** What a line says before the words that somebody gave: a person who corrects the line corrects these words. */
const leads = {
  declared: /^First noticed:\s*/,
  resolved: /^Service restored\.\s*/,
  check: /^Checked “.+?”(?: \d+ times)?: (?:ok|warn|bad|unknown)\.\s*/s,
  again: /^Checked again at resolve “.+?”: [^.]*\.\s*/s,
  decided: /^Decided “.+?”:\s*/s,
} as const;

/** `Gone: the dump. The file is gone.` is about the words behind the title. */
function settledWords(text: string, title: string | undefined): string {
  for (const lead of [`Gone: ${clause(title ?? '')}`, `Kept: ${clause(title ?? '')}`])
    if (title !== undefined && text.startsWith(lead))
      return text.slice(lead.length).replace(/^(?: \([^)]*\))?\.\s*/, '');
  return text;
}

/** One event with its own correction. The times that its body holds are corrected there, else that of the event. */
function corrected(event: Event, one: Correction, title: string | undefined): Event {
  const at = one.at ?? event.at;
  const text = one.words?.text;
  if (event.type === 'note_added') {
    const { body } = event;
    const begins = one.at ?? body.at;
    const { until: ended, ...kept } = body;
    const ends = one.until ?? ended;
    const precision = one.precision ?? body.precision;
    // An end from before the corrected beginning was the end of what is not said any more.
    const lasted = ends === undefined || ends < begins ? {} : { until: ends };
    return { ...event, body: { ...kept, ...lasted, at: begins, precision, text: text ?? body.text } };
  }
  if (event.type === 'milestone_set') {
    const { body } = event;
    const precision = one.precision ?? body.precision;
    return { ...event, body: { ...body, at: one.at ?? body.at, precision } };
  }
  if (event.type === 'status_changed')
    return { ...event, body: { ...event.body, at: one.at ?? event.body.at } };
  if (event.type === 'closed') return { ...event, body: { at: one.at ?? event.body.at } };
  if (event.type === 'recorded_later')
    return {
      ...event,
      body: { ...event.body, since: one.at ?? event.body.since, until: one.until ?? event.body.until },
    };
  if (event.type === 'resolved') {
    const summary = text?.replace(leads.resolved, '') ?? event.body.summary;
    const body = { ...event.body, at: one.at ?? event.body.at };
    return { ...event, body: summary === undefined ? body : { ...body, summary } };
  }
  if (text === undefined) return { ...event, at };
  if (event.type === 'check_done')
    return { ...event, at, body: { ...event.body, says: text.replace(leads.check, '') } };
  if (event.type === 'check_repeated')
    return { ...event, at, body: { ...event.body, says: text.replace(leads.again, '') } };
  if (event.type === 'loose_end_settled')
    return { ...event, at, body: { ...event.body, says: settledWords(text, title) } };
  if (event.type === 'choice_made') {
    // The new words say all of it: what else stood in the line is in the record.
    const { reason: _reason, form: _form, ...kept } = event.body;
    const label = text.replace(leads.decided, '');
    return { ...event, at, body: { ...kept, label, options: [label] } };
  }
  return { ...event, at };
}

/** `events` in the order of their versions. Pure; the given events are left as they are. */
export function correctedEvents(given: readonly Event[]): CorrectedEvents {
  const events = withErased(given);
  const byId = corrections(events);
  if (byId.size === 0) return { recorded: events, events, texts: new Map(), hidden: new Set() };
  const titles = new Map<string, string>();
  const changed = events.map((event): Event => {
    if (event.type === 'loose_end_opened') titles.set(event.body.id, event.body.title);
    const one = byId.get(event.type === 'note_added' ? event.body.entry : `v${event.version}`);
    const title = event.type === 'loose_end_settled' ? titles.get(event.body.id) : undefined;
    const next = one ? corrected(event, one, title) : event;
    if (next.type !== 'incident_declared') return next;
    // One event, two lines: that something was noticed, and that it was declared.
    const first = byId.get(`v${event.version}-since`);
    const since = first?.at ?? next.body.since;
    const noticed = first?.words?.text.replace(leads.declared, '') ?? next.body.noticed;
    return first ? { ...next, body: { ...next.body, since, noticed } } : next;
  });
  const ended = withEnds(changed, byId);
  const texts = [...byId].flatMap(([id, { words }]) => (words ? [[id, words] as const] : []));
  const hidden = [...byId].flatMap(([id, one]) => (one.hidden ? [id] : []));
  return { recorded: events, events: ended, texts: new Map(texts), hidden: new Set(hidden) };
}

/**
 * The end of a change or of work by hand is when its outcome was last known: a corrected end is the time of that
 * outcome, and none of the ones before it is later.
 */
function withEnds(events: readonly Event[], byId: ReadonlyMap<string, Correction>): readonly Event[] {
  const ends = new Map<string, number>();
  for (const event of events) {
    if (event.type !== 'act_started' && event.type !== 'by_hand_claimed') continue;
    const until = byId.get(`v${event.version}`)?.until;
    if (until !== undefined && until >= event.at) ends.set(keyOf(event.body), until);
  }
  if (ends.size === 0) return events;
  const last = new Map<string, number>();
  for (const event of events) if (isOutcome(event)) last.set(keyOf(event.body), event.version);
  return events.map((event) => {
    const end = isOutcome(event) ? ends.get(keyOf(event.body)) : undefined;
    if (!isOutcome(event) || end === undefined) return event;
    return { ...event, at: last.get(keyOf(event.body)) === event.version ? end : Math.min(event.at, end) };
  });
}

const isOutcome = (event: Event): event is EventOf<'act_done' | 'act_found' | 'verified'> =>
  event.type === 'act_done' || event.type === 'act_found' || event.type === 'verified';

/** The events without those whose lines were taken off the timeline. */
export function shownEvents({ events, hidden }: CorrectedEvents): readonly Event[] {
  return hidden.size === 0 ? events : events.filter(({ version }) => !hidden.has(`v${version}`));
}
