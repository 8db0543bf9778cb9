/** What happens to the incident as a whole: declared, written down, decided by people, resolved, closed. */
import { z } from 'zod';
import {
  at,
  instant,
  personSchema,
  severity,
  sourceSchema,
  status,
  systemSchema,
  targetSchema,
  verdict,
} from './shapes.ts';

export const incidentBodies = {
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
    /** Minutes without a word after which the channel is asked; absent or 0: never. */
    quietMinutes: z.number().nonnegative().optional(),
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
    /** The end, for what lasted. */
    until: instant.optional(),
    precision: z.enum(['exact', 'about']),
    source: sourceSchema,
    /** Written after the incident was closed. */
    late: z.boolean().default(false),
    /** What hangs on the Slack message, by Slack's ids: their bytes are fetched afterwards. */
    files: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          mimetype: z.string().optional(),
          bytes: z.int().optional(),
        }),
      )
      .optional(),
  }),
  entry_corrected: z.object({
    entry: z.string(),
    why: z.enum(['edited in Slack', 'deleted in Slack', 'pushpin removed', 'corrected']),
    text: z.string().optional(),
    at: instant.optional(),
    until: instant.optional(),
    precision: z.enum(['exact', 'about']).optional(),
    hidden: z.boolean().optional(),
    /** Why a person corrected it. */
    reason: z.string().optional(),
  }),
  role_set: z.object({ role: z.string(), person: personSchema }),
  severity_changed: z.object({ from: severity, to: severity, reason: z.string().optional() }),
  status_changed: z.object({ to: status, at: instant }),
  target_proposed: z.object({ run: z.int(), step: z.string(), target: targetSchema }),
  /** Without `also` it takes the place of what was confirmed before. */
  target_confirmed: z.object({ target: targetSchema, also: z.literal(true).optional() }),
  target_dropped: z.object({ target: targetSchema }),
  resolved: z.object({
    at: instant,
    summary: z.string().optional(),
    /** The checks that had been bad or had had no answer, each asked once more by this attempt. */
    repeats: z.array(z.object({ ...at, attempt: z.string(), title: z.string(), was: verdict })).optional(),
  }),
  reopened: z.object({ reason: z.string().optional() }),
  /** Somebody wants to see what is left behind, checked anew. */
  left_asked: z.object({}),
  report_asked: z.object({}),
  report_posted: z.object({ file: z.string(), hash: z.string(), profile: z.string().optional() }),
  /** The store did not answer for a while; what these commands brought was kept on a machine's disk and recorded now. */
  recorded_later: z.object({ since: instant, until: instant, commands: z.array(z.string()) }),
  closed: z.object({ at: instant }),
} as const;
