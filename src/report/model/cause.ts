/** What is known of the cause: the crash that a check found, and what people recorded. Nothing is invented. */
import type { Event, EventOf, Person } from '../../incidents/events.ts';
import type { StepStory } from '../../incidents/timeline/steps.ts';
import type { Entry } from '../../incidents/timeline.ts';
import { field } from './evidence.ts';

export interface Crash {
  readonly at: number;
  readonly title: string;
  readonly says: string;
  readonly pod?: string;
  readonly image?: string;
  readonly reason?: string;
  readonly exitCode?: string;
  readonly line?: string;
  readonly signature?: string;
}

export interface Cause {
  readonly crashes: readonly Crash[];
  /** Notes that begin with `cause:`; only people say why. */
  readonly recorded: readonly { readonly at: number; readonly by: string; readonly text: string }[];
  readonly statusSet: boolean;
  /** Somebody said why: in a note, in the section of the root cause, or in whys of which no end is open. */
  readonly known: boolean;
}

const causeNote = /^\s*(?:root )?cause\s*:\s*/i;

/** The line of a log that says what went wrong: the last that looks like an error, else the last. */
function tellingLine(log: string | undefined): string | undefined {
  const lines = (log ?? '').split('\n').filter((line) => line.trim() !== '');
  return (
    lines.findLast((line) => /error|exception|fatal|panic|killed|refused|denied/i.test(line)) ?? lines.at(-1)
  );
}

function crashOf(story: StepStory, check: EventOf<'check_done'>): Crash | undefined {
  const reason = field(check, 'reason');
  const exitCode = field(check, 'exit_code', 'exitCode');
  const termination = story.opened?.body.uses === 'k8s.last-termination';
  if (!termination && (reason === undefined || exitCode === undefined)) return undefined;
  if (check.body.verdict === 'ok') return undefined;
  const line = field(check, 'first_error', 'error') ?? tellingLine(field(check, 'log', 'lines'));
  const known: Partial<Crash> = {
    pod: field(check, 'pod', 'name'),
    image: field(check, 'image', 'digest'),
    reason,
    exitCode,
    line,
    signature: field(check, 'signature', 'signatures', 'meaning'),
  };
  if (reason === undefined && exitCode === undefined && line === undefined) return undefined;
  const title = story.opened?.body.title ?? story.at.step;
  const found = Object.entries(known).filter(([, value]) => value !== undefined);
  return { at: check.at, title, says: check.body.says, ...Object.fromEntries(found) };
}

/** One crash per pod, the first time it was seen, in order of time. `explained`: people wrote the cause elsewhere. */
export function causeOf(
  events: readonly Event[],
  stories: readonly StepStory[],
  entries: readonly Entry[],
  labelOf: (person: Person) => string,
  explained = false,
): Cause {
  const crashes = new Map<string, Crash>();
  for (const story of stories)
    for (const check of story.checks) {
      const crash = crashOf(story, check);
      const key = crash ? JSON.stringify([crash.pod, crash.reason, crash.exitCode, crash.line]) : '';
      if (crash && !crashes.has(key)) crashes.set(key, crash);
    }
  const recorded = entries
    .filter((entry) => entry.kind === 'note' && causeNote.test(entry.text) && entry.deletedAt === undefined)
    .map((entry) => ({ at: entry.at, by: labelOf(entry.by), text: entry.text.replace(causeNote, '') }));
  const statusSet = events.some(
    (event) => event.type === 'status_changed' && event.body.to === 'cause found',
  );
  const known = explained || recorded.length > 0;
  return { crashes: [...crashes.values()].sort((a, b) => a.at - b.at), recorded, statusSet, known };
}
