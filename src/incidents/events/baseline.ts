/** What is not as it was before the incident, and that nothing in the record explains. */
import { z } from 'zod';
import { instant } from './shapes.ts';

export const baselineBodies = {
  /** Compared at the resolve, or when somebody asked: each question is a thing left behind of its own (`source: diff`). */
  difference_found: z.object({
    /** When the older snapshot was taken, and the newer one. */
    from: instant,
    to: instant,
    objects: z.int(),
    questions: z.int(),
    leftOut: z.int(),
    notChecked: z.array(z.object({ kind: z.string(), why: z.string() })),
  }),
  /** It could not be compared, and why. */
  difference_failed: z.object({ says: z.string() }),
} as const;
