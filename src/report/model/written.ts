/** What people wrote for others: sections of the report, updates, handovers, waivers; and how far the report is. */
import type { Event, EventOf, Person } from '../../incidents/events.ts';
import type { CorrectedEvents } from '../../incidents/timeline/corrected-events.ts';
import { visible } from '../typed.ts';

/** The last text of one section; `name` is that of sections.ts, or of a newer Handrail. */
export interface OwnText {
  readonly name: string;
  readonly text: string;
  readonly by: string;
  readonly at: number;
}

export interface Update {
  readonly at: number;
  readonly text: string;
  readonly by: string;
  /** When the next words were promised. */
  readonly next?: number;
}

export interface Handover {
  readonly at: number;
  readonly role: string;
  readonly from?: string;
  readonly to: string;
  readonly says: string;
}

export interface WaivedQuestion {
  readonly at: number;
  readonly code: string;
  /** The words that the question was about. */
  readonly key: string;
  readonly reason: string;
  readonly by: string;
}

export type ReportStatus = 'draft' | 'in review' | 'final';

type LabelOf = (person: Person) => string;

/** In the order in which they were first written; one that was emptied is not there. */
export function ownTextsOf(events: readonly Event[], labelOf: LabelOf): readonly OwnText[] {
  const texts = new Map<string, OwnText>();
  for (const { type, body, by, at } of events)
    if (type === 'section_written')
      texts.set(body.section, { name: body.section, text: body.text, by: labelOf(by), at });
  return [...texts.values()].filter(({ text }) => visible(text).trim() !== '');
}

export const ownText = (report: { readonly written: readonly OwnText[] }, name: string): string | undefined =>
  report.written.find((one) => one.name === name)?.text;

/** `events` are those that are shown; a line that somebody rewrote has the new words. */
export function updatesOf(
  events: readonly Event[],
  texts: CorrectedEvents['texts'],
  labelOf: LabelOf,
): readonly Update[] {
  const lead = /^Update for everybody:\s*/;
  const update = (event: EventOf<'update_posted'>): Update => ({
    at: event.at,
    text: texts.get(`v${event.version}`)?.text.replace(lead, '') ?? event.body.text,
    by: labelOf(event.by),
    ...(event.body.next === undefined ? {} : { next: event.body.next }),
  });
  return events
    .flatMap((event) => (event.type === 'update_posted' ? [update(event)] : []))
    .sort((a, b) => a.at - b.at);
}

/** As `updatesOf`. */
export function handoversOf(
  events: readonly Event[],
  texts: CorrectedEvents['texts'],
  labelOf: LabelOf,
): readonly Handover[] {
  // What the line says before the words: who handed what over to whom.
  const lead = /^(?:.{0,200}? handed .{0,100}? over to .{0,100}?|[^:.]{1,60}: [^.]{1,100})\. /s;
  return events
    .flatMap((event): Handover[] => {
      if (event.type !== 'handed_over') return [];
      const { role, from, to, says } = event.body;
      const words = texts.get(`v${event.version}`)?.text.replace(lead, '') ?? says;
      const who = { ...(from ? { from: labelOf(from) } : {}), to: labelOf(to) };
      return [{ at: event.at, role, ...who, says: words }];
    })
    .sort((a, b) => a.at - b.at);
}

/** Each question once, with the last reason. */
export function waivedOf(events: readonly Event[], labelOf: LabelOf): readonly WaivedQuestion[] {
  const waived = new Map<string, WaivedQuestion>();
  for (const { type, body, by, at } of events)
    if (type === 'lint_waived')
      waived.set(JSON.stringify([body.code, body.key]), { at, ...body, by: labelOf(by) });
  return [...waived.values()];
}

/** What people set last: a closed incident alone makes no report final. A word that is none of these is a draft. */
export function statusOf(events: readonly Event[]): ReportStatus {
  const to = lastSet(events)?.body.to;
  return to === 'final' || to === 'in review' ? to : 'draft';
}

/** Codes of the questions of the review that were open when it was made final; none while it is not. */
export function openAtFinalOf(events: readonly Event[]): readonly string[] {
  const last = lastSet(events);
  return last?.body.to === 'final' ? last.body.problems.map(({ code }) => code) : [];
}

function lastSet(events: readonly Event[]): EventOf<'report_status_set'> | undefined {
  return events.flatMap((event) => (event.type === 'report_status_set' ? [event] : [])).at(-1);
}
