/** What an incident leaves behind for a while, and what has to follow it. */
import { z } from 'zod';
import { instant, personSchema, values } from './shapes.ts';

export const leftBodies = {
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
    /** Left beside what the step changes (`also_leaves`): what its undo takes back need not take this back. */
    beside: z.literal(true).optional(),
    /** Where it comes from when no act opened it: `manual` (a person wrote it down), `diff` (the comparison found it). */
    source: z.string().optional(),
    /** Who a person named for it. */
    owner: personSchema.optional(),
    /** By when it is to be gone, as an instant. */
    untilAt: instant.optional(),
  }),
  loose_end_settled: z.object({
    id: z.string(),
    state: z.enum(['open', 'gone', 'accepted']),
    says: z.string(),
    owner: personSchema.optional(),
    until: z.string().optional(),
    /** People are told: it is still there although its time is over. */
    overdue: z.literal(true).optional(),
    /** Kept until then: people are asked again at that time. */
    untilAt: instant.optional(),
    /** Who agreed, where one person alone may not keep it. */
    second: personSchema.optional(),
  }),
  /** Personal data or access: one person wants to keep it, a second one has to agree. */
  loose_end_keep_asked: z.object({
    id: z.string(),
    reason: z.string(),
    owner: personSchema,
    until: z.string(),
    untilAt: instant.optional(),
  }),
  /** Nothing can look whether it is still there: the first of two people says that it is gone. */
  loose_end_gone_said: z.object({ id: z.string(), says: z.string() }),
  /** It is followed somewhere else from now on. */
  loose_end_moved: z.object({ id: z.string(), link: z.string(), says: z.string().optional() }),
  /** The time until which these were kept is over; `asks` is who is asked: `owner`, then `channel`. */
  ends_reminded: z.object({ ids: z.array(z.string()), asks: z.string(), since: instant }),
  /** The length of time for which it might stay is over; whether it is still there is looked at then. */
  time_over: z.object({ id: z.string(), since: instant }),
  follow_up_added: z.object({
    id: z.string(),
    text: z.string(),
    owner: personSchema.optional(),
    due: z.string().optional(),
    from: z.string().optional(),
    /** The day by which it is to be done. */
    dueOn: z.string().optional(),
    /** Where it is followed: a ticket, a pull request. */
    link: z.string().optional(),
    /** How one can tell that it is done. */
    doneWhen: z.string().optional(),
  }),
} as const;
