/** The values that several kinds of events are made of. */
import { z } from 'zod';

/** Milliseconds since 1970, UTC. */
export const instant = z.int();
export const verdict = z.enum(['ok', 'warn', 'bad', 'unknown']);
export const severity = z.enum(['SEV1', 'SEV2', 'SEV3', 'SEV4']);
export const status = z.enum(['investigating', 'cause found', 'fixing', 'watching', 'resolved', 'closed']);
export const values = z.record(z.string(), z.unknown());

/** A person or the bot as named at that moment: `slack:U1`, `terminal:ana@laptop`, `bot`. */
export const personSchema = z.object({ id: z.string(), name: z.string() });

export const sourceSchema = z.object({
  kind: z.enum(['slack', 'terminal', 'step']),
  channel: z.string().optional(),
  ts: z.string().optional(),
  link: z.string().optional(),
  /** Who wrote the message, when somebody else put it on the timeline. */
  author: personSchema.optional(),
});

export const systemSchema = z.object({
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

export const targetSchema = z.object({
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  says: z.string(),
});

export const planSchema = z.object({
  target: z.object({
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    uid: z.string().optional(),
    owner: z.object({ kind: z.string(), name: z.string() }).optional(),
  }),
  changes: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
  values,
  notes: z.array(z.string()),
  unknowns: z.array(z.string()),
  undo: values.optional(),
});

export const nextSchema = z.union([
  z.object({ step: z.string() }),
  z.object({ stop: z.literal(true) }),
  z.object({ run: z.string(), with: values }),
]);

/** Kept fields only, redacted; the hash is of what was read, before anything was taken out of it. */
export const evidenceSchema = z.object({ fields: values, hash: z.string() });

/** A runbook's file: its own hash, and its revision where one is known. */
export const pinSchema = z.object({ hash: z.string(), revision: z.string().optional() });

/** A step is addressed by run, step and try everywhere, also in buttons. A try above 1 is a repeat or an undo. */
export const at = { run: z.int(), step: z.string(), try: z.int() };
