/** What is said to others while the incident is open: updates for everybody else, a handover, a question to a quiet channel. */
import { z } from 'zod';
import { instant, personSchema } from './shapes.ts';

export const sharingBodies = {
  /**
   * Words for everybody who waits; `next` is when the next ones are promised. `outside`: they go to the channel for
   * updates as well, where handrail.yaml names one.
   */
  update_posted: z.object({
    update: z.string(),
    text: z.string(),
    next: instant.optional(),
    outside: z.boolean().optional(),
  }),
  /** The promised update has not come: whoever leads is reminded. */
  update_missed: z.object({ promised: instant }),
  handed_over: z.object({
    role: z.string(),
    from: personSchema.optional(),
    to: personSchema,
    /** What the next person needs to know: how things are, what was tried, what comes next. */
    says: z.string(),
  }),
  /** Nothing was written down since then; the channel is asked. */
  quiet_asked: z.object({ since: instant }),
  quiet_snoozed: z.object({ until: instant }),
} as const;
