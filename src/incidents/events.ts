/** What can happen in an incident: the truth that everything else is folded from. Fields are only ever added. */
import type { z } from 'zod';
import { baselineBodies } from './events/baseline.ts';
import { changeBodies } from './events/changes.ts';
import { incidentBodies } from './events/incident.ts';
import { leftBodies } from './events/left-behind.ts';
import { recordBodies } from './events/record.ts';
import { reportBodies } from './events/report.ts';
import { runBodies } from './events/runs.ts';
import type { personSchema, severity, status, targetSchema } from './events/shapes.ts';
import { sharingBodies } from './events/sharing.ts';
import { unwindBodies } from './events/unwinding.ts';

export { personSchema } from './events/shapes.ts';

const bodies = {
  ...incidentBodies,
  ...runBodies,
  ...changeBodies,
  ...leftBodies,
  ...unwindBodies,
  ...recordBodies,
  ...sharingBodies,
  ...reportBodies,
  ...baselineBodies,
};

export type Bodies = { [T in keyof typeof bodies]: z.output<(typeof bodies)[T]> };
export type EventType = keyof Bodies;

interface Envelope {
  readonly incident: number;
  /** 1, 2, 3, … within the incident, without holes. */
  readonly version: number;
  /** When it was recorded: the `now` of its command. */
  readonly at: number;
  readonly by: Person;
  readonly command: string;
}

/** One event: its body and the envelope it was stored in. */
export type Event = {
  [T in EventType]: Envelope & { readonly type: T } & { readonly body: Bodies[T] };
}[EventType];
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;
/** What `decide` gives; the door adds the envelope. */
export type NewEvent = { [T in EventType]: { readonly type: T; readonly body: Bodies[T] } }[EventType];

export type Person = z.output<typeof personSchema>;
export type Severity = z.output<typeof severity>;
export type Status = z.output<typeof status>;
export type Target = z.output<typeof targetSchema>;
export type TargetName = Pick<Target, 'namespace' | 'kind' | 'name'>;
export type At = { readonly run: number; readonly step: string; readonly try: number };

/** Stored text of an event, without envelope columns. Types unknown to this version come back as `unknown_event`. */
export type Stored =
  | { readonly known: true; readonly event: NewEvent }
  | { readonly known: false; readonly type: string; readonly body: unknown };

/** Reads a stored body. Throws when a known type does not fit its schema: the store is damaged or edited. */
export function parseEvent(type: string, body: unknown): Stored {
  const schema = (bodies as Record<string, z.ZodType | undefined>)[type];
  if (!schema) return { known: false, type, body };
  return { known: true, event: { type, body: schema.parse(body) } as NewEvent };
}

/** Every type this version knows. */
export const eventTypes = Object.keys(bodies) as EventType[];
