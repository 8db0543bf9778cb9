/** What is not as it was before the incident, and that nothing in the record explains. */
import { z } from 'zod';
import { instant } from './shapes.ts';

export const baselineBodies = {
  /** Compared at the resolve, or when somebody asked: each question is a thing left behind of its own (`source: diff`). */
  difference_found: z.object({
    /** The version of the event that asked for it. */
    of: z.int(),
    /** When the older snapshot was taken, and the newer one. */
    from: instant,
    to: instant,
    objects: z.int(),
    /** All that nobody recorded, asked about before or not. */
    questions: z.int(),
    leftOut: z.int(),
    /** Changes that were made long before the first sign of trouble, in words. */
    older: z.array(z.string()),
    notChecked: z.array(z.object({ kind: z.string(), why: z.string() })),
    /** What is asked about for the first time, by the id of the thing left behind. */
    asked: z.array(
      z.object({
        id: z.string(),
        /** Hashes of the object and field, and of the value that stood there. */
        place: z.string(),
        value: z.string(),
        /** Kinds that a later comparison has to read to see whether it is gone. */
        reads: z.array(z.string()),
      }),
    ),
    /** So many more are asked when these are settled. */
    more: z.int().optional(),
    /** It is the one that a resolve asks for. */
    resolve: z.literal(true).optional(),
    /** Somebody asked once more, and nothing is new since. */
    again: z.literal(true).optional(),
  }),
  /** It could not be compared, and why. `of` is absent when nothing can be compared from the beginning on. */
  difference_failed: z.object({ of: z.int().optional(), says: z.string() }),
} as const;
