/** What happens when everything that a run changed is asked to be taken back. */
import { z } from 'zod';
import { at } from './shapes.ts';

const change = { ...at, title: z.string() };

export const unwindBodies = {
  /** `changes` newest first, of the run and of the runs inside it; `passed` stay as they are, each with why. */
  unwind_started: z.object({
    run: z.int(),
    changes: z.array(z.object(change)),
    passed: z.array(z.object({ ...change, why: z.string() })),
  }),
  /** `stopped` at the first undo that was refused, failed, was left or is not known; `left` is not taken back. */
  unwind_ended: z.object({
    run: z.int(),
    why: z.enum(['finished', 'stopped']),
    says: z.string(),
    left: z.array(z.object(change)),
  }),
} as const;
