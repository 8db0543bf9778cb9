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
  }),
  loose_end_settled: z.object({
    id: z.string(),
    state: z.enum(['open', 'gone', 'accepted']),
    says: z.string(),
    owner: personSchema.optional(),
    until: z.string().optional(),
    /** People are told: it is still there although its time is over. */
    overdue: z.literal(true).optional(),
  }),
  /** The length of time for which it might stay is over; whether it is still there is looked at then. */
  time_over: z.object({ id: z.string(), since: instant }),
  follow_up_added: z.object({
    id: z.string(),
    text: z.string(),
    owner: personSchema.optional(),
    due: z.string().optional(),
    from: z.string().optional(),
  }),
} as const;
