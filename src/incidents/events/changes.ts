/** What happens to a change: its plan, its approval, the call, the look for its trace, its verification. */
import { z } from 'zod';
import { at, evidenceSchema, instant, personSchema, planSchema, values } from './shapes.ts';

export const changeBodies = {
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
    /** Names of targets that an approval of this plan is for as well, in this run. */
    covers: z.array(z.string()).optional(),
    verify: z.object({ uses: z.string(), args: values, says: z.string() }).optional(),
    undo: z.string(),
    /** What keeps the change from being made twice; `none` when nothing in the target does. */
    guard: z.string().optional(),
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
  approved: z.object({
    ...at,
    hash: z.string(),
    alone: z.boolean(),
    reason: z.string().optional(),
    /** Nobody approved this plan itself: the approval of another try covers it, and who asked for that one clicked. */
    under: z.object({ step: z.string().optional(), try: z.int(), by: personSchema }).optional(),
  }),
  approval_lapsed: z.object({
    ...at,
    why: z.enum(['expired', 'plan changed', 'cancelled']),
    says: z.string(),
    /** Nobody had agreed to anything yet: the plan itself, made then, was too old to be confirmed. */
    planAt: instant.optional(),
  }),
  /** The intent: from here on the change may exist. */
  act_started: z.object({ ...at, operation: z.string(), executeBy: instant, attempt: z.string() }),
  act_done: z.object({
    ...at,
    outcome: z.enum(['made', 'failed', 'unknown']),
    says: z.string(),
    out: values.optional(),
    evidence: evidenceSchema.optional(),
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
    /** Nothing here can look at it: a person looks and says so. */
    byEye: z.boolean().optional(),
    out: values.optional(),
    evidence: evidenceSchema.optional(),
    seconds: z.number(),
  }),
  /** A person asked to verify once more, or to look once more for the trace of the change. */
  looked_again: z.object({ ...at, phase: z.enum(['verifying', 'looking']) }),
  stop_asked: z.object({ ...at, attempt: z.string() }),
  by_hand_claimed: z.object({ ...at, says: z.string().optional() }),
  /**
   * A person took the locks of this change over, so that it can be confirmed. `locks`: who held them until then.
   * `arrives`: a call of theirs had not come back.
   */
  lock_taken: z.object({
    ...at,
    locks: z.array(z.object({ key: z.string(), incident: z.int(), ...at, by: z.string(), since: instant })),
    arrives: z.boolean(),
  }),
  /** Somebody took locks of this change over, for incident `to`. What was started goes on. */
  lock_lost: z.object({ ...at, keys: z.array(z.string()), since: instant, to: z.int(), by: personSchema }),
  /** A worker stopped answering; its attempt is never taken over. */
  attempt_lost: z.object({ attempt: z.string(), ...at, says: z.string() }),
  /** An outcome that came in after its attempt had been given up. */
  outcome_late: z.object({
    attempt: z.string(),
    ...at,
    says: z.string(),
    /** It was made after all, whatever the look for its trace had found before. */
    made: z.literal(true).optional(),
  }),
} as const;
