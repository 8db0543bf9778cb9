/** What can happen in an incident: the truth that everything else is folded from. Fields are only ever added. */
import { z } from 'zod';
import type { Runbook } from '../runbooks/runbook.ts';

/** Milliseconds since 1970, UTC. */
const instant = z.int();
const verdict = z.enum(['ok', 'warn', 'bad', 'unknown']);
const severity = z.enum(['SEV1', 'SEV2', 'SEV3', 'SEV4']);
const status = z.enum(['investigating', 'cause found', 'fixing', 'watching', 'resolved', 'closed']);
const values = z.record(z.string(), z.unknown());

/** A person or the bot as named at that moment: `slack:U1`, `terminal:ana@laptop`, `bot`. */
export const personSchema = z.object({ id: z.string(), name: z.string() });

const sourceSchema = z.object({
  kind: z.enum(['slack', 'terminal', 'step']),
  channel: z.string().optional(),
  ts: z.string().optional(),
  link: z.string().optional(),
  /** Who wrote the message, when somebody else put it on the timeline. */
  author: personSchema.optional(),
});

const systemSchema = z.object({
  id: z.string(),
  title: z.string(),
  namespace: z.string(),
  project: z.string().optional(),
  environment: z.string().optional(),
  picture: z.string().optional(),
  docs: z.array(z.object({ title: z.string(), url: z.string() })).default([]),
  dependencies: z.array(z.string()).default([]),
  contacts: z
    .array(z.object({ name: z.string(), what: z.string(), channel: z.string().optional() }))
    .default([]),
});

const targetSchema = z.object({
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  says: z.string(),
});

const planSchema = z.object({
  target: z.object({
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    uid: z.string().optional(),
  }),
  changes: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
  values,
  notes: z.array(z.string()),
  unknowns: z.array(z.string()),
  undo: values.optional(),
});

const nextSchema = z.union([
  z.object({ step: z.string() }),
  z.object({ stop: z.literal(true) }),
  z.object({ run: z.string(), with: values }),
]);

/** A step is addressed by run, step and try everywhere, also in buttons. A try above 1 is a repeat or an undo. */
const at = { run: z.int(), step: z.string(), try: z.int() };

