/** When a channel has been quiet for long: what counts as written down, and when it is asked what happens. */
import type { Event, EventType, Person } from './events.ts';
import type { Incident } from './state.ts';

/** The question that was asked last. */
export interface QuietQuestion {
  /** Version of its `quiet_asked`. */
  readonly version: number;
  /** Nothing was written down since then (ms). */
  readonly since: number;
  /** The question before it in the same stretch of quiet: its buttons go. */
  readonly before?: number;
  /** Somebody wrote: when, who, and the version of the first thing that they did. */
  over?: { readonly version: number; readonly at: number; readonly by: Person };
  /** Asked to come again then (ms), by whom. */
  snoozed?: { readonly until: number; readonly by: Person };
}

/** What Handrail itself writes down: how a check or a change came out. Everything else of it is bookkeeping. */
const outcomes: ReadonlySet<EventType> = new Set([
  'check_done',
  'check_repeated',
  'act_done',
  'act_found',
  'verified',
  'difference_found',
]);

/** What people do without saying what happens. */
const silent: ReadonlySet<EventType> = new Set([
  'quiet_snoozed',
  'report_asked',
  'left_asked',
  'entry_corrected',
  'erase_asked',
  'entry_erased',
]);

/** True for what breaks the quiet. */
export function breaksQuiet(event: Event): boolean {
  return event.by.id === 'bot' ? outcomes.has(event.type) : !silent.has(event.type);
}

/** Nobody is asked about a service that is back or watched, where there is no channel, or where it is switched off. */
export function asksAboutQuiet({ declared, status, resolvedAt, closedAt }: Incident): boolean {
  if (declared.quiet || !declared.quietMinutes) return false;
  return resolvedAt === undefined && closedAt === undefined && status !== 'watching';
}

/** How long it may be quiet (ms). */
export const quietMs = ({ declared }: Incident): number => (declared.quietMinutes ?? 0) * 60_000;

const working: ReadonlySet<string> = new Set(['checking', 'planning', 'calling', 'looking', 'verifying']);

/** True while Handrail itself is at work, which everybody sees: its outcome ends the quiet. */
function isWorking(incident: Incident): boolean {
  return [...incident.runs.values()].some(
    (run) =>
      !run.ended && [...run.steps.values()].some((step) => step.tries.some((one) => working.has(one.phase))),
  );
}

/** Whether the channel is asked at `due` (ms): once for each stretch of quiet, and again when somebody asked for that. */
export function mayAsk(incident: Incident, due: number): boolean {
  if (!asksAboutQuiet(incident) || incident.channel === undefined || isWorking(incident)) return false;
  if (due - incident.lastEntryAt < quietMs(incident)) return false;
  if (incident.quietUntil !== undefined && due < incident.quietUntil) return false;
  const asked = incident.quietQuestion;
  return !asked || asked.over !== undefined || asked.snoozed !== undefined;
}