const bodies = {
  incident_declared: z.object({
    title: z.string(),
    severity,
    system: systemSchema.optional(),
    namespace: z.string(),
    noticed: z.string(),
    since: instant,
    /** IANA zone in which people read and type times. */
    zone: z.string(),
    private: z.boolean(),
    drill: z.boolean(),
    /** A timeline without a channel, as a runbook run in a terminal opens it. */
    quiet: z.boolean(),
    /** Where it was declared. */
    place: z.string().optional(),
    invited: z.array(personSchema).default([]),
  }),
  channel_opened: z.object({ channel: z.string(), name: z.string() }),
  /** Where a thing was posted in Slack: `card`, `run:2`, `waiting:…`; bookkeeping, not on the timeline. */
  message_posted: z.object({ what: z.string(), channel: z.string(), ts: z.string() }),
  /** Something for Slack that could not be done, in words (an invitation refused, a missing scope). */
  slack_failed: z.object({ what: z.string(), says: z.string() }),
  note_added: z.object({
    entry: z.string(),
    kind: z.enum(['note', 'ruled-out', 'help-asked', 'help-answered', 'decision']),
    text: z.string(),
    at: instant,
    precision: z.enum(['exact', 'about']),
    source: sourceSchema,
    /** Written after the incident was closed. */
    late: z.boolean().default(false),
  }),
  entry_corrected: z.object({
    entry: z.string(),
    why: z.enum(['edited in Slack', 'deleted in Slack', 'pushpin removed', 'corrected']),
    text: z.string().optional(),
    at: instant.optional(),
    hidden: z.boolean().optional(),
  }),
  role_set: z.object({ role: z.string(), person: personSchema }),
  severity_changed: z.object({ from: severity, to: severity, reason: z.string().optional() }),
  status_changed: z.object({ to: status, at: instant }),
  target_proposed: z.object({ run: z.int(), step: z.string(), target: targetSchema }),
  target_confirmed: z.object({ target: targetSchema }),
  run_started: z.object({
    run: z.int(),
    parent: z.object({ run: z.int(), step: z.string() }).optional(),
    /** The whole normalised runbook, pinned for this run. */
    runbook: z.custom<Runbook>((value) => typeof value === 'object' && value !== null),
    hash: z.string(),
    revision: z.string().optional(),
    params: values,
    counts: z.object({ checks: z.int(), changes: z.int(), byHand: z.int() }),
  }),
  step_opened: z.object({
    ...at,
    kind: z.enum(['check', 'act', 'ask', 'manual', 'run']),
    title: z.string(),
    uses: z.string().optional(),
    args: values.optional(),
    namespace: z.string(),
    /** Commands a person would type instead. */
    byHand: z.array(z.string()).default([]),
    /** Rendered instructions of a manual step, or the question of an ask. */
    says: z.string().optional(),
    choices: z.array(z.object({ id: z.string(), label: z.string() })).optional(),
    /** The id under which a change leaves its trace in the world. */
    operation: z.string().optional(),
    /** This try takes back the try with this number. */
    undoes: z.int().optional(),
    /** Looked at once more beside the run, which stays where it is. */
    aside: z.boolean().optional(),
  }),
  check_done: z.object({
    ...at,
    verdict,
    says: z.string(),
    out: values.optional(),
    /** Kept fields only, redacted; the hash is of the raw output. */
    evidence: z.object({ fields: values, hash: z.string() }).optional(),
    seconds: z.number(),
    /** Set when it looked at something else than the confirmed target. */
    elsewhere: z.string().optional(),
    next: nextSchema.optional(),
    milestone: z.boolean().default(false),
  }),
  plan_made: z.object({
    ...at,
    operation: z.string(),
    plan: planSchema,
    hash: z.string(),
    /** Rendered words for people and values for later expressions. */
    says: z.string().optional(),
    phrase: z.string().optional(),
    level: z.enum(['click', 'type', 'two-person']),
    from: z.array(z.string()),
    expiresMs: z.int(),
    verify: z.object({ uses: z.string(), args: values, says: z.string() }).optional(),
    undo: z.string(),
    leaves: z.array(
      z.object({
        kind: z.enum(['temporary', 'permanent', 'nothing']),
        says: z.string(),
        until: z.string().optional(),
        sensitivity: z.enum(['personal-data', 'access']).optional(),
        probe: z.object({ uses: z.string(), args: values, gone: z.string() }).optional(),
        followUp: z.string().optional(),
      }),
    ),
    locks: z.array(z.string()),
    byHand: z.array(z.string()),
  }),
  plan_failed: z.object({ ...at, says: z.string() }),
  approval_requested: z.object({ ...at, hash: z.string(), expiresAt: instant, aloneAt: instant }),
  /** Nobody of the group answered in time, or nobody else is in it: the requester may go alone with a reason. */
  alone_allowed: z.object({ ...at, hash: z.string(), says: z.string() }),
  approved: z.object({ ...at, hash: z.string(), alone: z.boolean(), reason: z.string().optional() }),
  approval_lapsed: z.object({
    ...at,
    why: z.enum(['expired', 'plan changed', 'cancelled']),
    says: z.string(),
  }),
  /** The intent: from here on the change may exist. */
  act_started: z.object({ ...at, operation: z.string(), executeBy: instant, attempt: z.string() }),
  act_done: z.object({
    ...at,
    outcome: z.enum(['made', 'failed', 'unknown']),
    says: z.string(),
    out: values.optional(),
    seconds: z.number(),
  }),
  /** What the look for our own trace found after an outcome that nobody knows. */
  act_found: z.object({
    ...at,
    happened: z.enum(['made', 'not made', 'still running', 'cannot tell']),
    says: z.string(),
  }),
  verified: z.object({
    ...at,
    held: z.boolean(),
    says: z.string(),
    out: values.optional(),
    seconds: z.number(),
  }),
  /** A person asked to verify once more, or to look once more for the trace of the change. */
  looked_again: z.object({ ...at, phase: z.enum(['verifying', 'looking']) }),
  stop_asked: z.object({ ...at, attempt: z.string() }),
  by_hand_claimed: z.object({ ...at, says: z.string().optional() }),
  choice_made: z.object({
    ...at,
    choice: z.string().optional(),
    label: z.string(),
    reason: z.string().optional(),
    options: z.array(z.string()),
    form: values.optional(),
  }),
  step_closed: z.object({
    ...at,
    state: z.enum([
      'done',
      'not needed',
      'skipped',
      'failed',
      'accepted',
      'by hand',
      'undone',
      'stopped',
      'rehearsed',
    ]),
    reason: z.string().optional(),
  }),
  run_ended: z.object({
    run: z.int(),
    why: z.enum(['finished', 'ended', 'stopped']),
    says: z.string(),
    offer: z.object({ runbook: z.string(), with: values }).optional(),
  }),
  loose_end_opened: z.object({
    id: z.string(),
    kind: z.enum(['temporary', 'permanent', 'approval-alone']),
    title: z.string(),
    object: z.string(),
    namespace: z.string(),
    /** `may exist` from the intent on; `open` once something showed that it is there. */
    state: z.enum(['may exist', 'open']),
    until: z.string().optional(),
    sensitivity: z.enum(['personal-data', 'access']).optional(),
    probe: z.object({ uses: z.string(), args: values, gone: z.string() }).optional(),
    run: z.int().optional(),
    step: z.string().optional(),
    try: z.int().optional(),
    followUp: z.string().optional(),
    before: z.string().optional(),
    during: z.string().optional(),
  }),
  loose_end_settled: z.object({
    id: z.string(),
    state: z.enum(['open', 'gone', 'accepted']),
    says: z.string(),
    owner: personSchema.optional(),
    until: z.string().optional(),
  }),
  follow_up_added: z.object({
    id: z.string(),
    text: z.string(),
    owner: personSchema.optional(),
    due: z.string().optional(),
    from: z.string().optional(),
  }),
  /** A worker stopped answering; its attempt is never taken over. */
  attempt_lost: z.object({ attempt: z.string(), ...at, says: z.string() }),
  /** An outcome that came in after its attempt had been given up. */
  outcome_late: z.object({ attempt: z.string(), ...at, says: z.string() }),
  resolved: z.object({ at: instant, summary: z.string().optional() }),
  reopened: z.object({ reason: z.string().optional() }),
  /** Somebody wants to see what is left behind, checked anew. */
  left_asked: z.object({}),
  report_asked: z.object({}),
  report_posted: z.object({ file: z.string(), hash: z.string() }),
  closed: z.object({ at: instant }),
} as const;

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
